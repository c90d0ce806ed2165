"""The life of one policy: only what it examined teaches, the next models and the history both."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from originrisk.features.catalogue import NAMES, compute
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.models.origin_model import OriginModel
from originrisk.train.backtest.month import Month
from originrisk.train.backtest.trade import Trade
from originrisk.train.examples import Examples, known_outcomes
from originrisk.train.fit import fit
from originrisk.train.learned import classifier
from originrisk.train.propensity import weights
from originrisk.train.seen import Seen

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int32]
Rows = npt.NDArray[np.intp]


@dataclass
class Life:
    """The state of one policy: its history, and everything it has examined."""

    trade: Trade
    history: History
    examples: list[Examples]
    outcomes: Outcomes
    model: OriginModel | None = None

    @classmethod
    def begin(cls, trade: Trade) -> Self:
        """With what the store knew before the first month."""
        history, day = History(), trade.plan.month(0)[0] - 1
        known, _ = known_outcomes(trade.material.outcomes, trade.lines, np.datetime64(day, "D").item())
        outcomes = Outcomes.of(trade.lines, known)
        for _ in replay(history, trade.lines, outcomes, day, trade.material.listings):
            pass
        return cls(trade, history, [trade.before], outcomes)

    def see(self, last: int) -> tuple[Rows, Floats]:
        """Rows of the lines up to a day, and their features as their own days saw them; their days close."""
        rows, parts = [np.empty(0, np.intp)], [np.empty((0, len(NAMES)))]
        listings = self.trade.material.listings
        for seen in replay(self.history, self.trade.lines, self.outcomes, last, listings):
            rows.append(seen.rows)
            parts.append(compute(seen.lines, seen.known))
        return np.concatenate(rows), np.concatenate(parts)

    def train(self, first: int) -> None:
        """Make the model anew from what was known before a day."""
        settings, seed = self.trade.settings, self.trade.plan.seed
        examples = joined(self.examples)
        examples = examples.take(examples.known_on < np.datetime64(first, "D"))
        weight = weights(examples.propensity, settings.train.propensity_floor)
        self.model = fit(examples, weight, classifier(settings, seed), seed).model

    def examine(self, rows: Rows, matrix: Floats, month: Month, last: int) -> None:
        """Note what was found in a month; it becomes known after the delay, never before the month is over.

        `matrix` holds the features of `rows`, all lines of the month; `last` is its last day.
        """
        order = np.argsort(month.rows, kind="stable")
        examined, random = np.array(month.rows, np.intp)[order], np.array(month.random, np.bool_)[order]
        if not len(examined):
            return
        known_on, found = self._known_on(examined, last), self.trade.findings.found[examined]
        places = pd.Index(rows).get_indexer(pd.Index(examined))
        lot = np.where(random, month.chance, np.nan)
        seen = Seen.of(self.trade.lines.take(examined), matrix[places])
        self.outcomes = _with(self.outcomes, examined, known_on, found)
        cell = self.trade.findings.cell[examined]
        lines, days = self.trade.material.entries.take(examined), known_on.astype("datetime64[D]")
        self.examples.append(Examples(lines, seen, found, days, cell, lot, np.where(random, lot, 1.0)))

    def _known_on(self, examined: Rows, last: int) -> Days:
        days = self.trade.lines.days
        entered, received = days["entry_date"][examined], days["received_on"][examined]
        never_before = np.full_like(entered, last + 1)
        known_on: Days = np.maximum.reduce([entered + self.trade.plan.delay, received, never_before])
        return known_on


def _with(old: Outcomes, rows: Rows, known_on: Days, found: Floats) -> Outcomes:
    return Outcomes(
        np.concatenate([old.rows, rows]),
        np.concatenate([old.day, known_on]).astype(np.int32),
        np.concatenate([old.found, found > 0]),
    )


def joined(parts: list[Examples]) -> Examples:
    """Examples one after another."""
    seen = [part.seen for part in parts]
    features, keys = (
        pd.concat([getattr(s, n) for s in seen], ignore_index=True) for n in ("features", "keys")
    )
    arrays = ("observed", "known_on", "cell", "lot", "propensity")
    return Examples(
        pa.concat_tables([part.lines for part in parts]),
        Seen(features, keys, np.concatenate([s.day for s in seen])),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in arrays),
    )
