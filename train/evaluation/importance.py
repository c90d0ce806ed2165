"""What the last window's model lives on: gain of its splits, and what is lost on suppliers it never met when values are
exchanged among lines, feature by feature and concept by concept."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from originrisk.data.arrays import Floats
from originrisk.features.catalogue import CATALOGUE
from originrisk.features.catalogue.feature import CONCEPTS
from originrisk.models.origin_model import OriginModel
from originrisk.train.dataset import Examples
from originrisk.train.evaluation.metrics import Ranking
from originrisk.train.evaluation.rolling import Window
from originrisk.train.resampling import interval, resamples

EXCHANGES: Final = 3
"""Times that values are exchanged; what is lost is their mean."""
DRAWS: Final = 100
Table = list[dict[str, Any]]


def importances(window: Window, examples: Examples, seed: int) -> dict[str, Table]:
    """Tables `features` and `concepts`, the most important first: share of the gain; average precision of results lost
    on judged lines of suppliers that were not fitted, with the middle 95 % over resampled suppliers (NaN where no such
    line is positive).
    """
    model = window.fitted.model
    gain = gain_shares(model)
    met = set(examples.frame.supplier[window.fitted_lines])
    judged = examples.take(window.judged_lines)
    new = np.array([supplier not in met for supplier in judged.frame.supplier], np.bool_)
    unseen, results = judged.take(new), window.results.take(new)
    matrix = unseen.features.to_numpy()
    draws = [results.weight, *(results.weight * d for d in resamples(unseen.frame.supplier, seed, DRAWS))]
    base = _precisions(model, matrix, results.observed, draws)

    def row(name: str, kind: str, columns: Sequence[int]) -> dict[str, Any]:
        share = float(gain[list(columns)].sum())
        told = {kind: name, "gain": share, "lines": len(matrix)}
        if not share or not results.observed.any():
            return told | dict.fromkeys(("lost", "low", "high"), np.nan if share else 0.0)
        rng = np.random.default_rng(seed)
        lost = np.zeros(len(draws))
        for _ in range(EXCHANGES):
            exchanged = matrix.copy()
            exchanged[:, columns] = matrix[rng.permutation(len(matrix))][:, columns]
            lost += (base - _precisions(model, exchanged, results.observed, draws)) / EXCHANGES
        low, high = interval(lost[1:].tolist())
        return told | {"lost": float(lost[0]), "low": low, "high": high}

    features = [row(name, "feature", [i]) for i, name in enumerate(model.features)]
    concept_of = {feature.name: feature.concept for feature in CATALOGUE}
    of = [concept_of.get(name) for name in model.features]
    concepts = [row(c, "concept", [i for i, own in enumerate(of) if own == c]) for c in CONCEPTS]
    return {
        "importances": sorted(features, key=lambda told: -told["gain"]),
        "concepts": sorted(concepts, key=lambda told: -told["gain"]),
    }


def gain_shares(model: OriginModel) -> Floats:
    """Share of each of the model's features in what all splits of its boosters gained (features,)."""
    gain = np.zeros(len(model.features))
    for booster in model.boosters:
        gain[model.columns] += booster.feature_importance("gain")
    return gain / (gain.sum() or 1.0)


def _precisions(model: OriginModel, matrix: Floats, observed: Floats, draws: Sequence[Floats]) -> Floats:
    ranking = Ranking.of(model.log_odds(matrix), observed)
    return np.array([ranking.average_precision(weight) for weight in draws])
