"""From the store to a kept model: a training, and a recalibration of the champion."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize_scalar

from originrisk.data.arrays import Floats
from originrisk.data.console import progress
from originrisk.data.contract import ONE_DAY
from originrisk.data.settings import Settings, TrainSettings
from originrisk.data.store.journal import make_folder, sync
from originrisk.features.catalogue import CATALOGUE
from originrisk.features.catalogue.feature import Feature
from originrisk.models import bundle, registry
from originrisk.models.bundle import load
from originrisk.models.origin_model import OriginModel
from originrisk.train.arbiter import chapters_without_result
from originrisk.train.calibrate import rate_rows
from originrisk.train.comparison import has_evidence, results_under
from originrisk.train.dataset import Gathered, TrainingTables
from originrisk.train.evaluation.holdout import Holdout, evaluate_holdout
from originrisk.train.fit import Fitted, fit, log_odds_of
from originrisk.train.labels import Expected, weights
from originrisk.train.origin_classifier import NoisyResults, OriginClassifier
from originrisk.train.promotion import enter, too_few

GOLDEN_LINES: Final = 50
TREE_SETTINGS: Final = ("leaves", "learning_rate", "least_lines", "shrinkage", "feature_share", "line_share")
"""Settings of the trees that `originrisk search` looks for."""
USUAL_DAYS: Final = np.timedelta64(180, "D")
"""Days before the cut-off whose lines say what is usual."""


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """A fitted model, what it learned from, and how it was judged. `settings` is what its bundle says of it,
    `unknown` are the chapters without a result (`originrisk.train.arbiter`)."""

    settings: dict[str, Any]
    gathered: Gathered
    fitted: Fitted
    holdout: Holdout
    unknown: list[dict[str, Any]]

    def metrics(self) -> dict[str, Any]:
        """Everything measured, as plain numbers."""
        return {
            **self.holdout.summary(),
            "examples": self.settings["examples"],
            "left_out": self.gathered.left_out,
            "chapters_without_result": self.unknown,
            "trees": self.fitted.trees,
            "picked_log_odds": self.fitted.calibration.selection_shift,
            "error_rates": self.settings["error_rates"],
        }

    def write(self, folder: Path) -> str:
        """Write the bundle into a new folder; returns its version."""
        return save_bundle(folder, self.fitted.model, self.settings, self.gathered)


def save_bundle(folder: Path, model: OriginModel, settings: dict[str, Any], gathered: Gathered) -> str:
    """Write the bundle of a model into a new folder; returns its version.

    What nights are compared with are the latest of the lines nobody examined, which stand for the lines as they come.
    """
    examples, unexamined = gathered.examples, gathered.unexamined.frame
    golden = np.linspace(0, len(examples) - 1, GOLDEN_LINES).astype(np.int64)
    lines = unexamined if len(unexamined) else examples.frame
    latest = lines.take(lines.day > lines.day.max() - USUAL_DAYS)
    sample = latest.features.to_numpy(), latest.day
    return bundle.save(folder, model, settings, examples.features.to_numpy()[golden], sample)


def learn(
    settings: Settings, cutoff: date | None, seed: int, tables: Mapping[str, int] | None = None
) -> TrainingResult:
    """Learn from what was known at the end of `cutoff`, in the tables as they stand or at these versions.

    The model is first judged on later examples it did not see, then fitted anew on all of them.
    Raises GateRefusedError where too few results are known.
    """
    with progress("Training", 3) as advance:
        data = TrainingTables.read(settings, cutoff, tables)
        last_day = cutoff or data.last_day()
        gathered = data.gather(last_day, seed)
        examples = gathered.examples
        advance(1)
        prototype = classifier(settings, seed)
        holdout = evaluate_holdout(examples, gathered.unexamined, prototype, settings.train, seed)
        advance(1)
        fitted = fit(examples, gathered.unexamined, prototype, settings.train, seed)
        ends = fitted.estimate.intervals(seed)
        features = np.concatenate([one.features.to_numpy() for one in (gathered.unexamined.frame, examples)])
        unknown = chapters_without_result(examples, gathered.unexamined, fitted.model.probability(features))
        advance(1)
    described = {
        "cutoff": str(last_day),
        "seed": seed,
        "tables": data.versions,
        "examples": len(examples),
        "trees": fitted.trees,
        "picked_log_odds": fitted.calibration.selection_shift,
        "error_rates": rate_rows(fitted.rates, ends, Expected.of(settings.train.error_rates)),
        "history_start": str(settings.history_start),
        "train": settings.train.model_dump(),
    }
    return TrainingResult(described, gathered, fitted, holdout, unknown)


def classifier(settings: Settings, seed: int, features: Sequence[Feature] = CATALOGUE) -> OriginClassifier:
    """The classifier of the columns of these features, unfitted."""
    return OriginClassifier(
        categorical=tuple(i for i, feature in enumerate(features) if feature.kind == "category"),
        monotone=tuple(feature.monotone for feature in features),
        seeds=tuple(range(seed * 100, seed * 100 + settings.train.seeds)),
        **{name: getattr(settings.train, name) for name in TREE_SETTINGS},
    )


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A kept model and what is known about it."""

    version: str
    folder: Path
    result: TrainingResult
    role: registry.Role

    def metrics(self) -> dict[str, Any]:
        """Everything measured, as plain numbers."""
        return self.result.metrics()


def train(settings: Settings, cutoff: date | None, seed: int) -> TrainedModel:
    """Learn from what was known at the end of `cutoff` (default: the last day of entry) and keep the model.

    It is champion where none can score yet, else challenger (`originrisk.train.promotion`).
    Raises GateRefusedError where too few results are known.
    """
    learned = learn(settings, cutoff, seed)
    version, folder = keep(settings.home, learned.write)
    role = enter(settings, version, learned.settings["tables"])
    return TrainedModel(version, folder, learned, role)


def keep(home: Path, write: Callable[[Path], str]) -> tuple[str, Path]:
    """Write a bundle under the version that `write` returns; a model that is already kept stays as it is."""
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home / "tmp") as staging:
        staged = Path(staging) / "bundle"
        version = write(staged)
        folder = registry.bundle_path(home, version)
        if not folder.exists():
            make_folder(folder.parent)
            staged.rename(folder)
            sync(folder.parent)
    return version, folder


MOVE_SPREAD: Final = 0.5
"""Prior standard deviation of the move, in log-odds: what is common moves by a factor of two at most, and few results
move it little."""
LARGEST_MOVE: Final = 3.0


@dataclass(frozen=True, slots=True)
class Recalibrated:
    """A kept model that is another one's trees: `source` is the training, `log_odds` the whole move since it."""

    version: str
    folder: Path
    role: registry.Role
    source: str
    log_odds: float
    lines: int
    positives: int

    def plain(self) -> dict[str, Any]:
        """For `--json` and the record."""
        return asdict(self) | {"folder": str(self.folder)}


def recalibrate(settings: Settings, cutoff: date | None, seed: int = 0) -> Recalibrated:
    """Move the champion's level to the results known at the end of `cutoff` of lines entered since its own, and keep it
    as a challenger; it is judged like any other, on lines entered after `cutoff`.

    Raises GateRefusedError where too little was found since; ModelRefusedError where there is no sound champion.
    """
    champion = load(registry.champion_path(settings.home))
    before = champion.settings.get("recalibrated", {"from": champion.version, "log_odds": 0.0})
    since = date.fromisoformat(champion.settings["cutoff"])
    with progress("Looking up what was found since", 1) as advance:
        data = TrainingTables.read(settings, cutoff)
        last = cutoff or data.last_day()
        gathered = data.gather(last, seed)
        advance(1)
    later = gathered.examples.take(gathered.examples.frame.day > np.datetime64(since, "D"))
    positives = int(later.observed.sum())
    if not has_evidence(later, settings.gate):
        step = "Wait for results, or train anew."
        raise too_few(settings, str(since + ONE_DAY), len(later), positives, step)
    found = results_under(later, weights(later.propensity, settings.train.propensity_floor), champion)
    move = level(log_odds_of(champion.model, later.features.to_numpy()), found)
    source, moved = before["from"], before["log_odds"] + move
    size = {"lines": len(later), "positives": positives}
    described = {
        **champion.settings,
        "cutoff": str(last),
        "tables": data.versions,
        "recalibrated": {"from": source, "log_odds": moved, **size},
    }
    model = replace(champion.model, calibrator=champion.model.calibrator.shifted(move))
    version, folder = keep(settings.home, lambda staged: save_bundle(staged, model, described, gathered))
    role = enter(settings, version, data.versions)
    return Recalibrated(version, folder, role, source, moved, **size)


def level(log_odds: Floats, results: NoisyResults) -> float:
    """The most probable move of all these log-odds, from results that are sometimes wrong."""
    even = results.at_effective_size()

    def objective(move: float) -> float:
        return float(even.loss(log_odds + move).sum() + 0.5 * (move / MOVE_SPREAD) ** 2)

    return float(minimize_scalar(objective, bounds=(-LARGEST_MOVE, LARGEST_MOVE), method="bounded").x)


def settings_of(settings: Settings, said: dict[str, Any]) -> Settings:
    """The settings a model was made with, in the present home; `said` as its bundle describes it."""
    made = {"train": TrainSettings(**said["train"]), "history_start": date.fromisoformat(said["history_start"])}
    return settings.model_copy(update=made)
