import numpy as np
import pandas as pd

from originrisk.train.disjoint import RANDOM, components, groups, judged_by_folds, learning_curve
from originrisk.train.origin_classifier import OriginClassifier
from tests.train.factory import planted

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
    world.examples.seen.features["idle"] = world.examples.seen.supplier.astype(float)
    metrics = dict(judged_by_folds(world.examples, SMALL, 60, seed=0))
    assert metrics[RANDOM]["auc"] - metrics["by supplier"]["auc"] > 0.015
    assert metrics["by supplier"]["groups"] == len(np.unique(world.examples.seen.supplier))


def test_parties_that_all_hang_together_leave_nothing_to_judge() -> None:
    metrics = dict(judged_by_folds(planted(300, suppliers=2).examples, SMALL, 60, seed=0))
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
    points = list(learning_curve(examples, past, judged, prototype=SMALL, trees=60, seed=0))
    assert points[-1]["examples"] == 3000
    assert points[-1]["auc"] > points[0]["auc"]
