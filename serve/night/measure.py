"""Measures of a night: each beyond the noise of small numbers, against a level that warns and one that stops."""

from dataclasses import asdict, dataclass
from math import log, sqrt
from typing import Any, Literal

from originrisk.data.errors import Problem
from originrisk.data.settings import Level

NOISE = 4.0
"""Standard deviations that chance may reach: some thirty measures every night, and none of them raised in vain."""

Verdict = Literal["ok", "warn", "stop"]


@dataclass(frozen=True, slots=True)
class Measure:
    """`value` is 0 within the noise. `about` names a column or a feature, never what a cell holds."""

    name: str
    value: float
    warn: float | None
    stop: float | None
    about: str = ""

    @property
    def verdict(self) -> Verdict:
        """What it says about the night."""
        if self.stop is not None and self.value > self.stop:
            return "stop"
        return "warn" if self.warn is not None and self.value > self.warn else "ok"

    def row(self) -> dict[str, Any]:
        """The same as plain values."""
        return {**asdict(self), "value": round(self.value, 6), "verdict": self.verdict}

    def problem(self) -> Problem:
        """The same as a refusal."""
        where = f"quality gate, {self.name}" + (f" ({self.about})" if self.about else "")
        step = "Look into the night's report; put it right, or raise the level in settings.toml; run again."
        return Problem(where, f"at most {self.stop:g}", f"{self.value:.3g}", step)


def measure(name: str, level: Level, value: float, about: str = "") -> Measure:
    """A measure against its level."""
    return Measure(name, value, level.warn, level.stop, about)


def worst(name: str, level: Level, values: dict[str, float]) -> Measure:
    """The greatest of several values, and whose it is."""
    about = max(values, key=lambda one: values[one], default="")
    value = values.get(about, 0.0)
    return measure(name, level, value, about if value else "")


def rise(today: int, lines: int, usual: int, usual_lines: int, *, clumped: float = 3.0) -> float:
    """By how much a share rose, beyond the noise; 0 where there is nothing to compare.

    `clumped`: lines come in shipments, so that this many of them say as much as one on its own would.
    """
    if not lines or not usual_lines:
        return 0.0
    before = usual / usual_lines
    spread = max(before * (1 - before), 0.25 / (usual_lines + 1))
    noise = NOISE * sqrt(clumped * spread * (1 / lines + 1 / usual_lines))
    return max(0.0, today / lines - before - noise)


def factor(today: float, usual: float, noise: float) -> float:
    """By what factor two positive numbers differ, as a logarithm, beyond the noise."""
    return max(0.0, abs(log(today / usual)) - noise)
