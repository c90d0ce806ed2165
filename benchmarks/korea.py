"""A third party's data through the product's own commands: train on 2020, score 2021, beside a look-up.

    python -m benchmarks.korea FOLDER

FOLDER holds train.csv and valid.csv of the synthetic Korean declarations (Seondong/Customs-Declaration-Datasets,
MIT). Their target is customs fraud among inspected goods, not origin: the run shows the machinery on input that
nobody here made, and how far a look-up of the same goods gets.
"""

import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from originrisk.data.console import print_table
from originrisk.data.store.tables import Store
from originrisk.train.evaluation.holdout import LOOK_UP_KEY
from originrisk.train.evaluation.metrics import Population, Row, compare
from originrisk.train.origin_classifier import NoisyResults

ROOT = Path(__file__).resolve().parents[1]
SCORED = (date(2021, 1, 1), date(2021, 3, 31))
KEY = ["entry_number", "line_number"]
SHOWN = ("average_precision", "auc", "precision@1%", "precision@2%", "precision@5%", "precision@10%", "recall@10%")


def main(folder: Path) -> None:
    """Ingest, train, score, judge."""
    with tempfile.TemporaryDirectory() as home:
        for kind, name in (("entries", "train"), ("outcomes", "train"), ("entries", "valid")):
            print(originrisk(home, "ingest", kind, folder / f"{name}.csv", "--mapping", "korea-kcs"))
        print(originrisk(home, "train", "--cutoff", "2020-12-31")["model_version"])
        print(originrisk(home, "score", "--from", str(SCORED[0]), "--to", str(SCORED[1])))
        originrisk(home, "ingest", "outcomes", folder / "valid.csv", "--mapping", "korea-kcs")
        report(judged(Store(Path(home))))


def originrisk(home: str, *words: object) -> dict[str, Any]:
    """What the command prints as JSON."""
    command = [sys.executable, "-m", "originrisk", "--home", home, *map(str, words), "--json"]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout
    return dict(json.loads(printed))


def judged(store: Store) -> pd.DataFrame:
    """Every scored line with its result, its score and that of the look-up; first the past, then the scored."""
    lines = [frame(table).set_index(KEY) for table in (store.entries(), store.outcomes(), store.scores(*SCORED))]
    entries, outcomes, scores = lines
    all_lines = entries.join(outcomes[["result", "outcome_date"]]).join(scores[["probability"]])
    all_lines["found"] = (all_lines["result"] == "xinjiang").astype(float)
    all_lines[list(LOOK_UP_KEY)] = all_lines[list(LOOK_UP_KEY)].fillna("")
    past, scored = all_lines[all_lines["probability"].isna()], all_lines[all_lines["probability"].notna()]
    last = past.sort_values("outcome_date", kind="stable").groupby(list(LOOK_UP_KEY))["found"].last()
    looked_up = scored.join(last.rename("looked_up"), on=list(LOOK_UP_KEY))["looked_up"]
    return scored.assign(seen=looked_up.notna(), looked_up=looked_up.fillna(past["found"].mean()))


def frame(table: pa.Table) -> pd.DataFrame:
    """The table in pandas."""
    result: pd.DataFrame = table.to_pandas()
    return result


def report(lines: pd.DataFrame) -> None:
    """The table: model, look-up, random, on all scored lines and on those whose key the past does not hold."""
    print(f"{lines['seen'].mean():.1%} of the {len(lines):,} scored lines have a look-up key seen in training")
    for title, part in (("All scored lines", lines), ("Look-up key never seen", lines[~lines["seen"]])):
        scores = {
            "model": part["probability"].to_numpy(),
            "look-up": part["looked_up"].to_numpy(float),
            "random": np.random.default_rng(0).random(len(part)),
        }
        suppliers = pd.factorize(part["manufacturer_name"].fillna("").to_numpy())[0].astype(np.uint64)
        rows = compare(scores, Population(NoisyResults.of(part["found"].to_numpy()), suppliers), seed=0)
        print_table(f"{title}: {len(part):,}, {part['found'].mean():.1%} fraud", ("method", *SHOWN), map(shown, rows))


def shown(row: Row) -> tuple[str, ...]:
    """One method, each figure with its 95 % interval."""
    return (row.method, *map(row.shown, SHOWN))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
