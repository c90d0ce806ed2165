"""Scales: from values to places along an axis, and the values that an axis names."""

from dataclasses import dataclass
from math import ceil, floor, log10


@dataclass(frozen=True, slots=True)
class Scale:
    """Straight from `low` to `high` onto places `start` to `end`; with `logarithmic`, from their logarithms."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Place of a value, to a tenth; values beyond either end stand at the end."""
        low, high, here = (self._read(number) for number in (self.low, self.high, value))
        share = (here - low) / (high - low) if high > low else 0.5
        return round(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start), 1)

    def ticks(self, most: int = 6) -> list[float]:
        """Round values within the scale, at most about so many."""
        return _decades(self.low, self.high) if self.logarithmic else _steps(self.low, self.high, most)

    def _read(self, value: float) -> float:
        return log10(max(value, 1e-12)) if self.logarithmic else value


def _steps(low: float, high: float, most: int) -> list[float]:
    span = (high - low) / most or 1.0
    power = 10.0 ** floor(log10(span))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= span)
    first = ceil(low / step)
    return [round(number * step, 10) for number in range(first, floor(high / step) + 1)]


def _decades(low: float, high: float) -> list[float]:
    """Powers of ten, with their twofold and fivefold where there are few."""
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    times = (1,) if len(powers) > 3 else (1, 2, 5)
    values = (number * 10.0**power for power in powers for number in times)
    return [value for value in values if low <= value <= high]
