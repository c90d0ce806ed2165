"""Pictures of a judgement: precision and recall, gains, reliability. Drawn without a display."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from originrisk.train.evaluate import size_told
from originrisk.train.judge import Judgement, Part


def draw(judgement: Judgement, folder: Path) -> None:
    """One PNG per population in an existing folder."""
    for part in judgement.parts:
        figure = Figure(figsize=(13, 4), layout="constrained")
        FigureCanvasAgg(figure)
        precision_recall, gains, reliability = figure.subplots(1, 3)
        _curves(precision_recall, gains, part)
        _reliability(reliability, part)
        size = size_told(part.population)
        figure.suptitle(f"{part.name.replace('_', ' ')}: {size}")
        figure.savefig(folder / f"{part.name}.png", dpi=110)


def _curves(precision_recall: Any, gains: Any, part: Part) -> None:
    order = np.argsort(-part.log_odds, kind="stable")
    weight = part.population.results.weight[order]
    found = np.cumsum(weight * part.population.results.observed[order])
    seen = np.cumsum(weight)
    precision_recall.plot(found / found[-1], found / seen)
    precision_recall.set(xlabel="recall", ylabel="precision", ylim=(0, 1), title="Precision and recall")
    gains.plot(seen / seen[-1], found / found[-1])
    gains.plot([0, 1], [0, 1], linestyle=":", color="grey")
    gains.set(xlabel="share of lines inspected", ylabel="share of findings", title="Gains")


def _reliability(axes: Any, part: Part) -> None:
    said, found, _ = np.array(part.reliability).T
    axes.plot(said, found, marker="o")
    end = max(said.max(), found.max()) * 1.05
    axes.plot([0, end], [0, end], linestyle=":", color="grey")
    axes.set(xlabel="chance of a positive result, as said", ylabel="share found", title="Reliability")
