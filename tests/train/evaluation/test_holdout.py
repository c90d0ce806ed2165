from dataclasses import replace

import numpy as np
import pyarrow as pa

from originrisk.data.settings import TrainSettings
from originrisk.train.dataset import Examples
from originrisk.train.evaluation.holdout import (
    FOLDS_OF_ALL,
    IN_SCOPE,
    baselines,
    evaluate_holdout,
    look_up,
    share_seen,
    targeting_rule,
)
from originrisk.train.origin_classifier import OriginClassifier
from tests.train.factory import none_of, planted


def examples(rows: list[tuple[str, str | None, float | None]], observed: list[float]) -> Examples:
    """Examples whose look-up key is (origin, export, weight), known one day after another."""
    origin, export, weight = zip(*rows, strict=True)
    size = len(rows)
    some = planted(200).examples.take(np.arange(200) < size)
    lines = pa.table(
        {
            "htsus": ["6109100012"] * size,
            "country_of_origin": origin,
            "country_of_export": pa.array(export, pa.string()),
            "gross_weight_kg": pa.array(weight, pa.float64()),
        }
    )
    known_on = np.datetime64("2020-01-01") + np.arange(size)
    return replace(some, lines=lines, observed=np.array(observed), known_on=known_on)


def test_look_up_gives_the_result_last_known_for_the_same_goods() -> None:
    past = examples([("CN", "CN", 5.0), ("CN", "CN", 5.0), ("VN", "VN", 5.0)], [0, 1, 0])
    judged = examples([("CN", "CN", 5.0), ("VN", "VN", 5.0)], [0, 0])
    assert look_up(past, judged).tolist() == [1, 0]


def test_look_up_gives_the_share_of_the_past_for_goods_never_seen() -> None:
    past = examples([("CN", "CN", 5.0), ("VN", "VN", 5.0)], [1, 0])
    assert look_up(past, examples([("CN", "CN", 6.0)], [0])).tolist() == [0.5]


def test_an_export_or_weight_that_is_not_declared_is_a_key_like_any_other() -> None:
    past = examples([("CN", None, None), ("VN", "VN", 5.0)], [1, 0])
    assert look_up(past, examples([("CN", None, None)], [0])).tolist() == [1]


def test_share_seen_counts_judged_lines_whose_key_is_known() -> None:
    past = examples([("CN", "CN", 5.0)], [1])
    judged = examples([("CN", "CN", 5.0), ("CN", "CN", 6.0), ("CN", "CN", 7.0), ("VN", "CN", 5.0)], [0] * 4)
    assert share_seen(past, judged) == 0.25


def test_the_rule_looks_at_chinese_goods_in_scope_and_new_suppliers() -> None:
    judged = examples([("CN", "CN", 1.0), ("VN", "HK", 1.0), ("VN", "VN", 1.0), ("CN", "CN", 1.0)], [0] * 4)
    family = [IN_SCOPE[0], IN_SCOPE[0], IN_SCOPE[0], np.nan]
    features = judged.features.assign(goods_family=family, supplier_age=[5.0, np.nan, np.nan, 5.0])
    judged = replace(judged, frame=replace(judged.frame, features=features))
    assert targeting_rule(judged).tolist() == [2, 3, 1, 0]


def test_chance_is_drawn_anew_for_each_seed() -> None:
    past = judged = planted(300).examples
    first, again, other = (baselines(past, judged, seed)["random"] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_too_few_results_for_a_later_slice_are_judged_by_folds_and_it_says_so() -> None:
    few = planted(60, seed=3).examples
    holdout = evaluate_holdout(few, none_of(few), OriginClassifier(), TrainSettings(), seed=0)
    assert holdout.judged == FOLDS_OF_ALL
    assert holdout.fitted_lines == 60
    assert sum(part.population.size for part in holdout.parts if part.name == "all_examined") == 60
