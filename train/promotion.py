"""Promotion: a challenger meets the champion on what was found since both were made, and the gate decides."""

from typing import Any

from originrisk.data.errors import GateRefusedError, ModelRefusedError, Problem, UsageError
from originrisk.data.settings import Settings
from originrisk.data.store.journal import who
from originrisk.models import registry
from originrisk.models.bundle import FeaturesMissingError, load
from originrisk.train.comparison import Check, Comparison, compare


def decide(settings: Settings, version: str, seed: int = 0) -> Comparison:
    """A kept version beside the champion, where there is enough to judge by; else raises GateRefusedError."""
    comparison = compare(settings, version, seed=seed)
    if not comparison.checks:
        step = "Wait for results, train the challenger with an earlier --cutoff, or promote with --override."
        raise too_few(settings, comparison.first_day, comparison.lines, comparison.positives, step)
    return comparison


def take_over(settings: Settings, decision: Comparison) -> None:
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


def too_few(settings: Settings, since: str, lines: int, positives: int, step: str) -> GateRefusedError:
    """The refusal, with the next step, where too little was found since."""
    expected = f"at least {settings.gate.least_results}, {settings.gate.least_positives} of them positive"
    found = f"{lines}, {positives} positive"
    return GateRefusedError(Problem(f"results of lines entered from {since} on", expected, found, step))


def _problem(version: str, check: Check) -> Problem:
    found = (
        f"{check.challenger:.3f} beside the champion's {check.champion:.3f} "
        f"(95 % interval {check.low:.3f} to {check.high:.3f})"
    )
    return Problem(f"{version}, {check.name}", check.rule, found)
