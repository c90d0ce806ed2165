"""Charts of an evaluation and of a holdout as SVG: one look, no display, no date."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from originrisk.data.arrays import Floats
from originrisk.train.evaluation.evaluate import Evaluation
from originrisk.train.evaluation.holdout import Holdout
from originrisk.train.evaluation.metrics import reliability
from originrisk.train.evaluation.rolling import Pooled, Window
from originrisk.train.origin_classifier import NoisyResults

INK: Final = "#1f4e79"
PALE: Final = "#9aa5b1"
MODEL_FIRST: Final = {"model": INK, "look-up": "#b5651d", "targeting rule": "#4c8c4a", "random": PALE}
EFFECTS: Final = 12
MOST_EXPLAINED: Final = 1500


def curves(scores: Mapping[str, Floats], log_odds: Floats, results: NoisyResults, title: str) -> str:
    """Precision and recall and gains by the scores of methods, reliability by log-odds of the truth, of results."""

    def draw(figure: Any) -> None:
        precision, gains, calibration = figure.subplots(1, 3)
        for method, score in scores.items():
            step = np.unique(-score, return_inverse=True)[1]
            found = np.cumsum(np.bincount(step, results.weight * results.observed))
            seen = np.cumsum(np.bincount(step, results.weight))
            style = {"color": MODEL_FIRST[method], "linewidth": 1.8 if method == "model" else 1.0}
            precision.plot(found / found[-1], found / np.maximum(seen, 1e-12), label=method, **style)
            gains.plot([0, *(seen / seen[-1])], [0, *(found / found[-1])], label=method, **style)
        precision.set(xlabel="share of positive results reached", ylabel="share of looks that find", ylim=(0, 1))
        precision.set_title("Precision and recall")
        gains.set(xlabel="share of lines looked at", ylabel="share of positive results reached", title="Gains")
        gains.legend(frameon=False, fontsize=8)
        said, positive, _ = np.array(reliability(results.chance(log_odds), results.observed, results.weight)).T
        calibration.plot(said, positive, marker="o", color=INK)
        end = max(said.max(), positive.max()) * 1.05
        calibration.plot([0, end], [0, end], linestyle=":", color=PALE)
        calibration.set(
            xlabel="chance of a positive result, predicted", ylabel="share positive", title="Reliability of P(result)"
        )
        figure.suptitle(title, fontsize=10)

    return _svg(draw, (11.6, 3.5))


def through_time(months: list[dict[str, Any]]) -> str:
    """AP by month, with the positives it rests on; expected beside found."""

    def draw(figure: Any) -> None:
        left, right = figure.subplots(1, 2)
        names = [row["month"] for row in months]
        left.bar(names, [row["average_precision"] for row in months], color=INK)
        for place, row in enumerate(months):
            left.annotate(f"{row['positives']}", (place, 0.01), ha="center", color="white", fontsize=7)
        left.set(title="Average precision by month (white: positives)")
        right.plot(names, [row["expected_share"] for row in months], marker="o", color=INK, label="expected")
        right.plot(
            names, [row["found_share"] for row in months], marker="o", color=MODEL_FIRST["look-up"], label="found"
        )
        right.set(title="P(result) and positive results, share of lines", ylim=(0, None))
        right.legend(frameon=False, fontsize=8)
        for axes in (left, right):
            axes.tick_params(axis="x", rotation=60, labelsize=7)

    return _svg(draw, (11.6, 3.2))


def learning(points: list[dict[str, Any]]) -> str:
    """What more examples bring."""

    def draw(figure: Any) -> None:
        axes = figure.subplots()
        axes.plot([p["examples"] for p in points], [p["auc"] for p in points], marker="o", color=INK, label="AUC")
        values = [p["average_precision"] for p in points]
        axes.plot([p["examples"] for p in points], values, marker="o", color=MODEL_FIRST["look-up"], label="AP")
        axes.set(xlabel="examined lines learned from", ylim=(0, 1), title="Learning curve")
        axes.legend(frameon=False, fontsize=8)

    return _svg(draw, (5.6, 3.0))


def effects(evaluation: Evaluation) -> str:
    """The features that move the last window's scores most: contribution in log-odds by value."""
    window = evaluation.windows[-1]
    matrix, contributions = _explained(evaluation.pooled, window)
    order = np.argsort(-np.abs(contributions[:, :-1]).mean(axis=0))[:EFFECTS]

    def draw(figure: Any) -> None:
        for axes, column in zip(figure.subplots(3, EFFECTS // 3).ravel(), order, strict=True):
            axes.scatter(matrix[:, column], contributions[:, column], s=4, alpha=0.4, color=INK, linewidths=0)
            axes.axhline(0, color=PALE, linewidth=0.7)
            axes.set_title(window.fitted.model.features[column].replace("_", " "), fontsize=8)
            axes.tick_params(labelsize=6)

    return _svg(draw, (11.6, 6.4))


def _explained(pooled: Pooled, window: Window) -> tuple[Floats, Floats]:
    size = min(len(window.log_odds), MOST_EXPLAINED)
    matrix = pooled.lines.features.to_numpy()[-len(window.log_odds) :][:size]
    return matrix, window.fitted.model.contributions(matrix)


def _svg(draw: Callable[[Any], None], size: tuple[float, float]) -> str:
    look = {"svg.hashsalt": "originrisk", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    with mpl.rc_context(look):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()[text.getvalue().index("<svg") :]


def draw_holdout(holdout: Holdout, folder: Path) -> None:
    """One SVG per population in an existing folder."""
    for part in holdout.parts:
        title = f"{part.name.replace('_', ' ')}: {part.population}"
        scores = {"model": part.log_odds}
        (folder / f"{part.name}.svg").write_text(curves(scores, part.log_odds, part.population.results, title))
