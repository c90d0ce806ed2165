"""Shares and their intervals."""

import pytest

from originrisk.serve.queue.supervision.share import Share


def test_the_interval_is_wilsons() -> None:
    # worked by hand: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), z = 1.959964
    assert Share("x", 3, 20).interval == pytest.approx((0.0523692, 0.3604188), abs=1e-6)
    assert Share("x", 0, 10).interval[0] == 0
    assert Share("x", 10, 10).interval[1] == 1


def test_few_cases_are_not_told() -> None:
    assert not Share("x", 9, 9).told
    assert Share("x", 0, 10).told
