"""The recipe of a kept model: with which settings, seed, cut-off and table versions it was made."""

from datetime import date
from typing import Any

from originrisk.data.settings import Settings, TrainSettings
from originrisk.models.bundle import described
from originrisk.models.registry import kept_path
from originrisk.train.evaluation.evaluation import Evaluation
from originrisk.train.evaluation.run import evaluate
from originrisk.train.learned import classifier


def evaluate_recipe(settings: Settings, version: str | None, cutoff: date | None) -> Evaluation:
    """Evaluate a kept version's way of learning, or that of the settings where no version is named.

    `cutoff` wins over the version's own. Raises ModelRefusedError for an unknown version.
    """
    if version is None:
        return evaluate(settings, classifier(settings, 0), {"model": "by the settings", "seed": 0}, cutoff, 0)
    said = described(kept_path(settings.home, version))
    recipe = settings_of(settings, said)
    seed = int(said["seed"])
    named = {"model": version, "seed": seed}
    last_day = cutoff or date.fromisoformat(said["cutoff"])
    return evaluate(recipe, classifier(recipe, seed), named, last_day, seed)


def settings_of(settings: Settings, said: dict[str, Any]) -> Settings:
    """The settings a model was made with, in the present home; `said` as its bundle describes it."""
    made = {
        "train": TrainSettings(**said["train"]),
        "history_start": date.fromisoformat(said["history_start"]),
    }
    return settings.model_copy(update=made)
