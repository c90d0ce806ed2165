"""The simulated world: speed and memory of making it, and how much there is to learn in it.

    python -m benchmarks.world speed --lines 1000000
    python -m benchmarks.world headroom --lines 1000000 --variant default

`headroom` prints, on the last half-year and all its lines, the average precision against the truth of a written rule,
of gradient boosting on raw cells with examined labels, of the product's features with examined labels, and of the same
features with the truth of every line (the ceiling); and the AUC of the features that separate best alone.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import lightgbm as lgb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import typer
from sklearn.metrics import average_precision_score, roc_auc_score

from originrisk.data.contract import LINE_KEY
from originrisk.data.dispositions import weak_labels
from originrisk.data.simulation.settings import settings_of
from originrisk.data.simulation.world import World, make, write
from originrisk.features.catalogue import NAMES, compute
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.features.lines import Lines
from originrisk.features.lists import Listings

TEST_DAYS, GAP_DAYS = 184, 30
SHALLOW = {"objective": "binary", "num_leaves": 15, "learning_rate": 0.05, "feature_fraction": 0.6, "verbose": -1}
app = typer.Typer()


@app.command()
def speed(lines: Annotated[int, typer.Option()] = 1_000_000) -> None:
    """Seconds and peak memory of writing a world of that size, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "benchmarks.world", "once", str(lines), folder], check=True)
        wall = time.perf_counter() - start
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.parquet"))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{lines:,} lines: {wall:.1f} s, {used.ru_utime + used.ru_stime:.1f} CPU-s,", end=" ")
    print(f"peak {used.ru_maxrss / 1e6:.2f} GB, files {size / 1e6:.0f} MB")


@app.command()
def once(lines: int, folder: Path) -> None:
    """Write one world."""
    write(folder / "world", settings_of("default", lines=lines))


@app.command()
def headroom(
    lines: Annotated[int, typer.Option()] = 1_000_000,
    variant: Annotated[str, typer.Option()] = "default",
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """What a rule, raw cells, the product's features and the truth itself can reach."""
    world = make(settings_of(variant, lines=lines, seed=seed))
    truth = world.truth["y_any"].to_numpy()
    day = world.entries["entry_date"].cast(pa.int32()).to_numpy()
    test, train = day > day.max() - TEST_DAYS, day <= day.max() - TEST_DAYS - GAP_DAYS
    row, found = _labels(world, int(day.max()) - TEST_DAYS)
    row, found = row[train[row]], found[train[row]]
    seen, raw = _features(world), _raw(world)
    ap = {
        "rule: Chinese cotton, then cheap": _average(truth, test, _rule(world)),
        "raw cells, examined labels": _average(truth, test, _fit(raw, row, found)),
        "features, examined labels": _average(truth, test, _fit(seen, row, found)),
        "features, truth (ceiling)": _average(truth, test, _fit(seen, np.flatnonzero(train), truth[train])),
        "every latent fact but the lot": _average(truth, test, world.truth["probability"].to_numpy()),
    }
    print(f"{variant}, seed {seed}: {lines:,} lines, {truth.mean():.2%} positive, {truth[test].mean():.2%} in the test")
    print(f"examined and known before the test: {len(row):,} lines, {int(found.sum()):,} found")
    for name, value in ap.items():
        print(f"  AP {value:.3f}  {name}")
    alone = sorted(((_alone(truth[test], seen[test, place]), name) for place, name in enumerate(NAMES)), reverse=True)
    print("  AUC alone: " + ", ".join(f"{name} {auc:.3f}" for auc, name in alone[:5]))
    elsewhere = (pc.not_equal(world.entries["country_of_origin"], "CN")).to_numpy()
    print(f"  positives declared elsewhere than China: {elsewhere[truth].mean():.1%}")


def _labels(world: World, until: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the lines with a label known by a day, of evidence or of what was done, and whether it says Xinjiang."""
    outcomes = world.outcomes.to_pandas()
    known = pd.to_datetime(outcomes["outcome_date"]) <= pd.Timestamp(until, unit="D")
    label, _ = weak_labels(world.outcomes)
    outcomes = outcomes.assign(result=label.to_pandas())[known & label.is_valid().to_numpy(zero_copy_only=False)]
    index = pd.MultiIndex.from_frame(world.entries.select(list(LINE_KEY)).to_pandas())
    row = index.get_indexer(pd.MultiIndex.from_frame(outcomes[list(LINE_KEY)]))
    return row, (outcomes["result"] == "xinjiang").to_numpy()


def _features(world: World) -> np.ndarray:
    lines = Lines.of(world.entries)
    known = world.outcomes.filter(pc.is_valid(world.outcomes["outcome_date"]))
    matrix = np.empty((lines.size, len(NAMES)), dtype=np.float32)
    last = int(lines.days["received_on"].max())
    for seen in replay(History(), lines, Outcomes.of(lines, known), last, Listings.known(world.listed)):
        matrix[seen.rows] = compute(seen.lines, seen.view)
    return matrix


def _raw(world: World) -> np.ndarray:
    """Cells as they are: amounts as numbers, everything else as codes."""
    frame = world.entries.drop_columns([*LINE_KEY, "entry_date", "received_on", "export_date"]).to_pandas()
    texts = frame.columns[[not pd.api.types.is_float_dtype(kind) for kind in frame.dtypes]]
    return frame.assign(**{name: pd.factorize(frame[name])[0] for name in texts}).to_numpy(dtype=np.float32)


def _rule(world: World) -> np.ndarray:
    entries = world.entries.select(["htsus", "country_of_origin", "entered_value_usd", "quantity"]).to_pandas()
    unit_value = entries["entered_value_usd"] / entries["quantity"].clip(lower=0.1)
    cheap = -(np.log(unit_value) - np.log(unit_value.groupby(entries["htsus"]).transform("median")))
    cotton = entries["htsus"].str[:2].isin(["52", "61", "62", "63"]) & entries["country_of_origin"].isin(["CN", "HK"])
    return (cotton + 0.1 * cheap.clip(-3, 3).fillna(0)).to_numpy()


def _fit(matrix: np.ndarray, rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    settings: dict[str, Any] = {**SHALLOW, "num_threads": 1, "seed": 1, "min_data_in_leaf": 20}
    trees = 100 if len(rows) < 50_000 else 300
    booster = lgb.train(settings, lgb.Dataset(matrix[rows], labels.astype(float)), trees)
    return np.asarray(booster.predict(matrix))


def _average(truth: np.ndarray, test: np.ndarray, score: np.ndarray) -> float:
    return float(average_precision_score(truth[test], score[test]))


def _alone(truth: np.ndarray, feature: np.ndarray) -> float:
    auc = roc_auc_score(truth, np.nan_to_num(feature, nan=-1e9))
    return float(max(auc, 1 - auc))


if __name__ == "__main__":
    app()
