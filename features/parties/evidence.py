"""What speaks for and against two records being one party: parts in bits that add up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of evidence: `bits` for (above 0) or against (below 0), and the words of either side it rests on."""

    kind: str
    bits: float
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All pieces. Bits are base-2 logarithms of odds; they have no ceiling, so strong pairs stay in order."""

    parts: tuple[Part, ...]

    @property
    def bits(self) -> float:
        """Sum of the pieces: each bit doubles the odds."""
        return sum(part.bits for part in self.parts)
