"""Each of the three leaks is planted and has to be found; without a plant nothing may be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from originrisk.data.settings import Settings
from originrisk.train import dataset
from originrisk.train.dataset import Examples, TrainingTables
from originrisk.train.evaluation.leaks import (
    RANDOM,
    Leak,
    changed_by_the_future,
    components,
    groups,
    judged_by_folds,
    leaks,
    learning_curve,
)
from originrisk.train.origin_classifier import OriginClassifier
from tests.train.factory import Planted, planted
from tests.train.home import CUTOFF, home

SMALL = OriginClassifier(trees=60, feature_share=1.0)


def test_parties_shared_over_others_are_one_chain() -> None:
    keys = pd.DataFrame({"supplier": [1, 1, 2, 3, 0], "importer": [7, 8, 8, 9, 0]}, dtype=np.uint64)
    chain = components(keys)
    assert chain[0] == chain[1] == chain[2]
    assert len(set(chain)) == 3


def test_the_same_number_as_two_kinds_of_party_joins_nobody() -> None:
    keys = pd.DataFrame({"supplier": [5, 1], "importer": [2, 5]}, dtype=np.uint64)
    assert len(set(components(keys))) == 2


def test_what_lives_on_the_supplier_falls_where_suppliers_are_kept_apart() -> None:
    world = planted(3000, suppliers=100, of_supplier=3.0)
    world.examples.frame.features["idle"] = world.examples.frame.supplier.astype(float)
    metrics = dict(judged_by_folds(world.examples, np.ones(len(world.examples)), SMALL, 60, seed=0))
    assert metrics[RANDOM]["auc"] - metrics["by supplier"]["auc"] > 0.015
    assert metrics["by supplier"]["groups"] == len(np.unique(world.examples.frame.supplier))


def test_parties_that_all_hang_together_leave_nothing_to_judge() -> None:
    metrics = dict(judged_by_folds(planted(300, suppliers=2).examples, np.ones(300), SMALL, 60, seed=0))
    assert np.isnan(metrics["by supplier"]["auc"])
    assert metrics["by supplier"]["largest_share"] == 1


def test_twins_of_one_look_up_key_stay_together() -> None:
    examples = planted(600).examples
    weight = np.array(examples.lines["gross_weight_kg"].to_pylist())
    group = groups(examples)["by look-up key"]
    assert all(len(set(weight[group == name])) == 1 for name in np.unique(group))


def test_more_examples_rank_better() -> None:
    examples = planted(4000).examples
    past, judged = np.arange(4000) < 3000, np.arange(4000) >= 3000
    points = list(
        learning_curve(examples, past, judged, weight=np.ones(judged.sum()), prototype=SMALL, trees=60, seed=0)
    )
    assert points[-1]["examples"] == 3000
    assert points[-1]["auc"] > points[0]["auc"]


def found(lines: Examples) -> list[tuple[str, str]]:
    return [(leak.feature, leak.kind) for leak in leaks(lines, groups(lines), seed=0)]


def with_column(of: Planted, name: str, values: Any) -> Examples:
    of.examples.frame.features[name] = values
    return of.examples


def twins(lines: int = 1500, seed: int = 0) -> tuple[Planted, np.ndarray]:
    """Goods that come ten times each, with the same result whenever they come; and the number of the goods."""
    of, rng = planted(lines, seed=seed), np.random.default_rng(seed)
    goods = rng.integers(0, lines // 10, lines)
    of.examples.observed[:] = (rng.random(lines // 10) < 0.3)[goods]
    place = of.examples.lines.column_names.index("gross_weight_kg")
    table = of.examples.lines.set_column(place, "gross_weight_kg", [goods.astype(float)])
    for column in ("country_of_origin", "country_of_export", "htsus"):
        table = table.set_column(table.column_names.index(column), column, [["CN"] * lines])
    object.__setattr__(of.examples, "lines", table)
    return of, goods


def test_nothing_is_suspected_where_nothing_is_planted() -> None:
    assert found(planted(2500).examples) == []


def test_the_result_in_a_feature_is_found() -> None:
    of = planted(1500)
    told = of.examples.observed + np.random.default_rng(0).normal(0, 0.1, 1500)
    assert found(with_column(of, "idle", told)) == [("idle", "the result itself")]


def test_a_key_learned_by_heart_is_found_and_told_apart_from_the_result() -> None:
    of, goods = twins()
    number = np.random.default_rng(1).permutation(len(goods))[goods].astype(float)
    assert found(with_column(of, "idle", number)) == [("idle", "a key learned by heart")]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return home(tmp_path_factory.mktemp("home"))


def test_the_features_of_the_catalogue_know_no_future(settings: Settings) -> None:
    assert future(settings) == []


def test_a_future_outcome_in_a_feature_is_found(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "see", peeking(dataset.see))
    suspected = future(settings)
    assert [(leak.feature, leak.kind) for leak in suspected] == [("unit_value", "the future")]


def future(settings: Settings, cutoff: date = CUTOFF) -> list[Leak]:
    data = replace(TrainingTables.read(settings, cutoff), cache=None)  # what is planted is in no cache
    return changed_by_the_future(data, data.gather(cutoff, seed=0).examples)


def peeking(see: Callable[..., Any]) -> Callable[..., Any]:
    """Features in which `unit_value` counts every result of the importer, the later ones too."""

    def planted_see(lines: Any, known: Any, *others: Any) -> Any:
        seen = see(lines, known, *others)
        importer = lines.texts["importer_number"].codes
        results = np.bincount(importer[known.rows], minlength=importer.max() + 1)
        seen.features["unit_value"] = results[importer[others[1]]]
        return seen

    return planted_see
