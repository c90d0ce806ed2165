"""The report of an evaluation as one HTML file: no network, no script; every cell is escaped."""

from collections.abc import Iterable
from html import escape
from typing import Final

import numpy as np

from originrisk.train.comparison import Comparison
from originrisk.train.evaluation.evaluate import Evaluation
from originrisk.train.evaluation.metrics import intervals_text
from originrisk.train.report import charts
from originrisk.train.report.document import document, section, table

LIMITS: Final = (
    "A score is a lead, never proof. Lines that were never examined are unknown, not negative. "
    "Results are wrong now and then; probabilities are compared with what an examination would find. "
    "How much examinations miss is in part assumed, and the level of the probabilities with it. "
    "Brackets are 95 % intervals over resampled suppliers, wider where few are positive. "
    "Average precision: share of looks that find something, averaged on the way down the ranking."
)
LEAKS_SOUGHT: Final = (
    "Looked for: one feature that tells the result; features that learn goods by heart; features of "
    "old lines that change when later facts are cut away."
)
SHOWN_FEATURES: Final = 30
WHY: Final = {
    "gate": (
        "On the same lines, weighted by the inverse of their chance to be examined; intervals are of the difference, "
        "over the same resamples of suppliers. Figures are of results, errors of examination included."
    ),
    "results": (
        "P(result): the chance of a positive result by each model's probability and its error rates of examination, "
        "beside the share that was positive, in tenths of the weight."
    ),
    "moved": (
        "Places and P(truth), the probability that goods come from Xinjiang, before (champion) and after; `by` are "
        "the features whose contributions moved most, in log-odds."
    ),
    "random arm": (
        "Lines drawn by lot whatever their score, weighted by the inverse of the chance of the draw: the only "
        "unbiased yardstick. It is small; read the intervals. Where its effective sample size is far below its lines, "
        "few lines carry the weight: look at the chances written down for them."
    ),
    "all examined": (
        "Every examined line, weighted by the inverse of its chance to be examined. Mostly suspicious lines."
    ),
    "time": (
        "Each window is judged by a model of what was known before it, behind a gap; lines weigh by the inverse of "
        "their chance to be examined. The bars are the whole of the judged period."
    ),
    "importance": (
        "The last window's model. Gain: share of what all splits gained. Lost: average precision of results that is "
        "lost on judged lines of suppliers that it never met, when the values are exchanged among lines (all features "
        "of a concept together), with the middle 95 % of resampled suppliers; lines weigh by the inverse of their "
        "chance to be examined."
    ),
    "splits": (
        "Every line, weighted by the inverse of its chance to be examined, is judged by bare trees that saw no line of "
        "its group, all periods together. A ranking that falls from the split at random to the others lives on parties "
        "or goods it has met. Largest share: of lines in the largest group."
    ),
    "slices": (
        "The same lines, by kind, each weighted by the inverse of its chance to be examined; the random arm by that of "
        "its draw. Figures on few positives say little."
    ),
    "large": (
        "P(result), the share of positive results to expect by the probabilities and the error rates of examination, "
        "beside the share that was positive; P(truth) is the probability itself. Lines weigh by the inverse of their "
        "chance to be examined."
    ),
    "capacity": (
        "Lines that a month's capacity would have reached among all lines, ranked in one queue or by "
        "district. Precision is of examined lines; recall is weighted. Single days hold too few examined "
        "lines to be judged."
    ),
    "flags": (
        "Of the lines that examination found clean: the share that one queue's capacity reached, by who "
        "declared them. Groups whose intervals lie apart are troubled unequally."
    ),
    "effects": (
        "Contribution to the score (log-odds) by the feature's value, for lines of the last window; dots "
        "above the line raise it."
    ),
    "curve": (
        "The last window, judged by bare trees that learned from a part of the suppliers; lines weigh by the inverse "
        "of their chance to be examined."
    ),
    "stability": (
        "The seeds of the last model one by one; and the oldest window's model on every later window "
        "beside the window's own: where the oldest falls behind, the relation drifts."
    ),
}


def page(evaluation: Evaluation) -> str:
    """The report of an evaluation."""
    return document("evaluation", _sections(evaluation))


def comparison_page(comparison: Comparison) -> str:
    """Two models side by side."""
    c, q = comparison, comparison.queue
    size = f"{c.lines:,} results of lines entered since {c.first_day}, {c.positives:,} positive"
    moved = f"{q['inside_both']:,} lines inside by both models, {q['entered']:,} enter, {q['left']:,} leave."
    shown = ("name", "champion", "challenger", "low", "high", "rule", "passed")
    checks = [{name: check.plain()[name] for name in shown} for check in c.checks]
    lines = [{**line, "by": ", ".join(line["by"])} for line in q["lines"]]
    by = "Mean shift of a feature's contribution, over the lines that moved."
    return document(
        "comparison",
        [
            f"<h1>{escape(c.version)} beside {escape(c.champion)}</h1><p>{size}. {LIMITS}</p>",
            section("Checks of the gate", WHY["gate"], table(checks)),
            section("Calibration", WHY["results"], table(c.calibration)),
            section(f"The queue of {q['first_day']} to {q['last_day']}", f"{moved} {WHY['moved']}", table(lines)),
            section("What moved it", by, table(q["features"])),
        ],
    )


def _sections(evaluation: Evaluation) -> Iterable[str]:
    tables = evaluation.tables
    yield _first_page(evaluation)
    for name, part in evaluation.parts().items():
        yield section(
            f"Ranking and probabilities: {name}",
            WHY[name],
            charts.curves(part.scores, part.log_odds, part.results, str(part.population())),
        )
        yield _methods(evaluation, name)
    yield section("Through time", WHY["time"], charts.through_time(tables["months"]), table(tables["windows"]))
    yield section("Unknown parties", WHY["splits"], table(tables["splits"]))
    yield section("Does it serve all alike?", WHY["slices"], table(tables["slices"]))
    yield section("Expected and found", WHY["large"], table(tables["origins"]), table(tables["commodities"]))
    yield section("At capacity", WHY["capacity"], table(tables["capacity"]))
    yield section("Clean lines flagged", WHY["flags"], table(tables["false_flags"]))
    ranked = tables["importances"][:SHOWN_FEATURES]
    yield section("What the model lives on", WHY["importance"], table(tables["concepts"]), table(ranked))
    yield section("What moves the score", WHY["effects"], charts.effects(evaluation))
    yield section("Would more examinations help?", WHY["curve"], charts.learning(tables["learning_curve"]))
    yield section("Does it hold?", WHY["stability"], table(tables["seeds"]), table(tables["relation"]))
    yield section("What was judged", "", table([evaluation.described]), table([evaluation.left_out]))


def _first_page(evaluation: Evaluation) -> str:
    model = next(row for row in evaluation.rows[evaluation.headline] if row.method == "model")
    part = next(iter(evaluation.parts().values()))
    seen = float(np.mean([window.look_up_seen for window in evaluation.windows]))
    value, ends = model.shown("average_precision").partition(" ")[::2]
    figures = {
        "average precision": f"{value} <small>{ends}</small>",
        "AUC": f"{model.metrics['auc']:.2f}",
        "findings in the first 5 % of lines": f"{model.metrics['recall@5%']:.0%}",
        "calibration error": f"{part.probabilities()['calibration_error']:.3f}",
    }
    cards = "".join(f'<div class="card">{escape(n)}<b>{text}</b></div>' for n, text in figures.items())
    said = (
        f"Judged lines, {evaluation.headline}: {part.population()}, entered from "
        f"{part.lines.frame.day.min()} to {part.lines.frame.day.max()}, by models of what was known before. "
        f"{seen:.0%} of the judged lines repeat goods already known (the look-up could answer those)."
    )
    return (
        f"<h1>How well the model finds</h1><p class=small>originrisk evaluation, knowledge of "
        f"{escape(evaluation.described['cutoff'])}</p>{_leaks(evaluation)}<p>{said}</p>"
        f'<div class="cards">{cards}</div><p class=small>{LIMITS}</p>'
    )


def _leaks(evaluation: Evaluation) -> str:
    if not evaluation.leaks:
        return f'<div class="box"><b>No leak found.</b> {LEAKS_SOUGHT}</div>'
    rows = [
        {"feature": leak.feature, "it seems to know": leak.kind, "evidence": leak.evidence} for leak in evaluation.leaks
    ]
    return (
        '<div class="box alarm"><b>Leak suspected: do not believe the figures below.</b> '
        f"Some features know what their day could not know, or learned lines by heart.{table(rows)}</div>"
    )


def _methods(evaluation: Evaluation, part: str) -> str:
    names = ("average_precision", "auc", "precision@1%", "recall@1%", "recall@5%", "recall@10%")
    rows = [{"method": row.method} | {n: row.shown(n) for n in names} for row in evaluation.rows[part]]
    return f"<p class=small>{intervals_text(evaluation.rows[part])}</p>{table(rows)}"
