"""Pictures of a world for its datasheet: `python -m originrisk.data.world.pictures docs/figures [--lines N]`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import typer

from originrisk.data.world.catalogue import COTTON, countries, goods
from originrisk.data.world.clock import year_of
from originrisk.data.world.contracts import MECHANISMS
from originrisk.data.world.examinations import SELECTIONS
from originrisk.data.world.findings import METHODS, examine
from originrisk.data.world.parameters import parameters
from originrisk.data.world.settings import WorldSettings
from originrisk.data.world.trade import Trade, make_trade

mpl.use("Agg")
Axes = Any
_SHOWN = ("CN", "VN", "BD", "KH", "ID", "IN")


def prevalence(trade: Trade, axes: Axes) -> None:
    """Share of cotton lines with Xinjiang inputs by declared origin and year, beside what the parameters imply."""
    lines = _with_origin(trade)
    cotton = lines[lines["family"] == COTTON]
    rate = cotton.groupby(["year", "origin"])["exposed"].mean().unstack()
    for code in _SHOWN:
        axes.plot(rate.index, rate[countries().index(code)], marker="o", markersize=3, label=code)
    axes.plot(cotton.groupby("year")["exposed"].mean(), color="black", linewidth=2, label="all")
    implied = {
        int(year): share for year, share in parameters()["prevalence_of_cotton_lines"]["years"].items()
    }
    years = [year for year in implied if year in rate.index]
    factor = trade.settings.prevalence
    axes.plot(
        years, [implied[year] * factor for year in years], color="black", linestyle=":", label="implied"
    )
    axes.set(title="Cotton lines with Xinjiang inputs", ylabel="share of lines", xticks=list(rate.index))
    axes.legend(fontsize=7, ncols=2)


def mechanisms(trade: Trade, axes: Axes) -> None:
    """Positive lines of each year by how they came to be."""
    lines = _with_origin(trade)
    positive = lines[lines["exposed"]]
    share = pd.crosstab(positive["year"], positive["mechanism"], normalize="index")
    bottom = np.zeros(len(share))
    for place, code in enumerate(np.unique(positive["mechanism"].to_numpy())):
        colour = mpl.colormaps["tab10"](place)
        axes.bar(share.index, share[code], bottom=bottom, label=MECHANISMS[code], color=colour)
        bottom += share[code].to_numpy()
    axes.set(
        title="Positive lines by mechanism",
        ylabel="share of positive lines",
        xticks=list(share.index),
        ylim=(0, 1),
    )
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))


def prices(trade: Trade, axes: Axes) -> None:
    """Log unit value against the goods' usual level, for cotton goods of China: positive, clean, undervalued."""
    lines = _with_origin(trade)
    level = np.log(lines["unit_value"] / goods()["usd"].to_numpy()[lines["goods"]])
    chinese = (lines["family"] == COTTON) & (trade.of_line("made") == countries().index("CN"))
    low = lines["mechanism"] == MECHANISMS.index("undervaluation")
    groups = {
        "clean": chinese & ~lines["exposed"],
        "positive": chinese & lines["exposed"] & ~low,
        "undervalued": chinese & low,
    }
    bins = np.linspace(-2.5, 1.5, 41)
    for name, mask in ((name, mask) for name, mask in groups.items() if mask.any()):
        axes.hist(level[mask], bins=bins, density=True, histtype="step", label=f"{name} ({mask.sum():,})")
    axes.set(
        title="Unit values of cotton goods made in China",
        xlabel="log of unit value / usual level",
        ylabel="density",
    )
    axes.legend(fontsize=7)


def examined(trade: Trade, axes: Axes) -> None:
    """Who is examined: lines by declared origin, all and of each selection."""
    lines = _with_origin(trade)
    found = examine(trade)
    names = np.array(countries())
    shown = [*_SHOWN, "MX"]
    origin = lines["origin"].to_numpy()
    groups = {"all lines": origin}
    for code, name in enumerate(SELECTIONS[:3]):
        groups[name] = origin[found["row"][found["selection"] == code]]
    width = 0.8 / len(groups)
    for place, (name, codes) in enumerate(groups.items()):
        share = pd.Series(names[codes]).value_counts(normalize=True).reindex(shown, fill_value=0)
        axes.bar(np.arange(len(shown)) + place * width, share, width, label=name)
    axes.set(title="Who is examined", ylabel="share of lines", xticks=np.arange(len(shown)) + 0.3)
    axes.set_xticklabels(shown)
    axes.legend(fontsize=7)


def delay(trade: Trade, axes: Axes) -> None:
    """Share of results known by days after selection, for each method."""
    found = examine(trade)
    for code, name in enumerate(METHODS[:4]):
        part = found[found["method"] == code]
        days = np.sort((part["known_on"] - part["selected_on"]).to_numpy())
        axes.plot(days, np.arange(1, len(days) + 1) / len(days), label=f"{name} ({len(days):,})")
    axes.set(
        title="Days until a result is known",
        xlabel="days after selection",
        ylabel="share known",
        xlim=(0, 200),
    )
    axes.legend(fontsize=7)


PICTURES: dict[str, Callable[[Trade, Axes], None]] = {
    "prevalence": prevalence,
    "mechanisms": mechanisms,
    "prices": prices,
    "examined": examined,
    "delay": delay,
}


def _with_origin(trade: Trade) -> pd.DataFrame:
    family = goods()["family"].to_numpy()[trade.lines["declared"]]
    year = year_of(trade.lines["day"].to_numpy())
    return trade.lines.assign(origin=trade.of_line("origin"), family=family, year=year)


def draw(
    folder: Annotated[Path, typer.Argument(help="Where the pictures go.")],
    lines: Annotated[int, typer.Option(help="Lines of the world drawn.")] = 1_000_000,
) -> None:
    """Draw every picture of the default world as `world-<name>.png`."""
    from matplotlib import pyplot as plt

    trade = make_trade(WorldSettings(lines=lines))
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in PICTURES.items():
        figure, axes = plt.subplots(figsize=(5.6, 3.2), layout="constrained")
        picture(trade, axes)
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(folder / f"world-{name}.png", dpi=90, metadata={"Software": None})
        plt.close(figure)


if __name__ == "__main__":
    typer.run(draw)
