"""`docs/world.md`, made from parameters and knobs; its pictures: `python -m docs.pages.world docs/figures`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
import typer

from originrisk.data.simulation.contracts import MECHANISMS
from originrisk.data.simulation.findings import METHODS, examine
from originrisk.data.simulation.selection import SELECTIONS
from originrisk.data.simulation.settings import VARIANTS, WorldSettings
from originrisk.data.simulation.tables import COTTON, Table, countries, goods, parameters, year_of
from originrisk.data.simulation.trade import SimulatedTrade, make_trade
from originrisk.data.simulation.world import TRUTH

_ABOUT: Final = ("meaning", "source", "confidence")
_CAPTIONS: Final = {
    "prevalence": "Prevalence by declared origin and year, beside what the parameters imply",
    "mechanisms": "Positive lines by mechanism",
    "prices": "Unit values",
    "examined": "Who is examined",
    "delay": "Days until a result is known",
}

INTRODUCTION: Final = """# The simulated trade

No labelled data on Xinjiang origin is public, so every figure of this project that needs labels stands on this
simulation. **A figure from it says how well the method recovers causes like these, not how much Xinjiang cotton is
in real trade.** All parties are invented; filer codes and importer numbers come from ranges that look unassigned.

    originrisk world --lines 1000000 --seed 0
    originrisk ingest entries var/world/entries

writes `entries/*.parquet`, `outcomes.parquet`, `listed.parquet` in the [contract](contract.md), and `truth.parquet`.
The same seed and settings give the same bytes. `truth.parquet` is for judging a simulated world only: nothing that
learns or scores may read it, and a test holds that.

## How it comes about

1. **Firms.** Makers in about 35 countries, sellers, consolidators, mills, importers, filers.
2. **Materials.** Cotton, tomatoes, polysilicon, aluminium, PVC and batteries: regions → traders → spinners, smelters
   and plants → weavers and rollers → makers, lot by lot and half-year by half-year, with lasting partners. Each lot
   carries its input by region; mass is conserved. A line is of Xinjiang because the lots it was made of are. Some
   flows are kept apart from Xinjiang; more are, year by year, metals and solar later than cotton.
3. **Contracts.** Standing relations between maker, seller, consolidator, importer and filer over a lane, for a time.
4. **Reactions.** At the orders and listings some knowing flows blend, relabel, reroute, undervalue, misdescribe, split
   into parcels or return under a new name; the follower keeps importer, seller and consolidator. Honest flows change
   name and origin too; they look alike and are not, and newcomers are about as frequent among clean lines as among
   positive ones. Others have names that sound like listed ones. After the UFLPA some makers of shoes and food are
   listed for labour moved out of the region: sublist (ii), without any input from there.
5. **Declarations.** Tariff numbers and their renumbering, descriptions, units, weights, prices, charges, ports, MIDs by
   the rule, names and addresses in eight spellings, empty cells and slips of keying. Some shipments begin with a set,
   whose value stands with its header; some goods assembled in Mexico and Central America give chapter 98 alone.
6. **Examinations.** Within a daily capacity: a random arm with its probability recorded, a written rule that changes
   with the orders, tips that leave no trace, follow-ups of findings, mandatory ones. By value solar leads what is
   detained, as in CBP's statistics. Laboratories serve textiles and tomatoes alone. Methods err at their own rates;
   denial depends on the regime, and since the UFLPA a denied line has its disposition and no result on the origin;
   before, it is written as in the contract's first version. Results come late; the last ones are pending.

## What it is not

- Its level is uncertain by a factor of two, and the knob `prevalence` is set to about half of what the parameters
  imply, so that positives stay rare among all lines. The examined share is far above the real one, so that there is
  something to learn.
- Trends are smooth, sellers are few, and one maker has one seat. Bills of lading, prices of other inputs, duties and
  quotas are absent. Copper, steel, caustic soda, tyres, hair and jujubes are never of Xinjiang here, nor are
  electronics and machines; one line holds one material.
- Product and simulation come from the same hands. Variants turn the knobs far to one side to show what depends on it.
"""

MEASURED: Final = """## Measured

On two shared and busy cores (November 2026), `python -m benchmarks.world speed --lines 1000000`: 10.7 CPU-seconds,
1.0 GB.

Average precision by sector on all lines of a world's last half-year, plain gradient boosting on the catalogue's
features taught by examinations (weak labels, without any care for noise or selection), beside the rule of published
figures of `benchmarks/sectors.py`; `before` are the features of the last commit before those of materials, on the same
world. "Early" is July 2018 to June 2021; the others are 2020 to 2023, 120,000 lines.

| sector | default, seed 1: positive, before, now, rule | frequent, seed 2 | frequent, seed 3, early, 100,000 lines |
|---|---|---|---|
| all lines | 372, 0.26, 0.20, 0.07 | 790, 0.41, 0.42, 0.21 | 1,405, 0.44, 0.45, 0.23 |
| cotton | 159, 0.26, 0.24, 0.15 | 370, 0.57, 0.56, 0.32 | 555, 0.53, 0.53, 0.41 |
| no material by tariff number | 162, 0.14, 0.10, 0.02 | 234, 0.31, 0.34, 0.03 | 596, 0.45, 0.48, 0.06 |
| polysilicon | 40, 0.81, 0.78, 0.08 | 51, 0.46, 0.48, 0.25 | 51, 0.80, 0.81, 0.71 |
| aluminium | 6, 0.01, 0.01, 0.01 | 114, 0.22, 0.26, 0.24 | 76, 0.12, 0.13, 0.14 |
| PVC | none | 5, 0.05, 0.13, 0.07 | 58, 0.50, 0.49, 0.33 |
| tomato | none | none | 8, 0.20, 0.67, 1.00 |

On the same default world with its results drawn anew the same two sets of features gave 0.19 and 0.23: one world at
this size tells differences of 0.05 by chance. A few dozen flows carry the positives of half a year, and in default
worlds PVC and tomatoes have hardly any after 2021; where there are some, PVC is above the rule. The rule on tomatoes
"China first" is how these worlds were made: every positive tomato line of that half-year is declared Chinese.

Head-room, `python -m benchmarks.world headroom --lines 300000`, one run with the catalogue before its cut, 1.9 %
positive: the rule "Chinese cotton, then cheap" reaches 0.11, raw cells 0.10 and features 0.10 from examined labels,
features with the truth of every line 0.31, every latent fact but the lot 0.91. No feature alone separates: the best
had an AUC of 0.76. Of all positives of a million lines 46 % are declared elsewhere than China; of those since June
2021 46 % are unwitting.
"""


def document() -> str:
    """The whole datasheet."""
    pictures = "\n\n".join(f"![{_CAPTIONS[name]}](figures/world-{name}.png)" for name in PICTURES)
    sections = [
        INTRODUCTION,
        f"## Pictures\n\nOf one million lines, by `python -m docs.pages.world docs/figures`.\n\n{pictures}\n",
        MEASURED,
        f"## Knobs\n\n{_knobs()}\n",
        f"## Variants\n\n`originrisk world --variant NAME`. What differs from the default:\n\n{_variants()}\n",
        f"## Truth\n\n{_truth()}\n",
        f"## Parameters\n\n{_parameters()}",
    ]
    return "\n".join(sections)


def _knobs() -> str:
    rows = [
        f"| `{name}` | {field.default} | {field.description} |" for name, field in WorldSettings.model_fields.items()
    ]
    return _table(("knob", "default", "meaning"), rows)


def _variants() -> str:
    base = VARIANTS["default"].model_dump()
    changed = {name: settings.model_dump().items() - base.items() for name, settings in VARIANTS.items()}
    rows = [
        f"| `{name}` | {', '.join(f'{knob} {value:g}' for knob, value in sorted(knobs)) or 'none'} |"
        for name, knobs in changed.items()
    ]
    return _table(("variant", "knobs"), rows)


def _truth() -> str:
    columns = ", ".join(f"`{name}`" for name in TRUTH.names)
    return (
        f"Columns: {columns}.\n"
        "`exact_result`: what an exact examination finds. `y_any`: any input from Xinjiang.\n"
        "`xinjiang_fraction`: of the fibre. `probability`: of\n"
        "`y_any` given every latent fact but the lot. `maker_id` made the goods, `supplier_id` is declared,\n"
        "`predecessor_id` was declared before."
    )


def _parameters() -> str:
    return "\n".join(_parameter(name, table) for name, table in parameters().items())


def _parameter(name: str, table: Table) -> str:
    numbers = {key: value for key, value in table.items() if key not in _ABOUT}
    text = "; ".join(f"{key}: {_shown(value)}" for key, value in numbers.items())
    about = f"{table['meaning']}. Source: {table['source']}. Confidence: {table['confidence']}."
    return f"### `{name}`\n\n{about}\n\n{text}\n"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(part)}" for key, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _table(heads: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([f"| {' | '.join(heads)} |", "|" + "---|" * len(heads), *rows])


mpl.use("Agg")
Axes = Any
_SHOWN = ("CN", "VN", "BD", "KH", "ID", "IN")


def prevalence(trade: SimulatedTrade, axes: Axes) -> None:
    """Share of cotton lines with Xinjiang inputs by declared origin and year, beside what the parameters imply."""
    lines = _with_origin(trade)
    cotton = lines[lines["family"] == COTTON]
    rate = cotton.groupby(["year", "origin"])["exposed"].mean().unstack()
    for code in _SHOWN:
        axes.plot(rate.index, rate[countries().index(code)], marker="o", markersize=3, label=code)
    axes.plot(cotton.groupby("year")["exposed"].mean(), color="black", linewidth=2, label="all")
    implied = {int(year): share for year, share in parameters()["prevalence_of_cotton_lines"]["years"].items()}
    years = [year for year in implied if year in rate.index]
    factor = trade.settings.prevalence
    axes.plot(years, [implied[year] * factor for year in years], color="black", linestyle=":", label="implied")
    axes.set(title="Cotton lines with Xinjiang inputs", ylabel="share of lines", xticks=list(rate.index))
    axes.legend(fontsize=7, ncols=2)


def mechanisms(trade: SimulatedTrade, axes: Axes) -> None:
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
        title="Positive lines by mechanism", ylabel="share of positive lines", xticks=list(share.index), ylim=(0, 1)
    )
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))


def prices(trade: SimulatedTrade, axes: Axes) -> None:
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
        title="Unit values of cotton goods made in China", xlabel="log of unit value / usual level", ylabel="density"
    )
    axes.legend(fontsize=7)


def examined(trade: SimulatedTrade, axes: Axes) -> None:
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


def delay(trade: SimulatedTrade, axes: Axes) -> None:
    """Share of results known by days after selection, for each method."""
    found = examine(trade)
    for code, name in enumerate(METHODS[:4]):
        part = found[found["method"] == code]
        days = np.sort((part["known_on"] - part["selected_on"]).to_numpy())
        axes.plot(days, np.arange(1, len(days) + 1) / len(days), label=f"{name} ({len(days):,})")
    axes.set(title="Days until a result is known", xlabel="days after selection", ylabel="share known", xlim=(0, 200))
    axes.legend(fontsize=7)


PICTURES: dict[str, Callable[[SimulatedTrade, Axes], None]] = {
    "prevalence": prevalence,
    "mechanisms": mechanisms,
    "prices": prices,
    "examined": examined,
    "delay": delay,
}


def _with_origin(trade: SimulatedTrade) -> pd.DataFrame:
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
