"""How well names of one firm are told from look-alikes: `benchmarks/names/pairs.csv`, halved by firm.

    python benchmarks/names.py [--nomenklatura PYTHON]

Each method's threshold is the one of best F1 on the dev half; figures are of the test half. PYTHON is the interpreter
of an environment that has nomenklatura; without it that row is left out.
"""

import argparse
import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_recall_curve

from originrisk.features.parties.compare import CountryRarity, WordCounts, weigh_texts

FOLDER = Path(__file__).with_name("names")
TOP = 50
NOTHING_COUNTED = CountryRarity(WordCounts(), "")


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of names, whether each is one firm, and which are of the test half."""

    names: list[tuple[str, str]]
    kind: list[str]
    same: npt.NDArray[np.bool_]
    test: npt.NDArray[np.bool_]

    @classmethod
    def read(cls) -> "Pairs":
        with (FOLDER / "pairs.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        names = [(row["left"], row["right"]) for row in rows]
        same, test = ([row[name] == value for row in rows] for name, value in (("same", "1"), ("half", "test")))
        return cls(names, [row["kind"] for row in rows], np.array(same), np.array(test))


def parties(left: str, right: str) -> float:
    return weigh_texts(left, right, NOTHING_COUNTED).bits


def jaro_winkler(left: str, right: str) -> float:
    return JaroWinkler.similarity(left.upper(), right.upper())


def token_set_ratio(left: str, right: str) -> float:
    return fuzz.token_set_ratio(left.upper(), right.upper())


METHODS: dict[str, Callable[[str, str], float]] = {
    "originrisk.features.parties": parties,
    "Jaro-Winkler": jaro_winkler,
    "token set ratio": token_set_ratio,
}


def nomenklatura(python: str, names: list[tuple[str, str]]) -> npt.NDArray[np.float64]:
    """Scores of logic-v2, asked of an environment of its own."""
    script = FOLDER / "logic_v2.py"
    done = subprocess.run([python, script], input=json.dumps(names), capture_output=True, text=True, check=True)
    return np.array(json.loads(done.stdout))


def figures(pairs: Pairs, scores: npt.NDArray[np.float64]) -> dict[str, float]:
    """What a method reaches on the test half."""
    precision, recall, threshold = precision_recall_curve(pairs.same[~pairs.test], scores[~pairs.test])
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    same, score = pairs.same[pairs.test], scores[pairs.test]
    found = score >= threshold[f1[:-1].argmax()]
    _, ties = np.unique(np.sort(score)[-TOP:], return_counts=True)
    return {
        "average precision": average_precision_score(same, score),
        "precision": (found & same).sum() / found.sum(),
        "recall": (found & same).sum() / same.sum(),
        "largest tie in the top 50": int(ties.max()),
        "false pairs at the top score": int((~same & (score == score.max())).sum()),
    }


def calibration(pairs: Pairs, bits: npt.NDArray[np.float64]) -> dict[str, float]:
    """The line from bits to log-odds, fitted on the dev half; how far its probabilities are off on the test half."""
    fitted = LogisticRegression(C=1e6).fit(bits[~pairs.test, None], pairs.same[~pairs.test])
    told, same = fitted.predict_proba(bits[pairs.test, None])[:, 1], pairs.same[pairs.test]
    parts = np.array_split(np.argsort(told), 10)
    off = sum(abs(same[part].mean() - told[part].mean()) * len(part) for part in parts) / len(told)
    return {
        "intercept": float(fitted.intercept_[0]),
        "slope": float(fitted.coef_[0, 0]),
        "calibration error, test half": float(off),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nomenklatura", help="python of an environment with nomenklatura")
    asked, pairs = parser.parse_args(), Pairs.read()
    scores = {name: np.array([of(*pair) for pair in pairs.names]) for name, of in METHODS.items()}
    if asked.nomenklatura:
        scores["nomenklatura logic-v2"] = nomenklatura(asked.nomenklatura, pairs.names)
    print(f"{len(pairs.names)} pairs, {pairs.test.sum()} in the test half ({pairs.same[pairs.test].sum()} same)")
    for name, of_method in scores.items():
        told = ", ".join(f"{what} {value:.3g}" for what, value in figures(pairs, of_method).items())
        print(f"{name}: {told}")
    line = calibration(pairs, scores["originrisk.features.parties"])
    print("probability: " + ", ".join(f"{what} {value:.3g}" for what, value in line.items()))


if __name__ == "__main__":
    sys.exit(main())
