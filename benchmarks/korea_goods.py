"""A third party's data without repeats: does anything but memory tell fraud from the rest?

    python -m benchmarks.korea_goods FOLDER

FOLDER holds train.csv and valid.csv of the synthetic Korean declarations (see `benchmarks.korea`). Of each goods key
(tariff number, origin, departure, weight) only the first declaration stays, so no fold holds a repeat of another's.
In the same five folds: the product's trees on its features, and LightGBM with native categoricals on the raw
columns, with and without the parties (by construction of the data they carry nothing) and rates of goods and lanes.
Calibration keeps the order of scores, so the trees go without. One difference remains: the product's features hold
the results of all earlier lines, of every fold; the rates hold those of the fitted folds, of every day.
"""

import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import TargetEncoder

from benchmarks.korea import KEY, frame, originrisk
from originrisk.data.console import print_table
from originrisk.data.settings import load_settings
from originrisk.train.dataset import Examples, TrainingTables
from originrisk.train.evaluation.metrics import Population, Row, compare
from originrisk.train.origin_classifier import NoisyResults
from originrisk.train.pipeline import classifier

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

GOODS: Final = ["HS6 Code", "Country of Origin", "Country of Departure", "Net Mass"]
NUMBERS: Final = ["Tax Rate", "Net Mass", "Item Price"]
NOT_DECLARED: Final = ["Declaration ID", "Date", "Fraud", "Critical Fraud"]
PARTIES: Final = ["Declarant ID", "Importer ID", "Seller ID", "Courier ID"]
LAST_DAY: Final = date(2021, 12, 31)
SHOWN: Final = ("auc", "average_precision", "precision@5%", "precision@10%")


def main(folder: Path) -> None:
    """Drop repeats, see every line as its day saw it, cross-validate, print."""
    raw = first_of_each(folder)
    with tempfile.TemporaryDirectory() as home:
        raw.to_csv(Path(home) / "first.csv", index=False)
        for kind in ("entries", "outcomes"):
            print(originrisk(home, "ingest", kind, Path(home) / "first.csv", "--mapping", "korea-kcs"))
        settings = load_settings(Path(home))
        examples = TrainingTables.read(settings, LAST_DAY).gather(LAST_DAY, 0).examples
    declared = raw.set_index("Declaration ID").loc[frame(examples.lines)[KEY[0]].astype(str)]
    columns = native(declared)
    goods = columns.drop(columns=PARTIES)
    scores = {
        "product's trees": product(examples, classifier(settings, 0)),
        "LightGBM, all columns": lightgbm(columns, examples.observed),
        "LightGBM, without parties": lightgbm(goods, examples.observed),
        "LightGBM, without parties, with rates": lightgbm(goods, examples.observed, rate_keys(declared)),
    }
    rows = compare(scores, Population(NoisyResults.of(examples.observed), examples.frame.supplier), seed=0)
    title = f"First of each goods key: {len(examples):,} lines, {examples.observed.mean():.1%} fraud, 5 folds"
    print_table(title, ("method", *SHOWN), map(shown, rows))


def first_of_each(folder: Path) -> pd.DataFrame:
    """The first declaration of each goods key, text kept as text."""
    files = (pd.read_csv(folder / name, dtype=str) for name in ("train.csv", "valid.csv"))
    lines = pd.concat(files).sort_values("Date", kind="stable")
    print(f"{lines.duplicated(GOODS).mean():.1%} of {len(lines):,} lines repeat a goods key")
    return lines.drop_duplicates(GOODS)


def folds(observed: Floats) -> Iterator[tuple[Rows, Rows]]:
    """(fit, judge), the same for every method; a goods key is one line, so folds of lines are folds of keys."""
    yield from StratifiedKFold(5, shuffle=True, random_state=0).split(observed, observed)


def product(examples: Examples, prototype: Any) -> Floats:
    """Log-odds of the product's trees, as set for a training, from folds that do not hold the line."""
    score, matrix = np.empty(len(examples)), examples.features
    for fitted, judged in folds(examples.observed):
        trees = clone(prototype).fit(matrix.iloc[fitted], examples.observed[fitted])
        score[judged] = trees.log_odds(matrix.iloc[judged])
    return score


def lightgbm(columns: pd.DataFrame, observed: Floats, keys: pd.DataFrame | None = None) -> Floats:
    """LightGBM with native categoricals, with fraud rates by `keys` where given, cross-fitted in the fitted folds."""
    score = np.empty(len(observed))
    for fitted, judged in folds(observed):
        known, asked = columns.iloc[fitted], columns.iloc[judged]
        if keys is not None:
            encoder = TargetEncoder(target_type="binary", cv=StratifiedKFold(5, shuffle=True, random_state=1))
            of_fitted = encoder.fit_transform(keys.iloc[fitted], observed[fitted])
            known = known.assign(**dict(zip(keys, of_fitted.T, strict=True)))
            asked = asked.assign(**dict(zip(keys, encoder.transform(keys.iloc[judged]).T, strict=True)))
        score[judged] = boosted(known, observed[fitted], asked)
    return score


def native(declared: pd.DataFrame) -> pd.DataFrame:
    """Numbers as numbers, all else as categories."""
    columns = declared.drop(columns=NOT_DECLARED, errors="ignore")
    return columns.astype({c: float if c in NUMBERS else "category" for c in columns})


def rate_keys(declared: pd.DataFrame) -> pd.DataFrame:
    """What rates are taken over."""
    goods, lane = declared["HS6 Code"], declared["Country of Origin"] + ">" + declared["Country of Departure"]
    keys = {"hs6": goods, "hs4": goods.str[:4], "hs2": goods.str[:2], "lane": lane}
    return pd.DataFrame(keys | {"hs2 on lane": goods.str[:2] + lane})


def boosted(fitted: pd.DataFrame, observed: Floats, judged: pd.DataFrame) -> Floats:
    """Chances from LightGBM in small steps."""
    model = lgb.LGBMClassifier(n_estimators=150, learning_rate=0.05, num_leaves=15, n_jobs=1, verbosity=-1)
    return np.asarray(model.fit(fitted, observed).predict_proba(judged), np.float64)[:, 1]


def shown(row: Row) -> tuple[str, ...]:
    """One method, each figure with its 95 % interval by supplier."""
    return (row.method, *map(row.shown, SHOWN))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
