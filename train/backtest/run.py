"""The backtest command's work: read the store, live every policy, keep journals under HOME/backtest."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from originrisk.data.console import progress
from originrisk.data.errors import GateRefusedError, Problem, UsageError
from originrisk.data.settings import Settings
from originrisk.features.lines import Lines
from originrisk.train.backtest.findings import from_outcomes, from_truth
from originrisk.train.backtest.live import live
from originrisk.train.backtest.month import Month
from originrisk.train.backtest.plan import Plan
from originrisk.train.backtest.policies import POLICIES
from originrisk.train.backtest.report import draw
from originrisk.train.backtest.trade import Trade, entry_days
from originrisk.train.material import Material
from originrisk.train.reproduce import made_by


@dataclass(frozen=True, slots=True)
class Lived:
    """The months of every policy, where they are kept, and whether every line could be examined."""

    lives: dict[str, list[Month]]
    folder: Path
    complete: bool


def backtest(settings: Settings, plan: Plan, names: Sequence[str], truth: Path | None) -> Lived:
    """Live the plan under each policy. A run of the same plan on the same tables, by the same code, goes on
    where it stopped.

    Raises UsageError for a policy that does not exist, GateRefusedError where the store ends before the plan.
    """
    if unknown := [name for name in names if name not in POLICIES]:
        raise UsageError(Problem("--policy", f"one of {', '.join(POLICIES)}", ", ".join(unknown)))
    material = Material.read(settings)
    _require_months(material, plan)
    lines = Lines.of(material.entries)
    findings = (
        from_truth(truth, lines, material.outcomes, plan.seed)
        if truth
        else from_outcomes(material.outcomes, lines)
    )
    folder = settings.home / "backtest" / _name(settings, plan, material, truth)
    folder.mkdir(parents=True, exist_ok=True)
    lives: dict[str, list[Month]] = {name: [] for name in names}
    with progress("Backtest", plan.months * len(names)) as advance:
        trade = Trade.prepare(settings, plan, material, findings)
        for name, months in lives.items():
            for month in live(trade, POLICIES[name], folder / f"{name}.jsonl"):
                months.append(month)
                advance(1)
    draw(lives, folder / "backtest.png")
    return Lived(lives, folder, findings.complete)


def _require_months(material: Material, plan: Plan) -> None:
    days = entry_days(material.entries)
    last = np.datetime64(plan.month(plan.months - 1)[1], "D")
    if not len(days) or days.max().astype("datetime64[M]") < last.astype("datetime64[M]"):
        found = str(days.max()) if len(days) else "none"
        step = "Ingest more or choose fewer --months."
        raise GateRefusedError(Problem("entries", f"lines up to {last}", found, step))


def _name(settings: Settings, plan: Plan, material: Material, truth: Path | None) -> str:
    """Same plan, settings, tables, truth, code and libraries: same folder."""
    given = (
        asdict(plan),
        settings.train.model_dump(),
        material.tables,
        made_by(),
        truth and truth.stat().st_size,
    )
    return sha256(json.dumps(given, default=str).encode()).hexdigest()[:12]
