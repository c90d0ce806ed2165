"""A probability in words and with its band."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from originrisk.models.calibration import Calibrator
from originrisk.models.registry import bundle_path

STEPS: Final = (
    (0.5, "more likely than not"),
    (0.2, "quite possible"),
    (0.05, "possible"),
    (0.01, "unlikely"),
    (0.0, "very unlikely"),
)
"""Probability from which each word is used."""

TOO_WIDE: Final = 3
"""A band whose ends are so many words apart says that too few results are known of lines like this one."""


@dataclass(frozen=True, slots=True)
class Said:
    """A probability, its 90 % band, and both in words. `lower` and `upper` are None where no bundle is kept."""

    probability: float
    lower: float | None
    upper: float | None

    @property
    def word(self) -> str:
        """The probability as a word."""
        return STEPS[_step(self.probability)][1]

    @property
    def band(self) -> str:
        """The band as a sentence."""
        if self.lower is None or self.upper is None:
            return "The model that gave it is no longer kept, so its band is not known."
        left_open = f"{percent(self.lower)} to {percent(self.upper)} open (90 % band)."
        if _step(self.lower) - _step(self.upper) >= TOO_WIDE:
            return f"Insufficient evidence: too few results are known of lines like this one. They leave {left_open}"
        return f"The evidence leaves {left_open}"


def said(home: Path, model_version: str, probability: float) -> Said:
    """A probability of a model, with the band that this model's calibration gives."""
    calibrator = _calibrator(bundle_path(home, model_version) / "calibrator.json")
    if calibrator is None:
        return Said(probability, None, None)
    lower, upper = calibrator.band(np.array([probability]))
    return Said(probability, float(lower[0]), float(upper[0]))


def _step(probability: float) -> int:
    return next(place for place, (least, _) in enumerate(STEPS) if probability >= least)


def percent(share: float) -> str:
    """A share as people write it, with as many digits as it deserves; never a certainty that it is not."""
    if 0 < share < 0.0001:
        return "<0.01%"
    if 0.995 <= share < 1:
        return ">99%"
    return (
        f"{share:.0%}"
        if share >= 0.095 or share == 0
        else f"{share:.1%}"
        if share >= 0.0095
        else f"{share:.2%}"
    )


@lru_cache(maxsize=64)
def _calibrator(path: Path) -> Calibrator | None:
    return Calibrator.from_json(json.loads(path.read_text("utf-8"))) if path.is_file() else None
