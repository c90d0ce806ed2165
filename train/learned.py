"""What one training learns, before anything is kept: examples, the judgement, the model and what is said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from originrisk.data.console import progress
from originrisk.data.settings import Settings
from originrisk.features.catalogue import CATALOGUE
from originrisk.features.feature import Feature
from originrisk.models import bundle
from originrisk.models.origin_model import OriginModel
from originrisk.train.examples import Gathered
from originrisk.train.fit import Fitted, fit
from originrisk.train.judge import Judgement, judge
from originrisk.train.material import Material
from originrisk.train.origin_classifier import OriginClassifier
from originrisk.train.propensity import weights
from originrisk.train.rate_estimate import rows
from originrisk.train.seen import Seen

GOLDEN_LINES: Final = 50
TREE_SETTINGS: Final = (
    "leaves",
    "learning_rate",
    "least_lines",
    "shrinkage",
    "feature_share",
    "line_share",
)
"""Settings of the trees that `originrisk search` looks for."""
USUAL_DAYS: Final = np.timedelta64(180, "D")
"""Days before the cut-off whose lines say what is usual."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A fitted model, what it learned from, and how it was judged. `settings` is what its bundle says of it."""

    settings: dict[str, Any]
    gathered: Gathered
    fitted: Fitted
    judgement: Judgement

    def metrics(self) -> dict[str, Any]:
        """Everything measured, as plain numbers."""
        return {
            **self.judgement.summary(),
            "examples": self.settings["examples"],
            "left_out": self.gathered.left_out,
            "trees": self.fitted.trees,
            "picked_log_odds": self.fitted.calibration.picked,
            "error_rates": self.settings["error_rates"],
        }

    def write(self, folder: Path) -> str:
        """Write the bundle into a new folder; returns its version."""
        return save(folder, self.fitted.model, self.settings, self.gathered)


def save(folder: Path, model: OriginModel, settings: dict[str, Any], gathered: Gathered) -> str:
    """Write the bundle of a model into a new folder; returns its version.

    What nights are compared with are the latest of the lines nobody examined, which stand for the lines as they come.
    """
    examples, others = gathered.examples, gathered.others
    golden = np.linspace(0, len(examples) - 1, GOLDEN_LINES).astype(np.int64)
    latest = _latest(others if len(others) else examples.seen)
    sample = latest.features.to_numpy(), latest.day
    return bundle.save(folder, model, settings, examples.features.to_numpy()[golden], sample)


def learn(
    settings: Settings, cutoff: date | None, seed: int, tables: Mapping[str, int] | None = None
) -> Learned:
    """Learn from what was known at the end of `cutoff`, in the tables as they stand or at these versions.

    The model is first judged on later examples it did not see, then fitted anew on all of them.
    Raises GateRefusedError where too few results are known.
    """
    with progress("Training", 3) as advance:
        material = Material.read(settings, cutoff, tables)
        last_day = cutoff or material.last_day()
        gathered = material.gather(last_day, seed)
        examples = gathered.examples
        advance(1)
        prototype = classifier(settings, seed)
        judgement = judge(examples, prototype, settings.train, seed)
        advance(1)
        weight = weights(examples.propensity, settings.train.propensity_floor)
        fitted = fit(examples, weight, prototype, seed)
        ends = fitted.estimate.intervals(seed)
        advance(1)
    described = {
        "cutoff": str(last_day),
        "seed": seed,
        "tables": material.tables,
        "examples": len(examples),
        "trees": fitted.trees,
        "picked_log_odds": fitted.calibration.picked,
        "error_rates": rows(fitted.rates, ends),
        "history_start": str(settings.history_start),
        "train": settings.train.model_dump(),
    }
    return Learned(described, gathered, fitted, judgement)


def classifier(settings: Settings, seed: int, features: Sequence[Feature] = CATALOGUE) -> OriginClassifier:
    """The classifier of the columns of these features, unfitted."""
    return OriginClassifier(
        categorical=tuple(i for i, feature in enumerate(features) if feature.kind == "category"),
        monotone=tuple(feature.monotone for feature in features),
        seeds=tuple(range(seed * 100, seed * 100 + settings.train.seeds)),
        **{name: getattr(settings.train, name) for name in TREE_SETTINGS},
    )


def _latest(lines: Seen) -> Seen:
    return lines.take(lines.day > lines.day.max() - USUAL_DAYS)
