"""`originrisk search`: the task out of the store, the trials in the home, the recommendation on the terminal."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from originrisk.data.console import print_table
from originrisk.data.settings import Settings
from originrisk.train.fit import fit
from originrisk.train.learned import TREE_SETTINGS, classifier
from originrisk.train.material import Material
from originrisk.train.propensity import weights
from originrisk.train.reproduce import made_by
from originrisk.train.search import Task, Trial, search, smallest_good

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Found:
    """All trials, best first, and the one that is recommended."""

    trials: list[Trial]
    recommended: Trial

    def print(self, *, as_json: bool) -> None:
        """Print the best trials and what to write into the settings, or all of it as one JSON object."""
        if as_json:
            told = {
                "recommended": self.recommended.plain(),
                "trials": [trial.plain() for trial in self.trials],
            }
            print(json.dumps(told, allow_nan=False))
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
    material = Material.read(settings, cutoff)
    last_day = cutoff or material.last_day()
    examples = material.gather(last_day, seed).examples
    prototype = classifier(settings, seed)
    weight = weights(examples.propensity, settings.train.propensity_floor)
    task = Task.of(examples, fit(examples, weight, prototype, seed), prototype)
    start = {name: getattr(settings.train, name) for name in TREE_SETTINGS}
    study = json.dumps([str(last_day), seed, material.tables, made_by()], sort_keys=True)
    name = hashlib.sha256(study.encode()).hexdigest()[:16]
    trials = search(task, settings.home / "search" / "journal", name, start, budget=budget, jobs=jobs)
    return Found(trials, smallest_good(trials))


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
