"""How rightly goods of each sector are ranked, beside a rule, against the truth of a simulated world.

    python -m benchmarks.sectors [--seed 1] [--lines 300000]

The product by its own commands: lines of 2020 to 2023, trained on what was known on 2023-06-30, scored from July to
December 2023. The rule ranks by what is published alone: the material's content by tariff number, times the share
of the origin's input that is expected to be from Xinjiang, goods of China first where nothing is known.
"""

import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import pandas as pd
import typer
from sklearn.metrics import average_precision_score

from benchmarks.korea import originrisk
from benchmarks.simulated.trade import take_in
from originrisk.data.console import print_table
from originrisk.data.reference import materials, orders
from originrisk.data.store.tables import Store

PERIOD: Final = (date(2020, 1, 1), date(2023, 12, 31))
CUTOFF: Final = date(2023, 6, 30)
SCORED: Final = (date(2023, 7, 1), PERIOD[1])
KEY: Final = ["entry_number", "line_number"]


def main(
    seed: Annotated[int, typer.Option(help="Seed of the world.")] = 1,
    lines: Annotated[int, typer.Option(help="Lines of the world.")] = 300_000,
) -> None:
    """Make a world, run the product on it, print average precision by sector."""
    with tempfile.TemporaryDirectory() as home:
        take_in(home, "--seed", seed, "--lines", lines, "--start", PERIOD[0], "--end", PERIOD[1])
        originrisk(home, "train", "--cutoff", CUTOFF)
        originrisk(home, "score", "--from", SCORED[0], "--to", SCORED[1])
        store = Store(Path(home))
        columns = ["htsus", "country_of_origin", "entry_date"]
        frame = store.scores(*SCORED).select([*KEY, "probability"]).to_pandas()
        frame = frame.merge(store.entries(*SCORED).select([*KEY, *columns]).to_pandas(), on=KEY)
        frame = frame.merge(store.truth().select([*KEY, "y_any"]).to_pandas(), on=KEY)
    print_table(f"World of seed {seed}, {lines:,} lines: average precision by sector", HEADINGS, rows(frame))


HEADINGS: Final = ("sector", "lines", "positive", "share", "product", "rule")


def rows(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """A row a main material by tariff number, most positives first."""
    tariff = int(orders.tariff(np.array([SCORED[0]], dtype="datetime64[D]"))[0])
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
