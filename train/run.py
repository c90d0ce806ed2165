"""One training, from the store to a kept model: the story on one screen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from originrisk.data.settings import Settings
from originrisk.models import registry
from originrisk.train.learned import Learned, learn
from originrisk.train.promotion import enter


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A kept model and what is known about it."""

    version: str
    folder: Path
    learned: Learned
    role: registry.Role

    def metrics(self) -> dict[str, Any]:
        """Everything measured, as plain numbers."""
        return self.learned.metrics()


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
            folder.parent.mkdir(exist_ok=True)
            staged.rename(folder)
    return version, folder
