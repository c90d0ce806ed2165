"""A search for trees that do well and are small, in folds without common suppliers.

Trials are chosen by Optuna (tree-structured Parzen estimators) and kept in the home, so a search that was stopped
goes on. What is recommended is not the best trial but the smallest model within one standard error of it: a lead
that small is luck, and small models score faster.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Self

import joblib
import numpy as np
import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from sklearn.base import clone

from originrisk.data.console import print_table, progress
from originrisk.data.settings import Settings
from originrisk.train.dataset import Gathered, TrainingTables
from originrisk.train.fit import TREES, UNEXAMINED_TAUGHT, Fitted, TrainingSet, fit, log_odds_unseen, results_of
from originrisk.train.origin_classifier import OriginClassifier
from originrisk.train.pipeline import TREE_SETTINGS, classifier
from originrisk.train.reproduce import made_by

SPLITS: Final = (0, 1)
"""Seeds of the splits into folds that every trial is judged on."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings that were tried, the best number of trees under them, and the loss of a result in each fold."""

    settings: dict[str, Any]
    trees: int
    losses: tuple[float, ...]

    @property
    def size(self) -> int:
        """Leaves of one booster."""
        return int(self.trees * self.settings["leaves"])

    @property
    def loss(self) -> float:
        """Mean loss of a result."""
        return float(np.mean(self.losses))

    def plain(self) -> dict[str, Any]:
        """For output as JSON."""
        return {**self.settings, "trees": self.trees, "size": self.size, "loss": self.loss}


@dataclass(frozen=True, slots=True)
class SearchProblem:
    """What every trial is judged on. `prototype` holds what is not searched."""

    taught: TrainingSet
    prototype: OriginClassifier

    @classmethod
    def of(cls, gathered: Gathered, first: Fitted, prototype: OriginClassifier, worth: float, seed: int) -> Self:
        """Results are read with the error rates and the shift that a first fit found; one booster tells enough."""
        examples, some = gathered.examples, gathered.unexamined.sample(UNEXAMINED_TAUGHT, seed)
        results = results_of(examples, np.ones(len(examples)), first.rates, first.estimate.selection_shift)
        return cls(TrainingSet.of(examples, results, some, worth), prototype.few(1))

    def losses(self, settings: dict[str, Any]) -> tuple[int, list[float]]:
        """The best number of trees under these settings, and each fold's mean loss with so many."""
        prototype = clone(self.prototype).set_params(**settings)
        found = np.concatenate([self._by_fold(prototype, seed) for seed in SPLITS], axis=1)
        best = int(found.mean(axis=1).argmin())
        return TREES[best], found[best].tolist()

    def _by_fold(self, prototype: OriginClassifier, seed: int) -> Any:
        log_odds = log_odds_unseen(self.taught, prototype, seed)
        parts = [judged for _, judged in self.taught.folds(seed)]
        losses = [self.taught.results.loss(log_odds[number]) for number in TREES]
        return np.array([[loss[judged].mean() for judged in parts] for loss in losses])


def search(
    task: SearchProblem, journal: Path, name: str, start: dict[str, Any], *, budget: int, jobs: int
) -> list[Trial]:
    """Try settings until `budget` trials of the study `name` are done; returns them all, best first.

    The first trial is `start`. `jobs` processes work side by side; with one, the same study gives the same trials.
    """
    journal.parent.mkdir(parents=True, exist_ok=True)
    study = _study(journal, name, 0)
    if not study.trials:
        study.enqueue_trial(start)
    left = max(0, budget - len(_done(study)))
    tasks = (joblib.delayed(_try)(task, journal, name, len(study.trials) + i) for i in range(left))
    with progress("Searching", left) as advance:
        for _ in joblib.Parallel(jobs, return_as="generator_unordered")(tasks):
            advance(1)
    return sorted(map(_trial, _done(study)), key=lambda trial: trial.loss)


def smallest_good(trials: list[Trial]) -> Trial:
    """The smallest model whose loss is within one standard error of the best one's, fold by fold."""
    best = trials[0]

    def good(trial: Trial) -> bool:
        worse = np.subtract(trial.losses, best.losses)
        return bool(worse.mean() <= worse.std(ddof=1) / np.sqrt(len(worse)))

    return min(filter(good, trials), key=lambda trial: (trial.size, trial.loss))


def _try(task: SearchProblem, journal: Path, name: str, seed: int) -> None:
    study = _study(journal, name, seed)
    trial = study.ask()
    trees, losses = task.losses(_suggested(trial))
    trial.set_user_attr("trees", trees)
    trial.set_user_attr("losses", losses)
    study.tell(trial, float(np.mean(losses)))


def _suggested(trial: optuna.Trial) -> dict[str, Any]:
    return {
        "leaves": trial.suggest_int("leaves", 4, 31, log=True),
        "learning_rate": trial.suggest_float("learning_rate", 0.03, 0.15, log=True),
        "least_lines": trial.suggest_int("least_lines", 10, 120, log=True),
        "shrinkage": trial.suggest_float("shrinkage", 0.3, 30, log=True),
        "feature_share": trial.suggest_float("feature_share", 0.03, 0.5, log=True),
        "line_share": trial.suggest_float("line_share", 0.3, 0.9),
    }


def _study(journal: Path, name: str, seed: int) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = JournalStorage(JournalFileBackend(str(journal)))
    sampler = optuna.samplers.TPESampler(seed=seed)
    return optuna.create_study(storage=storage, study_name=name, sampler=sampler, load_if_exists=True)


def _done(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    return study.get_trials(states=(optuna.trial.TrialState.COMPLETE,))


def _trial(trial: optuna.trial.FrozenTrial) -> Trial:
    return Trial(dict(trial.params), trial.user_attrs["trees"], tuple(trial.user_attrs["losses"]))


SHOWN = 10


@dataclass(frozen=True, slots=True)
class Found:
    """All trials, best first, the one that is recommended, and what they were made on."""

    trials: list[Trial]
    recommended: Trial
    described: dict[str, Any]

    def print(self, *, as_json: bool) -> None:
        """Print the best trials and what to write into the settings, or all of it as one JSON object."""
        if as_json:
            plain = {"recommended": self.recommended.plain(), "trials": [trial.plain() for trial in self.trials]}
            print(json.dumps(plain, allow_nan=False))
            return
        heads = (*TREE_SETTINGS, "trees", "size", "loss")
        rows = [tuple(_shown(trial.plain()[head]) for head in heads) for trial in self.trials[:SHOWN]]
        print_table(f"Best of {len(self.trials)} trials", heads, rows)
        print("Smallest model within one standard error of the best; for settings.toml:\n\n[train]")
        print("\n".join(f"{name} = {_shown(self.recommended.settings[name])}" for name in TREE_SETTINGS))


def search_settings(settings: Settings, cutoff: date | None, seed: int, budget: int, jobs: int) -> Found:
    """Search on what was known at the end of `cutoff`. Trials on the same tables, cut-off and seed, by the same
    code and libraries, add up.

    Raises GateRefusedError where too few results are known.
    """
    data = TrainingTables.read(settings, cutoff)
    last_day = cutoff or data.last_day()
    gathered = data.gather(last_day, seed)
    prototype = classifier(settings, seed)
    first = fit(gathered.examples, gathered.unexamined, prototype, settings.train, seed)
    task = SearchProblem.of(gathered, first, prototype, settings.train.unexamined_weight, seed)
    start = {name: getattr(settings.train, name) for name in TREE_SETTINGS}
    study = json.dumps([str(last_day), seed, data.versions, made_by()], sort_keys=True)
    name = hashlib.sha256(study.encode()).hexdigest()[:16]
    trials = search(task, settings.home / "search" / "journal", name, start, budget=budget, jobs=jobs)
    described = {"cutoff": str(last_day), "seed": seed, "tables": data.versions}
    return Found(trials, smallest_good(trials), described)


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
