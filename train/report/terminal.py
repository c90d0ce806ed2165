"""The report of a training on the terminal: the model beside its baselines, and what the labels say."""

import json
from pathlib import Path
from typing import Final

import numpy as np

from originrisk.data.console import print_table
from originrisk.train.backtest.run import HEADINGS as BACKTEST_HEADINGS
from originrisk.train.backtest.run import Backtest, rows, summary
from originrisk.train.calibrate import RATE_HEADINGS, shown_rate
from originrisk.train.comparison import Comparison
from originrisk.train.evaluation.evaluate import Evaluation
from originrisk.train.evaluation.holdout import JudgedPopulation
from originrisk.train.evaluation.metrics import METRICS, Row, intervals_text
from originrisk.train.pipeline import Recalibrated, TrainedModel
from originrisk.train.report.card import UNKNOWN_HEADINGS, over_all, unknown_row

SHOWN: Final = ("average_precision", "auc", "precision@1%", "recall@1%", "lift@1%", "recall@5%", "recall@10%")
PROBABILITIES: Final = (
    "P(result), the chance of a positive result, against the results; P(truth), that goods come from Xinjiang"
)
HEADINGS: Final = ("method", *(METRICS[name].words for name in SHOWN))


def print_training(trained: TrainedModel, run_id: str) -> None:
    """Print every comparison, the error rates and what was left out."""
    for part in trained.result.holdout.parts:
        print_table(_title(part), HEADINGS, [_row(row) for row in part.rows])
    probabilities = [
        (part.name, *(f"{value:{METRICS[name].format}}" for name, value in part.probabilities.items()))
        for part in trained.result.holdout.parts
    ]
    names = (METRICS[name].words for name in trained.result.holdout.parts[0].probabilities)
    print_table(PROBABILITIES, ("population", *names), probabilities)
    print("All lines, also unexamined ones (95 %): " + "; ".join(over_all(trained.result.holdout.all_lines)) + ".")
    if unknown := trained.metrics()["chapters_without_result"]:
        print_table("Goods of which no result is known", UNKNOWN_HEADINGS, map(unknown_row, unknown))
    rates = map(shown_rate, trained.result.settings["error_rates"])
    print_table("Error rates", RATE_HEADINGS, rates)
    print_table("Examinations left out", ("reason", "lines"), trained.result.gathered.left_out.items())
    seen = trained.result.holdout.look_up_seen
    print_table(
        "Model",
        ("", ""),
        [("version", trained.version), ("run", run_id), ("role", trained.role), ("look-up key seen", f"{seen:.0%}")],
    )


def print_evaluation(evaluation: Evaluation, report: Path) -> None:
    """Print leaks and the headline comparison; the rest is in the report."""
    for leak in evaluation.leaks:
        print(f"LEAK SUSPECTED: {leak.feature} seems to know {leak.kind}: {leak.evidence}.")
    for name, part in evaluation.parts().items():
        title = f"{name.capitalize()}: {part.population()} ({intervals_text(evaluation.rows[name])})"
        print_table(title, HEADINGS, [_row(row) for row in evaluation.rows[name]])
    print(f"Report: {report}")


def print_comparison(comparison: Comparison) -> None:
    """Print every check of the gate, the calibration of both models, and how the queue of the latest days moves."""
    c = comparison
    size = f"{c.lines:,} results since {c.first_day}, {c.positives:,} positive"
    heads = ("check, of results", "champion", "challenger", "95 % interval", "rule", "")
    checks = [
        (
            check.name,
            f"{check.champion:.3f}",
            f"{check.challenger:.3f}",
            f"{check.low:.3f} to {check.high:.3f}",
            check.rule,
            "holds" if check.passed else "FAILS",
        )
        for check in c.checks
    ]
    print_table(f"{c.version} beside the champion {c.champion}: {size}", heads, checks)
    if not c.checks:
        print("Too few results for the gate: nothing is checked.")
    both = zip(*([row for row in c.calibration if row["model"] == m] for m in ("champion", "challenger")), strict=True)
    print_table(
        "Chance of a positive result, and share that was positive, in tenths of the lines",
        ("champion", "positive", "challenger", "positive"),
        [tuple(f"{row[name]:.2%}" for row in pair for name in ("expected", "positive")) for pair in both],
    )
    q = c.queue
    queue = f"{q['inside_both']:,} lines inside by both, {q['entered']:,} enter, {q['left']:,} leave"
    columns = ("entry", "line", "place before", "after", "P(truth) before", "after", "moved by (log-odds)")
    print_table(
        f"The queue of {q['first_day']} to {q['last_day']}, {c.capacity:.1%} of lines: {queue}",
        columns,
        [
            (
                line["entry_number"],
                line["line_number"],
                line["place_before"],
                line["place_after"],
                f"{line['probability_before']:.4f}",
                f"{line['probability_after']:.4f}",
                ", ".join(line["by"]),
            )
            for line in q["lines"]
        ],
    )
    by = ", ".join(f"{row['feature']} {row['log_odds']:.2f}" for row in q["features"][:5])
    print(f"Moved most by (mean shift in log-odds): {by or 'nothing'}")


def print_recalibrated(made: Recalibrated) -> None:
    """Say what was moved, by how much and by what."""
    print(
        f"{made.version} ({made.role}): the trees of {made.source}, odds times {np.exp(made.log_odds):.2f}, "
        f"from {made.lines:,} results, {made.positives:,} positive, of lines entered since. "
        f"originrisk promote {made.version} lets it take over once later results are known."
    )


def print_promoted(version: str, *, as_json: bool) -> None:
    """Say which version is in charge now."""
    print(json.dumps({"champion": version}) if as_json else f"{version} is champion.")


def print_backtest(backtest: Backtest, *, as_json: bool) -> None:
    """Print a row per policy and year, or the totals of every policy and where its months are kept as JSON."""
    if as_json:
        totals = {name: summary(months) for name, months in backtest.policies.items()}
        plain = {"folder": str(backtest.folder), "every_line": backtest.complete, "policies": totals}
        print(json.dumps(plain, allow_nan=False))
        return
    whose = "simulated trade, any line" if backtest.complete else "lines whose result is known, no others"
    print_table(f"Backtest: {whose} could be examined", BACKTEST_HEADINGS, rows(backtest.policies))
    print(f"Months and picture: {backtest.folder}")


def _title(part: JudgedPopulation) -> str:
    return f"{part.name.replace('_', ' ').capitalize()}: {part.population} ({intervals_text(part.rows)})"


def _row(row: Row) -> tuple[str, ...]:
    return (row.method, *map(row.shown, SHOWN))
