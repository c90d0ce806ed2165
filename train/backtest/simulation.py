"""Months replayed as a policy would have lived them: only what it examined teaches the next models and the history."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from originrisk.data.arrays import Floats, Rows
from originrisk.data.settings import Settings
from originrisk.data.store.journal import append_line, lines
from originrisk.features.catalogue import NAMES, compute
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.features.lines import Lines
from originrisk.models.origin_model import OriginModel
from originrisk.train.backtest.plan import BacktestPlan, Findings, Policy, Selection, select
from originrisk.train.dataset import Examples, FeatureFrame, Gathered, TrainingTables, gather, known_outcomes
from originrisk.train.evaluation.metrics import queue_capacity
from originrisk.train.fit import fit
from originrisk.train.pipeline import classifier


@dataclass(frozen=True, slots=True)
class BacktestMonth:
    """One month of a policy. `rest` are lines not examined; what is NaN cannot be known.

    `found` are the results that are positive, and rightly so where the truth is known. `positives` and `rest_found`
    are the truth (simulated trade only), `rest_expected` what the model expects in the rest, `random_lines` and
    `random_found` size and positive results of the random arm, all that a real office would have to check it.
    """

    month: str
    lines: int
    examined: int
    found: int
    positives: float
    rest: int
    rest_expected: float
    rest_found: float
    random_lines: int
    random_found: int
    rows: list[int]
    random: list[bool]
    chance: float


def read_journal(path: Path) -> list[BacktestMonth]:
    """The months of a journal, none where there is no file."""
    return [BacktestMonth(**json.loads(line)) for line in lines(path)]


def append_month(path: Path, month: BacktestMonth) -> None:
    """Write a month at the end of a journal."""
    append_line(path, json.dumps(asdict(month)))


@dataclass(frozen=True)
class BacktestData:
    """Everything that the policies share; `before` is what there was to learn from before the first month."""

    settings: Settings
    plan: BacktestPlan
    data: TrainingTables
    lines: Lines
    findings: Findings
    before: Gathered

    @classmethod
    def prepare(cls, settings: Settings, plan: BacktestPlan, data: TrainingTables, findings: Findings) -> Self:
        """Gather what was known before the first month. Raises GateRefusedError where that is too little."""
        day = np.datetime64(plan.month(0)[0] - 1, "D").item()
        past = data.entries.filter(pa.array(entry_days(data.entries) <= np.datetime64(day)))
        earlier = gather(past, data.outcomes, data.listings, day, plan.seed)
        return cls(settings, plan, data, Lines.of(data.entries), findings, earlier)


def entry_days(entries: pa.Table) -> npt.NDArray[np.datetime64]:
    """Day of entry of each line (lines,)."""
    return np.asarray(entries["entry_date"].to_numpy()).astype("datetime64[D]")


Days = npt.NDArray[np.int32]


@dataclass
class PolicySimulation:
    """The state of one policy: its history, and everything it has examined."""

    trade: BacktestData
    history: History
    examples: list[Examples]
    outcomes: Outcomes
    model: OriginModel | None = None

    @classmethod
    def begin(cls, trade: BacktestData) -> Self:
        """With what the store knew before the first month."""
        history, day = History(), trade.plan.month(0)[0] - 1
        known, _ = known_outcomes(trade.data.outcomes, trade.lines, np.datetime64(day, "D").item())
        outcomes = Outcomes.of(trade.lines, known)
        for _ in replay(history, trade.lines, outcomes, day, trade.data.listings):
            pass
        return cls(trade, history, [trade.before.examples], outcomes)

    def see(self, last: int) -> tuple[Rows, Floats]:
        """Rows of the lines up to a day, and their features as their own days saw them; their days close."""
        rows, parts = [np.empty(0, np.intp)], [np.empty((0, len(NAMES)))]
        listings = self.trade.data.listings
        for seen in replay(self.history, self.trade.lines, self.outcomes, last, listings):
            rows.append(seen.rows)
            parts.append(compute(seen.lines, seen.view))
        return np.concatenate(rows), np.concatenate(parts)

    def train(self, first: int) -> None:
        """Make the model anew from what was known before a day."""
        settings, seed = self.trade.settings, self.trade.plan.seed
        examples = joined(self.examples)
        examples = examples.take(examples.known_on < np.datetime64(first, "D"))
        prototype, unexamined = classifier(settings, seed), self.trade.before.unexamined
        self.model = fit(examples, unexamined, prototype, settings.train, seed).model

    def examine(self, rows: Rows, matrix: Floats, month: BacktestMonth, last: int) -> None:
        """Note what was found in a month; it becomes known after the delay, never before the month is over.

        `matrix` holds the features of `rows`, all lines of the month; `last` is its last day.
        """
        order = np.argsort(month.rows, kind="stable")
        examined, random = np.array(month.rows, np.intp)[order], np.array(month.random, np.bool_)[order]
        if not len(examined):
            return
        known_on, found = self._known_on(examined, last), self.trade.findings.found[examined]
        places = pd.Index(rows).get_indexer(pd.Index(examined))
        draw_chance = np.where(random, month.chance, np.nan)
        frame = FeatureFrame.of(self.trade.lines.take(examined), matrix[places])
        self.outcomes = _with(self.outcomes, examined, known_on, found)
        cell = self.trade.findings.cell[examined]
        lines, days = self.trade.data.entries.take(examined), known_on.astype("datetime64[D]")
        self.examples.append(Examples(lines, frame, found, days, cell, draw_chance, np.where(random, draw_chance, 1.0)))

    def _known_on(self, examined: Rows, last: int) -> Days:
        days = self.trade.lines.days
        entered, received = days["entry_date"][examined], days["received_on"][examined]
        never_before = np.full_like(entered, last + 1)
        known_on: Days = np.maximum.reduce([entered + self.trade.plan.delay, received, never_before])
        return known_on


def _with(old: Outcomes, rows: Rows, known_on: Days, found: Floats) -> Outcomes:
    new = Outcomes.conclusive(rows, known_on.astype(np.int32), found > 0)
    return Outcomes(*(np.concatenate([getattr(one, name) for one in (old, new)]) for name in ("rows", "day", "told")))


def joined(parts: list[Examples]) -> Examples:
    """Examples one after another."""
    frames = [part.frame for part in parts]
    features, keys = (pd.concat([getattr(s, n) for s in frames], ignore_index=True) for n in ("features", "keys"))
    arrays = ("observed", "known_on", "cell", "draw_chance", "propensity")
    return Examples(
        pa.concat_tables([part.lines for part in parts]),
        FeatureFrame(features, keys, np.concatenate([s.day for s in frames])),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in arrays),
    )


def simulate(trade: BacktestData, policy: Policy, journal: Path) -> Iterator[BacktestMonth]:
    """The months of a policy. Months in the journal are not decided again; new ones are written to it."""
    done, simulation = read_journal(journal), PolicySimulation.begin(trade)
    for number in range(trade.plan.months):
        first, last = trade.plan.month(number)
        if number % trade.plan.every == 0 and number + trade.plan.every > len(done):
            simulation.train(first)
        rows, matrix = simulation.see(last)
        month = done[number] if number < len(done) else _decide(simulation, policy, number, rows, matrix)
        simulation.examine(rows, matrix, month, last)
        if number >= len(done):
            append_month(journal, month)
        yield month


def _decide(simulation: PolicySimulation, policy: Policy, number: int, rows: Rows, matrix: Floats) -> BacktestMonth:
    trade, model = simulation.trade, simulation.model
    assert model is not None
    probability = model.probability(matrix)
    can = ~np.isnan(trade.findings.found[rows])
    entered = trade.data.entries.take(rows)
    capacity = int(queue_capacity(entered, trade.settings.score)["places"].sum())
    rng = np.random.default_rng([trade.plan.seed, number])
    of_can = select(policy, probability[can], doubt(model, matrix[can]), capacity, rng)
    examined, random = (np.zeros(len(rows), np.bool_) for _ in range(2))
    examined[can], random[can] = of_can.examined, of_can.random
    return _month(trade, number, rows, probability, Selection(examined, random, of_can.chance))


def _month(trade: BacktestData, number: int, rows: Rows, probability: Floats, selection: Selection) -> BacktestMonth:
    found, truth, rest = trade.findings.found[rows], trade.findings.truth[rows], ~selection.examined
    complete = trade.findings.complete
    return BacktestMonth(
        month=trade.plan.name(number),
        lines=len(rows),
        examined=int(selection.examined.sum()),
        found=int((found * truth)[selection.examined].sum()),
        positives=float(truth.sum()) if complete else np.nan,
        rest=int(rest.sum()),
        rest_expected=float(probability[rest].sum()),
        rest_found=float(truth[rest].sum()) if complete else np.nan,
        random_lines=int(selection.random.sum()),
        random_found=int(found[selection.random].sum()),
        rows=rows[selection.examined].tolist(),
        random=selection.random[selection.examined].tolist(),
        chance=selection.chance,
    )


def doubt(model: OriginModel, matrix: Floats) -> Floats:
    """How much the model's members disagree about each line (log-odds); none where there is one member."""
    raw: list[Any] = [booster.predict(matrix, raw_score=True) for booster in model.boosters] if len(matrix) else []
    return np.std(raw, axis=0) if raw else np.empty(0)
