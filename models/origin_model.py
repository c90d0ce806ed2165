"""The origin model: boosters averaged in log-odds, then one calibrator."""

from dataclasses import dataclass, field

import numpy as np
from lightgbm import Booster

from originrisk.data.arrays import Floats, Rows
from originrisk.data.errors import ModelRefusedError, Problem
from originrisk.models.calibration import Calibrator

FEW = 256
"""Lines below which waking more threads would take longer than predicting."""


@dataclass(frozen=True, slots=True)
class OriginModel:
    """What a bundle holds in memory. Matrices are float64, (lines, features), columns in the order of `features`.

    `features` are those of the catalogue in use; the boosters read some or all of them, at `columns`.
    """

    boosters: tuple[Booster, ...]
    base_log_odds: float
    calibrator: Calibrator
    features: tuple[str, ...]
    columns: Rows = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        read = {tuple(booster.feature_name()) for booster in self.boosters}
        names = next(iter(read), self.features)
        if len(read) > 1 or not set(names) <= set(self.features):
            raise ModelRefusedError(Problem("model", "boosters that read features of the catalogue", "others"))
        object.__setattr__(self, "columns", np.array([self.features.index(name) for name in names], np.intp))

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the features that the boosters read, in their order."""
        return tuple(self.features[column] for column in self.columns)

    def log_odds(self, matrix: Floats) -> Floats:
        """Log-odds before calibration, shape (lines,)."""
        if len(matrix) == 0:
            return np.empty(0)
        raw = self._predicted(matrix, raw_score=True)
        log_odds: Floats = np.mean(raw, axis=0) + self.base_log_odds
        return log_odds

    def probability(self, matrix: Floats) -> Floats:
        """Calibrated probability of Xinjiang origin, shape (lines,)."""
        return self.calibrator.probability(self.log_odds(matrix))

    def contributions(self, matrix: Floats) -> Floats:
        """Exact TreeSHAP contributions, shape (lines, features + 1), last column the constant; 0 of features not read.

        A row adds up to `log_odds` of its line. About two hundred times the cost of a score: for queues only.
        """
        if len(matrix) == 0:
            return np.empty((0, len(self.features) + 1))
        found: Floats = np.mean(self._predicted(matrix, pred_contrib=True), axis=0)
        contributions = np.zeros((len(matrix), len(self.features) + 1))
        contributions[:, self.columns] = found[:, :-1]
        contributions[:, -1] = found[:, -1] + self.base_log_odds
        return contributions

    def _predicted(self, matrix: Floats, **wanted: bool) -> list[Floats]:
        """What each booster says; a line is worked out by one thread, so their number changes no bit."""
        if matrix.ndim != 2 or matrix.shape[1] != len(self.features):
            raise ModelRefusedError(Problem("matrix", f"{len(self.features)} feature columns", f"shape {matrix.shape}"))
        same = np.array_equal(self.columns, np.arange(len(self.features)))
        checked = np.ascontiguousarray(matrix if same else matrix[:, self.columns], dtype=np.float64)
        threads = 1 if len(matrix) < FEW else 0  # 0: as many as LightGBM finds; each call says it anew
        return [booster.predict(checked, num_threads=threads, **wanted) for booster in self.boosters]
