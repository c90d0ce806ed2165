"""A home for Python: its lines, their features, examples, models and scores as data frames."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from originrisk.data.arrays import Floats, Keys
from originrisk.data.contract import LINE_KEY
from originrisk.data.settings import load_settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import CATALOGUE
from originrisk.models.bundle import load
from originrisk.models.registry import champion_path, kept_path
from originrisk.train import pipeline
from originrisk.train.any_classifier import AnyClassifier
from originrisk.train.comparison import Comparison, compare
from originrisk.train.dataset import TrainingTables
from originrisk.train.evaluation.holdout import evaluate_holdout
from originrisk.train.feature_cache import features_of
from originrisk.train.labels import weights
from originrisk.train.tracking import record, version_of


@dataclass(frozen=True, slots=True)
class Examples:
    """Examined lines: features `X` (lines, features) under entry and line number, results `y` (1 positive), weights
    towards all lines, suppliers as groups, and the day each result became known; arrays of shape (lines,)."""

    X: pd.DataFrame
    y: Floats
    weights: Floats
    groups: Keys
    known_on: Any


class Home:
    """The folder that holds tables and models, as the command line fills it.

    Examples:
        >>> home = Home(folder)
        >>> home.lines().columns[:2].tolist()
        ['entry_number', 'line_number']
    """

    def __init__(self, path: str | Path = "var") -> None:
        """`path` as `--home` takes it. Raises BadInputError for settings that are wrong."""
        self.settings = load_settings(Path(path))

    def lines(self, start: date | None = None, end: date | None = None) -> pd.DataFrame:
        """Lines entered from `start` to `end`, a row each, in the columns of the data contract.

        Examples:
            >>> len(home.lines(date(2021, 1, 1), date(2021, 1, 31))) < len(home.lines())
            True
        """
        frame: pd.DataFrame = Store(self.settings.home, self.settings.memory_limit_gb).entries(start, end).to_pandas()
        return frame

    def features(self, start: date, end: date) -> pd.DataFrame:
        """What the model reads of every line entered from `start` to `end`, as its own day saw it.

        Rows are indexed by entry and line number; NaN where missing; categories have the type of pandas. Units and
        meanings stand in docs/features.md.

        Examples:
            >>> frame = home.features(date(2021, 3, 1), date(2021, 3, 31))
            >>> frame.index.names, frame["goods_family"].dtype.name
            (FrozenList(['entry_number', 'line_number']), 'category')
        """
        lines, seen = TrainingTables.read(self.settings, end).seen(start, end)
        return _for_reading(seen.features, lines)

    def examples(self, cutoff: date, seed: int = 0) -> Examples:
        """What there is to learn from at the end of `cutoff`. Raises GateRefusedError where too few results are known.

        Examples:
            >>> examples = home.examples(date(2021, 3, 31))
            >>> examples.X.shape[0] == len(examples.y) == len(examples.weights) == len(examples.groups)
            True
        """
        known = TrainingTables.read(self.settings, cutoff).gather(cutoff, seed).examples
        weight = weights(known.propensity, self.settings.train.propensity_floor)
        return Examples(
            _for_reading(known.features, known.lines), known.observed, weight, known.frame.supplier, known.known_on
        )

    def train(self, cutoff: date | None = None, seed: int = 0) -> pipeline.TrainedModel:
        """Train, keep and record a model, as `originrisk train`: challenger, or champion where there is none.

        Examples:
            >>> home.train(date(2021, 3, 31)).role
            'champion'
        """
        trained = pipeline.train(self.settings, cutoff, seed)
        record(self.settings.home, trained)
        return trained

    def judge(self, estimator: Any = None, cutoff: date | None = None, seed: int = 0) -> pd.DataFrame:
        """How the trees, or a classifier of scikit-learn in their place, do on later results they did not learn from.

        A row for each population and method: the model, and baselines beside it; figures are of results, intervals of
        95 % in `average_precision_low` and `_high`. `estimator` must take weights and NaN (see docs/training.md).
        Keeps nothing. Raises GateRefusedError where too few results are known.

        Examples:
            >>> from sklearn.ensemble import HistGradientBoostingClassifier
            >>> judged = home.judge(HistGradientBoostingClassifier(max_iter=5), date(2021, 3, 31))
            >>> bool(judged.loc[("all examined", "model"), "lines"] > 0)
            True
        """
        data = TrainingTables.read(self.settings, cutoff)
        gathered = data.gather(cutoff or data.last_day(), seed)
        learner = pipeline.classifier(self.settings, seed) if estimator is None else AnyClassifier(estimator)
        given = gathered.examples, gathered.unexamined, learner, self.settings.train, seed
        rows = {}
        for part in evaluate_holdout(*given).parts:
            for row in part.rows:
                low, high = row.interval["average_precision"]
                ends = {"average_precision_low": low, "average_precision_high": high}
                size = {"lines": part.population.size, "positives": part.population.positives}
                rows[part.name.replace("_", " "), row.method] = {**size, **row.metrics, **ends}
        return pd.DataFrame.from_dict(rows, orient="index")

    def compare(self, version: str, other: str = "champion") -> Comparison:
        """Two models on the same lines, without changing a role; versions as the command line takes them.

        Examples:
            >>> home.compare("champion").queue["entered"]
            0
        """
        first, second = (version_of(self.settings.home, name) for name in (version, other))
        return compare(self.settings, first, second)

    def score(self, lines: pd.DataFrame, version: str = "champion") -> pd.DataFrame:
        """Probability that each line's goods come from Xinjiang, with the ends of its 90 % band.

        `lines` in the columns of the contract, as the close of the day before the first of them saw them: lines of one
        day get what `originrisk score` says of them. Some day before must have been scored. Raises ModelRefusedError
        without a model or a closed day, BadInputError for values that are no lines.

        Examples:
            >>> scored = home.score(home.lines(date(2021, 4, 1), date(2021, 4, 30)))
            >>> bool(((scored["lower"] <= scored["probability"]) & (scored["probability"] <= scored["upper"])).all())
            True
        """
        model = self._model(version)
        probability = model.probability(features_of(lines, self.settings))
        lower, upper = model.calibrator.band(probability)
        return pd.DataFrame({"probability": probability, "lower": lower, "upper": upper}, lines.index)

    def explain(self, lines: pd.DataFrame, version: str = "champion") -> pd.DataFrame:
        """What each feature adds to each line's log-odds (lines, features), and the constant.

        Examples:
            >>> lines = home.lines(date(2021, 4, 1), date(2021, 4, 5))
            >>> home.explain(lines).shape[0] == len(lines)
            True
        """
        model = self._model(version)
        parts = model.contributions(features_of(lines, self.settings))
        return pd.DataFrame(parts, lines.index, [*model.features, "constant"])

    def _model(self, version: str) -> Any:
        home = self.settings.home
        path = champion_path(home) if version == "champion" else kept_path(home, version_of(home, version))
        return load(path).model


def _for_reading(features: pd.DataFrame, lines: pa.Table) -> pd.DataFrame:
    """Features of these lines under their keys, categories as categories."""
    names = [feature.name for feature in CATALOGUE if feature.kind == "category"]
    frame = features.assign(**{name: features[name].astype("Int64").astype("category") for name in names})
    frame.index = pd.MultiIndex.from_frame(lines.select(LINE_KEY).to_pandas())
    return frame
