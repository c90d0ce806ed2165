"""What every task of a cluster is told beside its own share: which home, under which rules, with which model."""

from datetime import date
from functools import cache, cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from originrisk.data.settings import ScoreSettings, Settings
from originrisk.data.store.tables import Store
from originrisk.features.history.state import History
from originrisk.models import bundle, snapshot
from originrisk.models.bundle import Bundle
from originrisk.models.checkpoints import Checkpoints
from originrisk.models.registry import bundle_path
from originrisk.serve.scorer import Scorer


class Assignment(BaseModel):
    """A share of work as JSON. A worker keeps to the rules told here, whatever its own environment says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Path
    memory_limit_gb: float
    history_start: date

    @cached_property
    def store(self) -> Store:
        """The store, to be read."""
        return Store(self.home, self.memory_limit_gb)

    @property
    def checkpoints(self) -> Checkpoints:
        """The store's histories, to be read."""
        return Checkpoints(self.store, self.history_start)


class Scoring(Assignment):
    """A share of lines to be scored, with which model and under which rules."""

    score: ScoreSettings
    model: str

    def scorer(self) -> Scorer:
        """What scores days here. Raises ModelRefusedError where the model is unsound."""
        settings = Settings(home=self.home, history_start=self.history_start, score=self.score)
        return Scorer(self.store, settings, _model(bundle_path(self.home, self.model)))


def place(settings: Settings) -> dict[str, object]:
    """The fields of all assignments of a run."""
    return settings.model_dump(include={"home", "memory_limit_gb", "history_start"})


def rules(settings: Settings, model: str) -> dict[str, object]:
    """The fields of all that are to be scored."""
    return {**place(settings), "score": settings.score.model_dump(), "model": model}


def known(folder: Path) -> History:
    """A saved history, mapped. A worker reads each once."""
    return _mapped(folder, (folder / snapshot.MANIFEST).read_bytes())


@cache
def _model(folder: Path) -> Bundle:
    return bundle.load(folder)


@cache
def _mapped(folder: Path, _manifest: bytes) -> History:
    return snapshot.load(folder)
