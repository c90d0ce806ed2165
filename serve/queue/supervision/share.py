"""A share with its interval: how many of how many, and what that says."""

from dataclasses import dataclass

from scipy.stats import binomtest

LEAST = 10
"""Cases below which a share is not told: it would say nothing, and single out a few lines."""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole` cases; `name` says which ones."""

    name: str
    part: int
    whole: int

    @property
    def told(self) -> bool:
        """Whether there are enough cases to say a share."""
        return self.whole >= LEAST

    @property
    def rate(self) -> float:
        """The share. Raises ZeroDivisionError without a case."""
        return self.part / self.whole

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval (Wilson 1927). For independent cases: lines of one importer are more alike."""
        found = binomtest(self.part, self.whole).proportion_ci(0.95, method="wilson")
        return float(found.low), float(found.high)
