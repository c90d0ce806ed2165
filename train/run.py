"""One training, from the store to a kept model: the story on one screen."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.console import progress
from data.errors import GateRefusedError, Problem
from data.settings import Settings
from features.catalogue import CATALOGUE
from models import bundle, registry
from train.examples import Examples
from train.fit import Fitted, fit
from train.hindsight import Seen
from train.judge import Judgement, judge
from train.material import Material
from train.origin_classifier import OriginClassifier
from train.promotion import enter
from train.propensity import weights

GOLDEN_LINES: Final = 50
USUAL_DAYS: Final = np.timedelta64(180, "D")
"""Days before the cut-off whose lines say what is usual."""


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A kept model and what is known about it."""

    version: str
    folder: Path
    settings: dict[str, Any]
    fitted: Fitted
    judgement: Judgement
    left_out: dict[str, int]
    role: registry.Role

    def metrics(self) -> dict[str, Any]:
        """Everything measured, as plain numbers."""
        return {
            **self.judgement.summary(),
            "examples": self.settings["examples"],
            "left_out": self.left_out,
            "trees": self.fitted.trees,
            "picked_log_odds": self.fitted.calibration.picked,
            "error_rates": self.fitted.rates.rows(),
        }


def train(settings: Settings, cutoff: date | None, seed: int) -> TrainedModel:
    """Learn from what was known at the end of `cutoff` (default: the last day of entry) and keep the model.

    The model is first judged on later examples it did not see, then fitted anew on all of them. It is champion
    where none can score yet, else challenger (`train.promotion`).
    Raises GateRefusedError where too few results are known.
    """
    with progress("Training", 3) as advance:
        material = Material.read(settings, cutoff)
        last_day, tables = cutoff or _last_day(material.entries), material.tables
        gathered = material.gather(last_day, seed)
        examples, others = gathered.examples, gathered.others
        advance(1)
        prototype = classifier(settings, seed)
        judgement = judge(examples, others, prototype, settings.train, seed)
        advance(1)
        weight = weights(examples.propensity, settings.train.propensity_floor)
        fitted = fit(examples, others, weight, prototype, seed)
        advance(1)
    described = {
        "cutoff": str(last_day),
        "seed": seed,
        "tables": tables,
        "examples": len(examples),
        "trees": fitted.trees,
        "picked_log_odds": fitted.calibration.picked,
        "error_rates": fitted.rates.rows(),
        "history_start": str(settings.history_start),
        "train": settings.train.model_dump(),
    }
    version, folder = keep(settings.home, fitted, described, examples, others)
    role = enter(settings, version, tables)
    return TrainedModel(version, folder, described, fitted, judgement, gathered.left_out, role)


def classifier(settings: Settings, seed: int) -> OriginClassifier:
    """The classifier of the catalogue's columns, unfitted."""
    return OriginClassifier(
        categorical=tuple(i for i, feature in enumerate(CATALOGUE) if feature.kind == "category"),
        monotone=tuple(feature.monotone for feature in CATALOGUE),
        seeds=tuple(range(seed * 100, seed * 100 + settings.train.seeds)),
    )


def keep(
    home: Path, fitted: Fitted, described: dict[str, Any], examples: Examples, others: Seen
) -> tuple[str, Path]:
    """Write the bundle under its version; a model that is already kept stays as it is.

    What nights are compared with are the latest of the `others`, which stand for the lines as they come.
    """
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    golden = np.linspace(0, len(examples) - 1, GOLDEN_LINES).astype(np.int64)
    with TemporaryDirectory(dir=home / "tmp") as staging:
        staged = Path(staging) / "bundle"
        sample = _latest(others if len(others) else examples.seen).features.to_numpy()
        version = bundle.save(staged, fitted.model, described, examples.features.to_numpy()[golden], sample)
        folder = registry.bundle_path(home, version)
        if not folder.exists():
            folder.parent.mkdir(exist_ok=True)
            staged.rename(folder)
    return version, folder


def _latest(lines: Seen) -> Seen:
    return lines.take(lines.day > lines.day.max() - USUAL_DAYS)


def _last_day(entries: pa.Table) -> date:
    last: date | None = pc.max(entries["entry_date"]).as_py()
    if last is None:
        raise GateRefusedError(
            Problem("entries", "entry lines", "none", "Run originrisk ingest entries first.")
        )
    return last
