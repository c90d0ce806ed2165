"""How rightly parties are resolved on simulated trade, day by day: pairs under one party against pairs of one supplier.

    python benchmarks/parties_on_trade.py

`records` counts each distinct way of declaring a maker once, `lines` every line.
"""

import time
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from originrisk.data.contract import EPOCH
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.world import make
from originrisk.features.history.keys import Keys
from originrisk.features.history.replay import Days
from originrisk.features.lines import Lines
from originrisk.serve.party.learner import Parties
from originrisk.serve.party.record import Records

UNTIL = (date(2030, 1, 1) - EPOCH).days
WORLDS = {
    "usual": WorldSettings(lines=100_000),
    "much spelling noise": WorldSettings(lines=50_000, seed=2, spelling_noise=0.4),
    "no spelling noise": WorldSettings(lines=30_000, seed=3, spelling_noise=0),
    "twice the empty cells": WorldSettings(lines=30_000, seed=4, spelling_noise=0.3, missing_factor=2),
    "many shells": WorldSettings(lines=30_000, seed=5, link_strength=1, re_emergence=1, churn=0.3),
}


@dataclass(frozen=True, slots=True)
class LineParties:
    """Keys of n lines. `party` and `possibly` are what was known before the day of entry (0: new, none); `learned` is
    the party whose history the line becomes part of at the close of its day, 0 if that is after the period."""

    party: Keys
    possibly: Keys
    learned: Keys


def resolve(parties: Parties, lines: Lines, until: int) -> LineParties:
    """Close all days up to `until` (days since 1970), each after its lines have seen what was known before it."""
    found = LineParties(*(np.zeros(lines.size, np.uint64) for _ in range(3)))
    entered = Days(lines.days["entry_date"])
    received = Days(np.maximum(lines.days["entry_date"], lines.days["received_on"]))
    days = {*lines.days["entry_date"].tolist(), *received.day.tolist()}
    for day in sorted(day for day in days if day <= until):
        seen, new = entered.places(day, day), received.places(day, day)
        before = parties.resolve(lines.take(seen))
        found.party[seen], found.possibly[seen] = before.party, before.possibly
        parties.learn(0, lines.take(new))
        found.learned[new] = parties.resolve(lines.take(new)).party
    return found


def pairs(*labels: npt.NDArray[np.generic]) -> float:
    """Pairs that agree in all labels."""
    _, counts = np.unique(np.rec.fromarrays(labels), return_counts=True)
    return float((counts * (counts - 1.0) / 2).sum())


def told(party: Keys, supplier: npt.NDArray[np.int64]) -> str:
    together = pairs(party, supplier)
    return f"precision {together / pairs(party):.4f}, recall {together / pairs(supplier):.4f}"


def hinted(possibly: Keys, party: Keys, supplier: npt.NDArray[np.int64]) -> float:
    """Share of lines with a possibly-same party whose true supplier it is."""
    _, first = np.unique(party, return_index=True)
    of_party = dict(zip(party[first].tolist(), supplier[first].tolist(), strict=True))
    given = possibly != 0
    hints = [of_party[key] for key in possibly[given].tolist()]
    return float((np.array(hints) == supplier[given]).mean())


def main() -> None:
    for name, settings in WORLDS.items():
        world = make(settings)
        lines, supplier = Lines.of(world.entries), world.truth["supplier_id"].to_numpy()
        start = time.process_time()
        found = resolve(Parties(), lines, UNTIL)
        spent = time.process_time() - start
        records, first = np.unique(Records.of(lines).keys, return_index=True)
        seen = found.party != 0
        rightly = (found.party[seen] == found.learned[seen]).mean()
        print(f"{name}: {settings.lines:,} lines, {len(records):,} records, {spent:.1f} CPU-seconds")
        print(f"  lines: {told(found.learned, supplier)}; records: {told(found.learned[first], supplier[first])}")
        print(
            f"  seen as the party it then joins {rightly:.4f}; possibly the same, and truly so "
            f"{hinted(found.possibly, found.learned, supplier):.3f} of {(found.possibly != 0).mean():.3%} of lines"
        )


if __name__ == "__main__":
    main()
