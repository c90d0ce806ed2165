from collections import defaultdict

import numpy as np
import pytest

from originrisk.train.evaluation.rolling import ONE_QUEUE, inside_capacity
from originrisk.train.evaluation.tables import false_flags, wilson
from tests.train.factory import planted


def test_capacity_is_a_share_of_the_lines_that_the_sample_stands_for() -> None:
    lines = planted(400, seed=1).examples.frame
    others = planted(2000, seed=2).examples.frame
    score, other = np.random.default_rng(0).normal(size=400), np.random.default_rng(1).normal(size=2000)
    share = defaultdict(lambda: 0.1)
    inside = inside_capacity(score, lines, other, others, stands_for=10.0, share=share, queue=ONE_QUEUE)
    assert inside.mean() == pytest.approx(0.1, abs=0.05)
    assert score[inside].min() > np.median(score)


def test_lines_of_other_months_do_not_take_the_place() -> None:
    lines = planted(300, seed=1).examples.frame
    nobody = lines.take(np.zeros(300, bool))
    score = lines.day.astype(int).astype(float)
    share = defaultdict(lambda: 0.2)
    inside = inside_capacity(score, lines, np.empty(0), nobody, stands_for=1.0, share=share, queue=ONE_QUEUE)
    months = lines.day.astype("datetime64[M]")
    assert all(inside[months == month].any() for month in np.unique(months))


def test_a_group_that_is_flagged_more_often_shows() -> None:
    group = np.array(["a", "b"] * 500, dtype=object)
    flagged = (group == "a") & (np.arange(1000) % 4 == 0) | (np.arange(1000) % 20 == 1)
    observed = np.zeros(1000)
    observed[:10] = 1
    rows = {row["group"]: row for row in false_flags(flagged, observed, np.ones(1000), group)}
    assert rows["a"]["clean_lines"] == 495
    assert rows["a"]["low"] > rows["b"]["high"]


def test_uneven_weights_widen_the_interval() -> None:
    hit = np.tile([1.0, 0.0, 0.0, 0.0], 50)
    even, uneven = wilson(hit, np.ones(200)), wilson(hit, np.repeat([1.0, 20.0], 100))
    assert even[0] < 0.25 < even[1]
    assert uneven[1] - uneven[0] > even[1] - even[0]
