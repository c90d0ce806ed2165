"""Promotion: a challenger meets the champion on what was found since both were made, and the gate decides."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow.compute as pc

from originrisk.data.console import progress
from originrisk.data.errors import GateRefusedError, ModelRefusedError, Problem, UsageError
from originrisk.data.settings import Settings
from originrisk.data.store.journal import who
from originrisk.models import registry
from originrisk.models.bundle import Bundle, FeaturesMissingError, load
from originrisk.train.dataset import Examples, TrainingTables
from originrisk.train.fit import log_odds_of, results_of
from originrisk.train.gate import Check, Contest
from originrisk.train.labels import ErrorRates, weights
from originrisk.train.origin_classifier import NoisyResults


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate said of a challenger: the lines it was judged on and every check."""

    version: str
    champion: str
    lines: int
    positives: int
    first_day: str
    tables: dict[str, int]
    checks: list[Check]

    @property
    def passed(self) -> bool:
        """Whether every check holds."""
        return all(check.passed for check in self.checks)

    def plain(self) -> dict[str, Any]:
        """For the log and `--json`."""
        facts = ("version", "champion", "lines", "positives", "first_day", "tables", "passed")
        return {name: getattr(self, name) for name in facts} | {"checks": [c.plain() for c in self.checks]}


def decide(settings: Settings, version: str, seed: int = 0) -> Decision:
    """Judge a kept version beside the champion on lines entered after the cut-offs of both.

    Raises GateRefusedError where too little was found since; ModelRefusedError where either cannot be loaded.
    """
    challenger = load(registry.kept_path(settings.home, version))
    champion = load(registry.champion_path(settings.home))
    last_cutoff = max(date.fromisoformat(b.settings["cutoff"]) for b in (challenger, champion))
    lines, tables = results_since(settings, last_cutoff, seed)
    contest = _contest(lines, champion, challenger, settings.train.propensity_floor)
    return Decision(
        version=version,
        champion=champion.version,
        lines=len(lines),
        positives=int(lines.observed.sum()),
        first_day=str(lines.frame.day.min()),
        tables=tables,
        checks=contest.checks(settings.gate, settings.score.capacity_share, seed),
    )


def results_since(settings: Settings, cutoff: date, seed: int) -> tuple[Examples, dict[str, int]]:
    """Examined lines entered after a day whose result is known by now, and the table versions they come from."""
    with progress("Looking up what was found since", 1) as advance:
        data = TrainingTables.read(settings)
        last = max(day for day in (pc.max(data.outcomes["outcome_date"]).as_py(), cutoff) if day)
        examples = data.gather(last, seed).examples
        advance(1)
    later = examples.take(examples.frame.day > np.datetime64(cutoff, "D"))
    step = "Wait for results, train the challenger with an earlier --cutoff, or promote with --override."
    require_evidence(later, settings, cutoff, step)
    return later, data.versions


def take_over(settings: Settings, decision: Decision) -> None:
    """Write the decision to the log; put the version in charge, or raise GateRefusedError with every reason."""
    failed = [check for check in decision.checks if not check.passed]
    facts: dict[str, Any] = {"who": who(), "tables": decision.tables, "decision": decision.plain()}
    if failed:
        why = "; ".join(check.name for check in failed)
        registry.record(settings.home, registry.REFUSED, decision.version, why=f"worse: {why}", **facts)
        raise GateRefusedError([_problem(decision.version, check) for check in failed])
    registry.promote(settings.home, decision.version, why="passed the gate", **facts)


def overrule(settings: Settings, version: str, why: str) -> None:
    """Put a kept version in charge without the gate, for a stated reason. Raises UsageError without one."""
    if not why.strip():
        raise UsageError(Problem("--override", "a reason", "an empty one"))
    tables = load(registry.kept_path(settings.home, version)).settings["tables"]
    registry.promote(settings.home, version, why=why, who=who(), tables=tables, override=True)


def roll_back(settings: Settings, why: str) -> str:
    """Put the champion before the present one back in charge; returns its version."""
    version = registry.predecessor(settings.home)
    tables = load(registry.kept_path(settings.home, version)).settings["tables"]
    registry.promote(settings.home, version, why=why, who=who(), tables=tables, event=registry.ROLLED_BACK)
    return version


def enter(settings: Settings, version: str, tables: dict[str, int]) -> registry.Role:
    """The role of a model just kept: champion where no champion can score, else challenger."""
    told: dict[str, Any] = {"who": who(), "tables": tables}
    if (reason := _vacancy(settings)) is not None:
        registry.promote(settings.home, version, why=reason, **told)
    elif version != registry.champion_version(settings.home):
        registry.record(settings.home, registry.ENTERED, version, why="newest training", **told)
    return registry.roles(settings.home)[version]


def _vacancy(settings: Settings) -> str | None:
    """Why no champion can score, or None where one can."""
    if registry.champion_version(settings.home) is None:
        return "first model"
    try:
        load(registry.champion_path(settings.home))
    except FeaturesMissingError:
        return None  # it scores where its catalogue is: whether another takes over is for people to say
    except ModelRefusedError as error:
        return f"the champion before cannot score: {error}"
    return None


def _contest(lines: Examples, champion: Bundle, challenger: Bundle, floor: float) -> Contest:
    weight, matrix = weights(lines.propensity, floor), lines.features.to_numpy()
    first, second = (results_under(lines, weight, bundle) for bundle in (champion, challenger))
    scores = log_odds_of(champion.model, matrix), log_odds_of(challenger.model, matrix)
    return Contest(lines, (first, second), scores)


def results_under(lines: Examples, weight: Any, bundle: Bundle) -> NoisyResults:
    """Results under what the model's own training estimated of examinations; as expected where it kept nothing."""
    rates = ErrorRates.of_rows(bundle.settings.get("error_rates", []))
    return results_of(lines, weight, rates, bundle.settings.get("picked_log_odds", 0.0))


def require_evidence(lines: Examples, settings: Settings, cutoff: date, step: str) -> None:
    """Raise GateRefusedError, with the next step, where too little was found since the cut-off."""
    least, positives = settings.gate.least_results, settings.gate.least_positives
    if len(lines) < least or lines.observed.sum() < positives:
        raise GateRefusedError(
            Problem(
                f"results of lines entered after {cutoff}",
                f"at least {least}, {positives} of them positive",
                f"{len(lines)}, {int(lines.observed.sum())} positive",
                step,
            )
        )


def _problem(version: str, check: Check) -> Problem:
    found = (
        f"{check.challenger:.3f} beside the champion's {check.champion:.3f} "
        f"(95 % interval {check.low:.3f} to {check.high:.3f})"
    )
    return Problem(f"{version}, {check.name}", check.rule, found)
