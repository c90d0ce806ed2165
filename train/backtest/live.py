"""Months replayed as a policy would have lived them.

Each month its lines are scored with the model of that day, the policy examines up to capacity, and only what it
examined teaches. Before the first month stands what the store knew by then.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from originrisk.models.origin_model import OriginModel
from originrisk.train.backtest.life import Floats, Life, Rows
from originrisk.train.backtest.month import Month, journaled, note
from originrisk.train.backtest.policies import Picked, Policy, pick
from originrisk.train.backtest.trade import Trade


def live(trade: Trade, policy: Policy, journal: Path) -> Iterator[Month]:
    """The months of a policy. Months in the journal are not decided again; new ones are written to it."""
    done, life = journaled(journal), Life.begin(trade)
    for number in range(trade.plan.months):
        first, last = trade.plan.month(number)
        if number % trade.plan.every == 0 and number + trade.plan.every > len(done):
            life.train(first)
        rows, matrix = life.see(last)
        month = done[number] if number < len(done) else _decide(life, policy, number, rows, matrix)
        life.examine(rows, matrix, month, last)
        if number >= len(done):
            note(journal, month)
        yield month


def _decide(life: Life, policy: Policy, number: int, rows: Rows, matrix: Floats) -> Month:
    trade, model = life.trade, life.model
    assert model is not None
    said = model.probability(matrix)
    can = ~np.isnan(trade.findings.found[rows])
    capacity = round(trade.plan.capacity_share * len(rows))
    rng = np.random.default_rng([trade.plan.seed, number])
    of_can = pick(policy, said[can], doubt(model, matrix[can]), capacity, rng)
    examined, random = (np.zeros(len(rows), np.bool_) for _ in range(2))
    examined[can], random[can] = of_can.examined, of_can.random
    return _told(trade, number, rows, said, Picked(examined, random, of_can.chance))


def _told(trade: Trade, number: int, rows: Rows, said: Floats, picked: Picked) -> Month:
    found, truth, rest = trade.findings.found[rows], trade.findings.truth[rows], ~picked.examined
    complete = trade.findings.complete
    return Month(
        month=trade.plan.name(number),
        lines=len(rows),
        examined=int(picked.examined.sum()),
        found=int((found * truth)[picked.examined].sum()),
        positives=float(truth.sum()) if complete else np.nan,
        rest=int(rest.sum()),
        rest_said=float(said[rest].sum()),
        rest_found=float(truth[rest].sum()) if complete else np.nan,
        lot=int(picked.random.sum()),
        lot_found=int(found[picked.random].sum()),
        rows=rows[picked.examined].tolist(),
        random=picked.random[picked.examined].tolist(),
        chance=picked.chance,
    )


def doubt(model: OriginModel, matrix: Floats) -> Floats:
    """How much the model's members disagree about each line (log-odds); none where there is one member."""
    raw: list[Any] = (
        [booster.predict(matrix, raw_score=True) for booster in model.boosters] if len(matrix) else []
    )
    return np.std(raw, axis=0) if raw else np.empty(0)
