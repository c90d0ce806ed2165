"""Small real models over the catalogue's columns."""

import lightgbm
import numpy as np
import numpy.typing as npt

from originrisk.features.catalogue import NAMES
from originrisk.models.calibration import Calibrator
from originrisk.models.origin_model import OriginModel


def matrix(lines: int = 500, seed: int = 0) -> npt.NDArray[np.float64]:
    values = np.random.default_rng(seed).uniform(size=(lines, len(NAMES)))
    values[::7, 3] = np.nan
    return values


def model(seeds: int = 2, calibrator: Calibrator | None = None) -> OriginModel:
    """Boosters that learned a planted rule on the first three columns."""
    features = matrix(2000)
    label = (features[:, 0] + features[:, 1] * features[:, 2] > 0.9).astype(float)
    boosters = tuple(_booster(features, label, seed) for seed in range(seeds))
    return OriginModel(boosters, -0.5, calibrator or Calibrator(-1.0, 0.8, 1.1), NAMES)


def _booster(features: npt.NDArray[np.float64], label: npt.NDArray[np.float64], seed: int) -> lightgbm.Booster:
    data = lightgbm.Dataset(features, label, feature_name=list(NAMES))
    parameters = {"objective": "binary", "num_leaves": 7, "verbosity": -1, "num_threads": 1, "seed": seed}
    return lightgbm.train({**parameters, "bagging_fraction": 0.5, "bagging_freq": 1}, data, 20)


def model_of(names: tuple[str, ...], features: npt.NDArray[np.float64]) -> tuple[lightgbm.Booster, ...]:
    """One booster of these columns."""
    label = (features[:, 0] > np.median(features[:, 0])).astype(float)
    data = lightgbm.Dataset(features, label, feature_name=list(names))
    return (lightgbm.train({"objective": "binary", "verbosity": -1, "num_threads": 1}, data, 10),)
