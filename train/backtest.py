"""Backtest: months replayed as a policy would have lived them.

Each month its lines are scored with the model of that day, the policy examines up to capacity, and only what it
examined teaches: the next models and the history both. Before the first month stands what the store knew by then.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from data.settings import Settings
from features.catalogue import NAMES, compute
from features.history import History
from features.lines import Lines
from features.replay import Outcomes, replay
from models.origin_model import OriginModel
from train.error_rates import cells
from train.examples import Examples, gather, known_outcomes
from train.findings import Findings
from train.fit import fit
from train.learned import classifier
from train.material import Material
from train.policies import Picked, Policy, pick
from train.propensity import weights
from train.seen import Seen, keys_of

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is replayed: `months` from `start`, a new model every `every` months, results `delay` days after entry."""

    start: np.datetime64
    months: int
    every: int
    capacity_share: float
    delay: int
    seed: int

    def month(self, number: int) -> tuple[int, int]:
        """First and last day of a month, in days since 1970-01-01."""
        first = self.start.astype("datetime64[M]") + number
        days = [(first + n).astype("datetime64[D]").astype(np.int64) for n in (0, 1)]
        return int(days[0]), int(days[1]) - 1


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a policy. `rest` are lines not examined; what is NaN cannot be known.

    `positives` and `rest_found` are the truth (simulated trade only), `rest_said` what the model expects in the
    rest, `lot` and `lot_found` size and finds of the random arm, all that a real office would have to check it.
    """

    month: str
    lines: int
    examined: int
    found: int
    positives: float
    rest: int
    rest_said: float
    rest_found: float
    lot: int
    lot_found: int
    rows: list[int]
    random: list[bool]
    chance: float


@dataclass
class Life:
    """The state of one policy: its history, and everything it has examined."""

    history: History
    examples: list[Examples]
    outcomes: Outcomes
    model: OriginModel | None = field(default=None)


@dataclass(frozen=True)
class Backtest:
    """Everything that the policies share."""

    settings: Settings
    plan: Plan
    material: Material
    lines: Lines
    findings: Findings
    before: Examples

    @classmethod
    def prepare(cls, settings: Settings, plan: Plan, material: Material, findings: Findings) -> "Backtest":
        """Gather what was known before the first month. Raises GateRefusedError where that is too little."""
        day = np.datetime64(plan.month(0)[0] - 1, "D").item()
        past = material.entries.filter(pa.array(_days(material.entries) <= np.datetime64(day)))
        earlier = gather(past, material.outcomes, material.listings, day, plan.seed)
        return cls(settings, plan, material, Lines.of(material.entries), findings, earlier.examples)

    def live(self, policy: Policy, journal: Path) -> Iterator[Month]:
        """The months of a policy. Months in the journal are not decided again; new ones are written to it."""
        text = journal.read_text("utf-8") if journal.exists() else ""
        done = [Month(**json.loads(line)) for line in text.splitlines()]
        life = self._begin()
        for number in range(self.plan.months):
            if number % self.plan.every == 0 and number + self.plan.every > len(done):
                life.model = self._train(life, self.plan.month(number)[0])
            month = self._month(life, policy, number, done[number] if number < len(done) else None)
            if number >= len(done):
                with journal.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(month)) + "\n")
            yield month

    def _begin(self) -> Life:
        history, day = History(), self.plan.month(0)[0] - 1
        known, _ = known_outcomes(self.material.outcomes, self.lines, np.datetime64(day, "D").item())
        outcomes = Outcomes.of(self.lines, known)
        for _ in replay(history, self.lines, outcomes, day, self.material.listings):
            pass
        return Life(history, [self.before], outcomes)

    def _month(self, life: Life, policy: Policy, number: int, done: Month | None) -> Month:
        _, last = self.plan.month(number)
        rows, matrix = self._see(life, last)
        if done is None:
            assert life.model is not None
            said, picked = self._pick(life.model, policy, number, rows, matrix)
            done = self._told(number, rows, said, picked)
        self._examine(life, rows, matrix, done, last)
        return done

    def _see(self, life: Life, last: int) -> tuple[Rows, Floats]:
        rows, parts = [np.empty(0, np.intp)], [np.empty((0, len(NAMES)))]
        for seen in replay(life.history, self.lines, life.outcomes, last, self.material.listings):
            rows.append(seen.rows)
            parts.append(compute(seen.lines, seen.known))
        return np.concatenate(rows), np.concatenate(parts)

    def _train(self, life: Life, first: int) -> OriginModel:
        examples = joined(life.examples)
        examples = examples.take(examples.known_on < np.datetime64(first, "D"))
        weight = weights(examples.propensity, self.settings.train.propensity_floor)
        prototype = classifier(self.settings, self.plan.seed)
        return fit(examples, weight, prototype, self.plan.seed).model

    def _pick(
        self, model: OriginModel, policy: Policy, number: int, rows: Rows, matrix: Floats
    ) -> tuple[Floats, Picked]:
        said = model.probability(matrix)
        can = ~np.isnan(self.findings.found[rows])
        capacity = round(self.plan.capacity_share * len(rows))
        rng = np.random.default_rng([self.plan.seed, number])
        of_can = pick(policy, said[can], doubt(model, matrix[can]), capacity, rng)
        examined, random = (np.zeros(len(rows), np.bool_) for _ in range(2))
        examined[can], random[can] = of_can.examined, of_can.random
        return said, Picked(examined, random, of_can.chance)

    def _told(self, number: int, rows: Rows, said: Floats, picked: Picked) -> Month:
        found, rest = self.findings.found[rows], ~picked.examined
        complete = self.findings.complete
        return Month(
            month=str(self.plan.start.astype("datetime64[M]") + number),
            lines=len(rows),
            examined=int(picked.examined.sum()),
            found=int(found[picked.examined].sum()),
            positives=float(found.sum()) if complete else np.nan,
            rest=int(rest.sum()),
            rest_said=float(said[rest].sum()),
            rest_found=float(found[rest].sum()) if complete else np.nan,
            lot=int(picked.random.sum()),
            lot_found=int(found[picked.random].sum()),
            rows=rows[picked.examined].tolist(),
            random=picked.random[picked.examined].tolist(),
            chance=picked.chance,
        )

    def _examine(self, life: Life, rows: Rows, matrix: Floats, month: Month, last: int) -> None:
        """Note what was found; it becomes known after the delay, never before the month is over."""
        order = np.argsort(month.rows, kind="stable")
        examined, random = np.array(month.rows, np.intp)[order], np.array(month.random, np.bool_)[order]
        if not len(examined):
            return
        places = pd.Index(rows).get_indexer(pd.Index(examined))
        entered = self.lines.days["entry_date"][examined]
        received = self.lines.days["received_on"][examined]
        known_on = np.maximum.reduce([entered + self.plan.delay, received, np.full_like(entered, last + 1)])
        found, old = self.findings.found[examined], life.outcomes
        life.outcomes = Outcomes(
            np.concatenate([old.rows, examined]),
            np.concatenate([old.day, known_on]).astype(np.int32),
            np.concatenate([old.found, found > 0]),
        )
        part = self.lines.take(examined)
        seen = Seen(
            pd.DataFrame(matrix[places], columns=list(NAMES)), keys_of(part), entered.astype("datetime64[D]")
        )
        chance = np.where(random, month.chance, 1.0)
        method = cells(pa.chunked_array([pa.nulls(len(examined), pa.string())]), seen.day)
        days = known_on.astype("datetime64[D]")
        lines = self.material.entries.take(examined)
        life.examples.append(Examples(lines, seen, found, days, method, random, chance))


def doubt(model: OriginModel, matrix: Floats) -> Floats:
    """How much the model's members disagree about each line (log-odds); none where there is one member."""
    raw: list[Any] = (
        [booster.predict(matrix, raw_score=True) for booster in model.boosters] if len(matrix) else []
    )
    return np.std(raw, axis=0) if raw else np.empty(0)


def joined(parts: list[Examples]) -> Examples:
    """Examples one after another."""
    seen = [part.seen for part in parts]
    features, keys = (
        pd.concat([getattr(s, n) for s in seen], ignore_index=True) for n in ("features", "keys")
    )
    arrays = ("observed", "known_on", "cell", "random", "propensity")
    return Examples(
        pa.concat_tables([part.lines for part in parts]),
        Seen(features, keys, np.concatenate([s.day for s in seen])),
        *(np.concatenate([getattr(part, name) for part in parts]) for name in arrays),
    )


def _days(entries: pa.Table) -> npt.NDArray[np.datetime64]:
    return np.asarray(entries["entry_date"].to_numpy()).astype("datetime64[D]")
