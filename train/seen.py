"""Lines as their day of entry saw them, with the keys of their parties that splits keep together."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from originrisk.features.catalogue import NAMES
from originrisk.features.history.keys import key_of
from originrisk.features.lines import Lines, entry_dates

Mask = npt.NDArray[np.bool_]

KEYS: Final = ("supplier", "importer", "seller")


@dataclass(frozen=True, slots=True)
class Seen:
    """Lines as their day of entry saw them: `features`, and keys of their parties (0 where there is none)."""

    features: pd.DataFrame
    keys: pd.DataFrame
    day: npt.NDArray[np.datetime64]

    @classmethod
    def of(cls, lines: Lines, matrix: npt.NDArray[np.float64]) -> Self:
        """Lines and their features as `originrisk.features.catalogue.compute` gives them (lines, features)."""
        return cls(pd.DataFrame(matrix, columns=list(NAMES)), keys_of(lines), entry_dates(lines))

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
    """The keys of the lines' parties, one column each."""
    return pd.DataFrame({name: key_of(lines, name) for name in KEYS})
