"""How rightly goods of each sector are ranked, beside a rule, against the truth of simulated worlds.

    python -m benchmarks.sectors [--lines 120000] [--seed 1 --seed 2]

Worlds of 2020 to 2023; plain gradient boosting on the catalogue's features, taught by examinations known at the end of
June 2023, ranks every line of the last half-year. The rule ranks by what is published alone: the material's content by
tariff number, times the share of the origin's input that is expected to be from Xinjiang, China first where no figure
is known.
"""

from datetime import date
from typing import Annotated, Final

import numpy as np
import pandas as pd
import typer
from sklearn.metrics import average_precision_score

from benchmarks.world import GAP_DAYS, TEST_DAYS, _features, _fit, _labels
from originrisk.data.console import print_table
from originrisk.data.reference import materials, orders
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.world import make

PERIOD: Final = (date(2020, 1, 1), date(2023, 12, 31))
HEADINGS: Final = ("sector", "lines", "positive", "share", "features", "rule")


def main(
    lines: Annotated[int, typer.Option(help="Lines of each world.")] = 120_000,
    seed: Annotated[list[int], typer.Option(help="Seeds of the worlds.")] = [1, 2],  # noqa: B006
) -> None:
    """Print average precision by sector, a table a world."""
    for one in seed:
        world = make(WorldSettings(lines=lines, seed=one, start=PERIOD[0], end=PERIOD[1]))
        day = world.entries["entry_date"].cast("int32").to_numpy()
        until = int(day.max()) - TEST_DAYS
        row, found = _labels(world, until)
        taught = day[row] <= until - GAP_DAYS
        score = _fit(_features(world), row[taught], found[taught])
        frame = world.entries.select(["htsus", "country_of_origin", "entry_date"]).to_pandas()
        frame = frame.assign(probability=score, y_any=world.truth["y_any"].to_numpy())
        title = f"World of seed {one}, {lines:,} lines, {taught.sum():,} examinations: average precision"
        print_table(title, HEADINGS, rows(frame[day > until]))


def rows(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """A row a main material by tariff number, most positives first."""
    tariff = int(orders.tariff(np.array([PERIOD[1]], dtype="datetime64[D]"))[0])
    held = [materials.content(code, tariff) for code in frame["htsus"]]
    code = np.array([content.material for content in held])
    days = frame["entry_date"].to_numpy(dtype="datetime64[D]")
    origins = frame["country_of_origin"].to_numpy(dtype=object)
    expected = np.nan_to_num(materials.expected_share(code, origins, days))
    rule = np.nan_to_num([content.share for content in held]) * expected + 0.01 * (origins == "CN")
    names = np.array([*materials.MATERIALS, "none by tariff number"])[code]
    frame = frame.assign(sector=names, rule=rule)
    parts = [("all lines", frame), *sorted(frame.groupby("sector"), key=lambda part: -part[1]["y_any"].sum())]
    return [_row(str(name), part) for name, part in parts if part["y_any"].any()]


def _row(name: str, part: pd.DataFrame) -> tuple[str, ...]:
    found = [average_precision_score(part["y_any"], part[score]) for score in ("probability", "rule")]
    counts = (f"{len(part):,}", f"{part['y_any'].sum():,}", f"{part['y_any'].mean():.3f}")
    return (name, *counts, *(f"{one:.3f}" for one in found))


if __name__ == "__main__":
    typer.run(main)
