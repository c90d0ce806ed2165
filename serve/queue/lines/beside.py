"""What stands beside a scored line on its day: all probabilities, and its neighbours in the queue."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from features.lines import Floats
from serve.queue.finding import Key
from serve.queue.lines.ground import Ground

_PROBABILITIES: Final = "SELECT probability FROM {scores} WHERE entry_date = $1 ORDER BY probability"
_NEIGHBOURS: Final = """
SELECT place, entry_number, line_number FROM {scores} WHERE entry_date = $day AND place IN ($before, $after)
"""


@dataclass(frozen=True, slots=True)
class Beside:
    """Probabilities of all lines of the day (n,), ascending; the lines one place before and after, if any."""

    probabilities: Floats
    before: Key | None
    after: Key | None


def beside(ground: Ground, score: dict[str, Any]) -> Beside:
    """What stands beside a row of `scores`."""
    day, place = score["entry_date"], score["place"]
    probabilities = np.asarray(ground.sql(_PROBABILITIES, [day])["probability"].to_numpy())
    if place is None:
        return Beside(probabilities, None, None)
    values = {"day": day, "before": place - 1, "after": place + 1}
    rows = ground.sql(_NEIGHBOURS, values).to_pylist()
    found = {row["place"]: (row["entry_number"], row["line_number"]) for row in rows}
    return Beside(probabilities, found.get(place - 1), found.get(place + 1))
