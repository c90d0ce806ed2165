"""The model card and datasheet of a kept model, in Markdown: from what its bundle and its run say, nothing by hand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from originrisk.data.settings import ErrorPrior, TrainSettings
from originrisk.features.catalogue import CATALOGUE
from originrisk.train.calibrate import RATE_HEADINGS, shown_rate
from originrisk.train.labels import PRIORS

LEAST_POSITIVES: Final = 30
"""Below so many positives a figure is marked as weak."""

USE: Final = """\
A score is a **lead**: it tells an officer where to look first and why. It must not be used

- to detain, exclude, penalise or delay goods on the score alone;
- to judge a company or a person, or to decide anything by ethnicity, religion or personal name (features use where
  goods are declared to be made and who the parties are, and none of these);
- as proof in a proceeding;
- to clear goods: lines that were never examined are unknown, not negative.

Goods detained under a withhold release order may be exported, or released once they are proved admissible.
"""
BIAS: Final = """\
- Mostly suspicious lines are examined. What the model knows of others it knows from the random arm and from weights.
- Results are wrong now and then: a denial often means missing papers. The rates below are estimates.
- **Assumed:** what all examinations miss leaves no trace in results. That isotope tests miss a third of what is true
  rests on few published figures, that papers miss half on none; results tell how methods differ and how often clean
  lines are called positive. The level of all probabilities moves with it, their order hardly does.
- What officers looked for in the past is looked for again. Kinds of evasion that nobody examined are not learned.
- Results come late: the newest lines teach least.
"""


def card(version: str, role: str, settings: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """`settings` as the bundle describes the model, `metrics` as its run recorded them."""
    return "\n".join(
        [
            f"# Model {version}\n",
            f"Origin model of originrisk, {role}. Learned from what was known at the end of {settings['cutoff']}: "
            f"{settings['examples']:,} examined lines, {len(CATALOGUE)} features, "
            f"{settings['trees']} trees for each of {settings['train']['seeds']} seeds.\n",
            *_recalibrated(settings.get("recalibrated")),
            "## What it is for, and what not\n",
            USE,
            "## How well it ranks results\n",
            f"Judged: {metrics['judged']}. The first of them entered on {metrics['first_judged_day']}; "
            f"{metrics['fitted_lines']:,} examined lines were fitted; {metrics['look_up_key_seen']:.0%} of the judged "
            "lines repeat goods already known.\n",
            *_table(
                ("population", "lines", "positive", "method", "AP", "95 % interval", "recall at 5 %"), _ranks(metrics)
            ),
            "## How far its probabilities hold\n",
            "P(result): the chance of a positive result that follows from the probability of the truth and the error "
            "rates of examination, beside the results. What all examinations miss shows in neither.\n",
            *_table(
                (
                    "population",
                    "expected P(result)",
                    "positive results",
                    "calibration error",
                    "log-loss",
                    "expected P(truth) [90 %]",
                ),
                _levels(metrics),
            ),
            *_all_lines(metrics.get("all_lines")),
            "## Where it is weak\n",
            *_weak(metrics),
            *_unknown(metrics.get("chapters_without_result", ())),
            "## Datasheet: what it learned from\n",
            "Tables read: " + ", ".join(f"{name} version {v}" for name, v in settings["tables"].items()) + ". "
            f"History from {settings['history_start']}. Examinations left out:\n",
            *_table(("reason", "examinations"), metrics["left_out"].items()),
            "Error rates of examination: estimated from results, a prior that results hardly move, or declared:\n",
            *_table(RATE_HEADINGS, map(shown_rate, metrics["error_rates"])),
            "Where the priors come from:\n",
            *(f"- {name}: {prior.source}" for name, prior in _priors(settings, metrics["error_rates"])),
            "Label bias:\n",
            BIAS,
        ]
    )


def _priors(settings: Mapping[str, Any], rates: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, ErrorPrior]]:
    """Of each method that was used, what was expected of it."""
    own = TrainSettings(**settings.get("train", {})).error_rates
    used = {row["method"] for row in rates}
    return ((name, prior) for name, prior in (PRIORS | dict(own)).items() if name in used)


def _parts(metrics: Mapping[str, Any]) -> list[str]:
    return [name for name in ("random_arm", "all_examined") if name in metrics]


def _ranks(metrics: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    for name in _parts(metrics):
        part = metrics[name]
        for method, row in part["methods"].items():
            low, high = row["interval"]["average_precision"]
            figures = (row["average_precision"], low, high, row["recall@5%"])
            ap, low, high, recall = ("–" if value is None else f"{value:.3f}" for value in figures)
            yield (
                name.replace("_", " "),
                f"{part['lines']:,}",
                f"{part['positives']:,}",
                method,
                ap,
                f"{low} to {high}",
                recall,
            )


def _levels(metrics: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    names = ("expected_share", "found_share", "calibration_error", "log_loss")
    for name in _parts(metrics):
        row = metrics[name]["methods"]["model"]
        truth = (
            "–"
            if "truth_low" not in row
            else f"{row['truth_share']:.4f} [{row['truth_low']:.4f}, {row['truth_high']:.4f}]"
        )
        yield name.replace("_", " "), *(f"{row[figure]:.4f}" for figure in names), truth


def _weak(metrics: Mapping[str, Any]) -> Iterable[str]:
    rows = [(name, metrics["slices"][name]) for name in metrics["slices"]]
    yield from _table(
        ("slice", "lines", "positive", "AP", "expected P(result)", "positive results", ""),
        [
            (
                name,
                f"{row['lines']:,}",
                f"{row['positives']:,}",
                "–" if row["average_precision"] is None else f"{row['average_precision']:.3f}",
                f"{row['expected_share']:.4f}",
                f"{row['found_share']:.4f}",
                "too few positives to rely on" if row["positives"] < LEAST_POSITIVES else "",
            )
            for name, row in rows
        ],
    )
    yield "A supplier without history is judged by lane, price and goods alone.\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Iterable[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    yield from (f"| {' | '.join(map(str, row))} |" for row in rows)
    yield ""


def _all_lines(told: Mapping[str, Any] | None) -> Iterable[str]:
    if told:
        yield "## Over all lines, also those that nobody examined\n"
        yield "Estimated from the judged results (doubly robust, 95 % interval by supplier), truth and not result:\n"
        yield from (f"- {words}" for words in over_all(told))
        yield ""


def over_all(told: Mapping[str, Any]) -> tuple[str, str]:
    """What the arbiter said (`originrisk.train.arbiter`), in words."""
    loss, share = told["log_loss_interval"], told["truth_share_interval"]
    return (
        f"log-loss {told['log_loss']:.4f} [{loss[0]:.4f}, {loss[1]:.4f}]",
        f"truly from Xinjiang {told['truth_share']:.2%} [{share[0]:.2%}, {share[1]:.2%}], "
        f"where the model expects {told['expected']:.2%}",
    )


def _unknown(chapters: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    if chapters:
        yield (
            "Of goods of these chapters no result is known. Nothing above speaks of them: their probability is carried "
            "over from other goods, and its band is wider.\n"
        )
        yield from _table(UNKNOWN_HEADINGS, map(unknown_row, chapters))


UNKNOWN_HEADINGS: Final = ("chapter without a result", "share of lines", "share of expected positives")


def unknown_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A chapter without a result, under UNKNOWN_HEADINGS."""
    return row["chapter"], f"{row['share']:.2%}", f"{row['share_expected']:.2%}"


def _recalibrated(told: Mapping[str, Any] | None) -> Iterable[str]:
    if told:
        yield (
            f"Its trees and all figures below are those of the training {told['from']}. Since then its level was "
            f"moved by {told['log_odds']:+.2f} in log-odds, last from {told['lines']:,} results of lines entered later,"
            f" {told['positives']:,} of them positive.\n"
        )
