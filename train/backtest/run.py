"""The backtest: every policy simulated, its journals under HOME/backtest, its finds as table and picture."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.stats import beta

from originrisk.data.console import progress
from originrisk.data.errors import GateRefusedError, Problem, UsageError
from originrisk.data.settings import Settings
from originrisk.features.lines import Lines
from originrisk.train.backtest.plan import POLICIES, BacktestPlan, from_outcomes, from_truth
from originrisk.train.backtest.simulation import BacktestData, BacktestMonth, entry_days, simulate
from originrisk.train.dataset import TrainingTables
from originrisk.train.reproduce import made_by

YEAR: Final = 12
HEADINGS: Final = (
    "policy",
    "months",
    "examined",
    "found",
    "of all",
    "rest",
    "expected",
    "random",
    "positive results of the random arm, 95 %",
    "true",
)


def summary(months: Sequence[BacktestMonth]) -> dict[str, Any]:
    """Totals of consecutive months. Shares of the rest are by the model, and true; the random arm's (`lot`) share and
    interval are of positive results, errors of examination included.

    None is what cannot be known: the share without a random arm, the truth of trade that is not simulated.
    """
    total = {name: sum(getattr(m, name) for m in months) for name in ("examined", "found", "rest")}
    random, random_found = sum(m.random_lines for m in months), sum(m.random_found for m in months)
    low, high = interval(random_found, random)
    positives, true = sum(m.positives for m in months), sum(m.rest_found for m in months)
    return total | {
        "first": months[0].month,
        "last": months[-1].month,
        "recall": _known(total["found"] / positives if positives else np.nan),
        "said_share": sum(m.rest_expected for m in months) / max(1, total["rest"]),
        "lot": random,
        "lot_share": _known(random_found / random if random else np.nan),
        "lot_low": _known(low),
        "lot_high": _known(high),
        "true_share": _known(true / max(1, total["rest"])),
    }


def interval(found: int, examined: int) -> tuple[float, float]:
    """95 % interval of a share (Clopper and Pearson 1934); NaN where nothing was examined."""
    if not examined:
        return np.nan, np.nan
    low = beta.ppf(0.025, found, examined - found + 1) if found else 0.0
    high = beta.ppf(0.975, found + 1, examined - found) if found < examined else 1.0
    return float(low), float(high)


def rows(policies: Mapping[str, Sequence[BacktestMonth]]) -> list[tuple[str, ...]]:
    """A row per policy and year of months."""
    return [
        _row(name, summary(months[start : start + YEAR]))
        for name, months in policies.items()
        for start in range(0, len(months), YEAR)
    ]


def draw(policies: Mapping[str, Sequence[BacktestMonth]], path: Path) -> None:
    """Finds so far, finds a month over half a year, and what the model expects in the rest beside the truth."""
    figure = Figure(figsize=(15, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    so_far, pace, level = figure.subplots(1, 3)
    for name, months in policies.items():
        found = np.array([m.found for m in months], np.float64)
        so_far.plot(np.cumsum(found), label=name)
        pace.plot(_smooth(found), label=name)
        expected, true = (_smooth(np.array([getattr(m, n) for m in months])) for n in ("rest_expected", "rest_found"))
        level.plot(np.divide(expected, true, out=np.full_like(true, np.nan), where=true > 0), label=name)
    level.axhline(1.0, linestyle=":", color="grey")
    so_far.set(xlabel="month", ylabel="lines", title="Found so far")
    pace.set(xlabel="month", ylabel="lines a month", title="Found, mean of six months")
    level.set(xlabel="month", ylabel="expected / true", title="Lines nobody examined: expected beside true")
    so_far.legend()
    figure.savefig(path, dpi=110)


def _smooth(values: Any) -> Any:
    size = min(6, len(values))
    return np.convolve(values, np.ones(size) / size, mode="valid")


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _row(name: str, totals: dict[str, Any]) -> tuple[str, ...]:
    arm = f"{_share(totals['lot_low'])} to {_share(totals['lot_high'])}" if totals["lot"] else "nothing"
    return (
        name,
        f"{totals['first']} to {totals['last']}",
        f"{totals['examined']:,}",
        f"{totals['found']:,}",
        _share(totals["recall"]),
        f"{totals['rest']:,}",
        _share(totals["said_share"]),
        f"{totals['lot']:,}",
        arm,
        _share(totals["true_share"]),
    )


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2%}"


@dataclass(frozen=True, slots=True)
class Backtest:
    """The months of every policy, where they are kept, and whether every line could be examined."""

    policies: dict[str, list[BacktestMonth]]
    folder: Path
    complete: bool


def backtest(settings: Settings, plan: BacktestPlan, names: Sequence[str], truth: Path | None) -> Backtest:
    """Simulate the plan under each policy. A run of the same plan on the same tables, by the same code, goes on
    where it stopped.

    Raises UsageError for a policy that does not exist, GateRefusedError where the store ends before the plan.
    """
    if unknown := [name for name in names if name not in POLICIES]:
        raise UsageError(Problem("--policy", f"one of {', '.join(POLICIES)}", ", ".join(unknown)))
    data = TrainingTables.read(settings)
    _require_months(data, plan)
    lines = Lines.of(data.entries)
    findings = from_truth(truth, lines, data.outcomes, plan.seed) if truth else from_outcomes(data.outcomes, lines)
    folder = settings.home / "backtest" / _name(settings, plan, data, truth)
    folder.mkdir(parents=True, exist_ok=True)
    policies: dict[str, list[BacktestMonth]] = {name: [] for name in names}
    with progress("Backtest", plan.months * len(names)) as advance:
        trade = BacktestData.prepare(settings, plan, data, findings)
        for name, months in policies.items():
            for month in simulate(trade, POLICIES[name], folder / f"{name}.jsonl"):
                months.append(month)
                advance(1)
    draw(policies, folder / "backtest.png")
    return Backtest(policies, folder, findings.complete)


def _require_months(data: TrainingTables, plan: BacktestPlan) -> None:
    days = entry_days(data.entries)
    last = np.datetime64(plan.month(plan.months - 1)[1], "D")
    if not len(days) or days.max().astype("datetime64[M]") < last.astype("datetime64[M]"):
        found = str(days.max()) if len(days) else "none"
        step = "Ingest more or choose fewer --months."
        raise GateRefusedError(Problem("entries", f"lines up to {last}", found, step))


def _name(settings: Settings, plan: BacktestPlan, data: TrainingTables, truth: Path | None) -> str:
    """Same plan, settings, tables, truth, code and libraries: same folder."""
    given = (
        asdict(plan),
        settings.train.model_dump(),
        settings.score.model_dump(),
        data.versions,
        made_by(),
        truth and truth.stat().st_size,
    )
    return sha256(json.dumps(given, default=str).encode()).hexdigest()[:12]
