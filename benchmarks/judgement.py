"""The product as it comes, judged against the truth of a simulated world, by its own commands alone.

    python -m benchmarks.holdout [--variant default] [--seed 1] [--lines 400000]

Lines of 2019 to 2021; trained on what was known on 2021-06-30, scored from July to December 2021. Only here is the
truth read. All figures are of simulated trade.
"""

import argparse
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import logit

from benchmarks.korea import originrisk
from benchmarks.simulated.trade import take_in
from originrisk.data.console import print_table
from originrisk.data.store.tables import Store
from originrisk.train.evaluation.metrics import Population, compare, probability_metrics
from originrisk.train.origin_classifier import NoisyResults

CUTOFF = date(2021, 6, 30)
SCORED = (date(2021, 7, 1), date(2021, 12, 31))
KEY = ["entry_number", "line_number"]


def main(variant: str, seed: int, lines: int) -> None:
    """Make a world, run the product on it, print the table."""
    with tempfile.TemporaryDirectory() as home:
        period = ("--start", "2019-01-01", "--end", SCORED[1])
        take_in(home, "--variant", variant, "--seed", seed, "--lines", lines, *period)
        originrisk(home, "train", "--cutoff", CUTOFF)
        originrisk(home, "score", "--from", SCORED[0], "--to", SCORED[1])
        judged = scored_lines(Store(Path(home)))
    print_table(f"World {variant}, seed {seed}: scored lines against the truth", HEADINGS, rows(judged))


HEADINGS = ("lines", "number", "true", "expected", "average precision [95 %]", "calibration error", "log-loss")


def scored_lines(store: Store) -> pd.DataFrame:
    """Every scored line with its declaration and its truth."""
    truth = store.truth().select([*KEY, "y_any", "evasion", "supplier_id"]).to_pandas()
    entries = store.entries(*SCORED).select([*KEY, "htsus", "country_of_origin", "manufacturer_name"]).to_pandas()
    before = store.entries(None, CUTOFF, columns=["manufacturer_name"])["manufacturer_name"].unique().to_pylist()
    lines = store.scores(*SCORED).select([*KEY, "probability"]).to_pandas().merge(entries, on=KEY)
    return lines.merge(truth, on=KEY).assign(new=lambda x: ~x["manufacturer_name"].isin(before))


def slices(lines: pd.DataFrame) -> Mapping[str, "pd.Series[bool]"]:
    """The populations that are reported."""
    return {
        "all": lines["y_any"].notna(),
        "textiles (chapters 50-63)": lines["htsus"].str[:2].between("50", "63"),
        "declared elsewhere than China": ~lines["country_of_origin"].isin(["CN", "HK", "MO"]),
        "maker's name never seen before": lines["new"],
        "evasions, and all clean lines": lines["evasion"] | ~lines["y_any"],
    }


def rows(lines: pd.DataFrame) -> list[tuple[str, ...]]:
    """One row per population."""
    return [row(name, lines[chosen]) for name, chosen in slices(lines).items()]


def row(name: str, lines: pd.DataFrame) -> tuple[str, ...]:
    """Counts, average precision with its interval by supplier, and how far the probabilities can be trusted."""
    results = NoisyResults.of(lines["y_any"].to_numpy(float))
    probability = lines["probability"].to_numpy()
    found = compare({"model": probability}, Population(results, lines["supplier_id"].to_numpy(np.uint64)), seed=0)[0]
    told = probability_metrics(logit(probability), results)
    return (
        name,
        f"{len(lines):,}",
        f"{told['found_share']:.2%}",
        f"{told['expected_share']:.2%}",
        found.shown("average_precision"),
        f"{told['calibration_error']:.4f}",
        f"{told['log_loss']:.4f}",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variant", default="default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lines", type=int, default=400_000)
    given = parser.parse_args()
    main(given.variant, given.seed, given.lines)
