"""Hindsight: what is known at the cut-off about lines that nobody examined, handed to the trees as a soft label.

A line's features know only the past of its own day. At the cut-off more is known: what was found, before or after,
at the same parties and in the same flows. A teacher reads features and that evidence; its probability for a line
that was never examined is a label for the trees, which read the features alone. So each result reaches
the lines around it. (Learning with privileged information: Vapnik and Vashist 2009; Lopez-Paz et al. 2016.)
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from features.keys import key_of
from features.lines import Lines
from train.noise import NoisyResults
from train.origin_classifier import OriginClassifier

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

KEYS: Final = (
    "supplier",
    "maker",
    "address",
    "seller",
    "consolidator",
    "importer",
    "supplier*importer",
    "supplier*hts6",
    "seller*importer",
    "importer*maker",
    "importer*hts6",
    "importer*hts6*origin",
    "hts6*origin",
)
DOUBT: Final = 3.0
"""Lines of the usual share that a found share is mixed with: one finding alone proves little."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Lines as their day of entry saw them: `features`, and keys of their parties and flows (0 where there is none)."""

    features: pd.DataFrame
    keys: pd.DataFrame
    day: npt.NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.features)

    def take(self, rows: Mask) -> Self:
        """The lines of a mask, in order."""
        features, keys = (frame[rows].reset_index(drop=True) for frame in (self.features, self.keys))
        return type(self)(features, keys, self.day[rows])

    @property
    def supplier(self) -> npt.NDArray[np.uint64]:
        """Key of the supplier; a key of its own for each line that has none."""
        supplier = self.keys["supplier"].to_numpy()
        return np.where(supplier == 0, np.arange(1, len(self) + 1, dtype=np.uint64), supplier)


def keys_of(lines: Lines) -> pd.DataFrame:
    """The keys that evidence is gathered under, one column each."""
    return pd.DataFrame({name: key_of(lines, name) for name in KEYS})


def soft_labels(examined: Seen, results: NoisyResults, others: Seen, prototype: OriginClassifier) -> Floats:
    """Probability of the truth for lines never examined, from a teacher with hindsight."""
    monotone = (*(prototype.monotone or [0] * examined.features.shape[1]), *(1, 0) * len(KEYS))
    teacher = clone(prototype).set_params(monotone=monotone, seeds=tuple(prototype.seeds)[:1])
    own = evidence(examined.keys, results.observed, examined.keys, own=True)
    teacher.fit(pd.concat([examined.features, own], axis=1), **results.fit_arguments())
    around = evidence(examined.keys, results.observed, others.keys, own=False)
    return np.asarray(teacher.predict_proba(pd.concat([others.features, around], axis=1))[:, 1], np.float64)


def evidence(examined: pd.DataFrame, observed: Floats, asked: pd.DataFrame, *, own: bool) -> pd.DataFrame:
    """Under each key of the lines asked about: the found share of all results (shrunk), and how many there are.

    `own`: the lines asked about are the examined ones, and each one's own result is left out.
    """
    columns: dict[str, Floats] = {}
    usual = observed.mean()
    for name in KEYS:
        counted = pd.DataFrame({"found": observed, "lines": 1.0}).groupby(examined[name].to_numpy()).sum()
        known = counted.reindex(asked[name].to_numpy(), fill_value=0.0).to_numpy(copy=True)
        known -= np.column_stack([observed, np.ones_like(observed)]) if own else 0.0
        known[asked[name].to_numpy() == 0] = 0.0
        columns[f"{name} found share"] = (known[:, 0] + DOUBT * usual) / (known[:, 1] + DOUBT)
        columns[f"{name} results"] = known[:, 1]
    return pd.DataFrame(columns)
