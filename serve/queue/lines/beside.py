"""What stands beside a scored line on its day: all probabilities, and its neighbours in the queue."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from originrisk.features.lines import Floats
from originrisk.serve.queue.finding import Key
from originrisk.serve.queue.lines.ground import Ground

_PROBABILITIES: Final = "SELECT probability FROM {scores} WHERE entry_date = $1 ORDER BY probability"
_PLACES: Final = """
SELECT place, entry_number, line_number FROM {scores} WHERE entry_date = $1 AND place IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Placed:
    """Probabilities of all lines of a day (n,), ascending, and the line at each place of its queue."""

    probabilities: Floats
    at: dict[int, Key]

    @classmethod
    def of(cls, ground: Ground, day: date) -> "Placed":
        """Those of a day; none where it was not scored."""
        probabilities = np.asarray(ground.sql(_PROBABILITIES, [day])["probability"].to_numpy())
        places = ground.sql(_PLACES, [day]).to_pylist()
        return cls(probabilities, {row["place"]: (row["entry_number"], row["line_number"]) for row in places})


@dataclass(frozen=True, slots=True)
class Beside:
    """Probabilities of all lines of the day (n,), ascending; the lines one place before and after, if any."""

    probabilities: Floats
    before: Key | None
    after: Key | None


def beside(placed: Placed, score: dict[str, Any]) -> Beside:
    """What stands beside a row of `scores`."""
    place = score["place"] or -1
    return Beside(placed.probabilities, placed.at.get(place - 1), placed.at.get(place + 1))
