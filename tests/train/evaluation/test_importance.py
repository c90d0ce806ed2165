import numpy as np
import pytest

from originrisk.data.settings import TrainSettings
from originrisk.features.catalogue.feature import CONCEPTS
from originrisk.train.evaluation.importance import gain_shares, importances
from originrisk.train.evaluation.rolling import Window, rolling
from originrisk.train.origin_classifier import OriginClassifier
from tests.train.factory import Planted, none_of, planted


@pytest.fixture(scope="module")
def judged() -> tuple[Planted, Window]:
    world = planted(1500, base=-1.5, suppliers=1500)
    given = none_of(world.examples), OriginClassifier(trees=20), TrainSettings(), 0
    return world, list(rolling(world.examples, *given))[-1]


def test_what_decides_leads_and_what_is_idle_loses_nothing(judged: tuple[Planted, Window]) -> None:
    world, window = judged
    found = {row["feature"]: row for row in importances(window, world.examples, 0)["importances"]}
    assert {name for name, row in found.items() if row["lost"] > 0.05} == {"first", "second"}
    assert next(iter(found)) in {"first", "second"}
    for row in found.values():
        assert row["low"] <= row["high"]
    assert found["first"]["low"] > 0
    assert abs(found["idle"]["lost"]) < 0.05


def test_only_suppliers_that_were_not_met_are_looked_at(judged: tuple[Planted, Window]) -> None:
    world, window = judged
    met = set(world.examples.frame.supplier[window.fitted_lines])
    new = [s for s in world.examples.frame.supplier[window.judged_lines] if s not in met]
    assert importances(window, world.examples, 0)["importances"][0]["lines"] == len(new)


def test_concepts_gather_the_gain_of_their_features(judged: tuple[Planted, Window]) -> None:
    world, window = judged
    concepts = importances(window, world.examples, 0)["concepts"]
    assert {row["concept"] for row in concepts} == set(CONCEPTS)
    gain = gain_shares(window.fitted.model)
    assert gain.sum() == pytest.approx(1)
    known = [i for i, name in enumerate(window.fitted.model.features) if name in {"goods_family", "supplier_age"}]
    assert sum(row["gain"] for row in concepts) == pytest.approx(np.sum(gain[known]))
