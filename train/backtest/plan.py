"""The plan of a backtest: which months are replayed, and how the office that lives them works."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Plan:
    """What is replayed: `months` from `start`, a new model every `every` months, results `delay` days after entry."""

    start: np.datetime64
    months: int
    every: int
    capacity_share: float
    delay: int
    seed: int

    def month(self, number: int) -> tuple[int, int]:
        """First and last day of a month, in days since 1970-01-01."""
        first = self.start.astype("datetime64[M]") + number
        days = [(first + n).astype("datetime64[D]").astype(np.int64) for n in (0, 1)]
        return int(days[0]), int(days[1]) - 1

    def name(self, number: int) -> str:
        """A month as YYYY-MM."""
        return str(self.start.astype("datetime64[M]") + number)
