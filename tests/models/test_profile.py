import json

import numpy as np
import pytest

from originrisk.models.profile import SCORE, Profile, expected_auc

NAMES = ("price", "age")


def sample(lines: int, seed: int = 0, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    matrix = random.normal(shift, 1, (lines, 2))
    matrix[: lines // 5, 1] = np.nan
    return matrix, random.uniform(0, 0.3, lines)


def profile(lines: int = 5000) -> Profile:
    return Profile.of(NAMES, *sample(lines), np.zeros(lines))


def test_bins_are_about_evenly_filled_and_the_missing_stand_apart() -> None:
    counts = profile().counts["age"]
    assert counts[-1] == 1000
    assert all(counts[:-1])
    assert max(counts[:-1]) - min(counts[:-1]) <= 2


def test_a_profile_comes_back_from_json() -> None:
    assert Profile.from_json(json.loads(json.dumps(profile().to_json()))) == profile()


@pytest.mark.parametrize("lines", [30, 300, 3000])
def test_lines_of_the_same_kind_lie_within_the_noise(lines: int) -> None:
    usual = profile()
    for seed in range(1, 40):
        counts = usual.count(NAMES, *sample(lines, seed))
        assert [usual.shift(name, counts[name]) for name in (*NAMES, SCORE)] == [0, 0, 0]


def test_shifted_lines_lie_beyond_it_and_the_others_columns_do_not() -> None:
    usual = profile()
    matrix, probability = sample(300, 1)
    matrix[:, 0] += 2
    counts = usual.count(NAMES, matrix, probability)
    assert usual.shift("price", counts["price"]) > 1
    assert usual.shift("age", counts["age"]) == 0


def test_a_feature_that_goes_missing_is_a_shift() -> None:
    usual = profile()
    matrix, probability = sample(300, 1)
    matrix[:, 0] = np.nan
    assert usual.shift("price", usual.count(NAMES, matrix, probability)["price"]) > 1


def test_counts_of_blocks_add_up_to_the_count_of_all() -> None:
    usual, (matrix, probability) = profile(), sample(100, 2)
    parts = [usual.count(NAMES, matrix[part], probability[part]) for part in (slice(0, 30), slice(30, None))]
    whole = usual.count(NAMES, matrix, probability)
    assert all((parts[0][name] + parts[1][name] == whole[name]).all() for name in whole)


def test_a_constant_feature_has_one_bin_and_no_shift() -> None:
    usual = Profile.of(("flag",), np.zeros((500, 1)), np.full(500, 0.1), np.zeros(500))
    counts = usual.count(("flag",), np.zeros((80, 1)), np.full(80, 0.1))
    assert usual.shift("flag", counts["flag"]) == 0


def test_promised_auc_is_what_labels_drawn_from_the_scores_give() -> None:
    from sklearn.metrics import roc_auc_score

    random = np.random.default_rng(3)
    probability = np.round(random.beta(0.5, 5, 20_000), 2)
    drawn = random.random(20_000) < probability
    assert abs(expected_auc(probability) - roc_auc_score(drawn, probability)) < 0.01


@pytest.mark.parametrize("probability", [np.empty(0), np.full(9, 0.2), np.zeros(4)])
def test_where_nothing_is_told_apart_the_promise_is_one_half(probability: np.ndarray) -> None:
    assert expected_auc(probability) == 0.5


def test_what_moves_from_day_to_day_is_usual() -> None:
    days = np.repeat(np.arange(20), 200)
    matrix = np.column_stack([days * 0.1, np.random.default_rng(0).normal(size=4000)])
    usual = Profile.of(NAMES, matrix, np.full(4000, 0.1), days)
    today = np.column_stack([np.full(200, 2.1), np.random.default_rng(1).normal(2, 1, 200)])
    counts = usual.count(NAMES, today, np.full(200, 0.1))
    assert usual.shift("price", counts["price"]) == 0
    assert usual.shift("age", counts["age"]) > 1
