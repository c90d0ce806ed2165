import numpy as np

from originrisk.train.resampling import disjoint_folds, from_day, later

DAYS = np.datetime64("2021-01-01") + np.arange(200)


def test_the_last_share_is_judged_behind_the_gap() -> None:
    fit, judge = later(DAYS, DAYS, share=0.25, gap_days=30)
    assert judge.sum() == 50
    assert DAYS[judge].min() - DAYS[fit].max() == np.timedelta64(31, "D")


def test_the_gap_begins_on_its_day() -> None:
    fit, judge = from_day(DAYS, DAYS, DAYS[100], gap_days=10)
    assert (fit[89], fit[90], judge[99], judge[100]) == (True, False, False, True)


def test_a_result_known_after_the_judged_slice_began_is_not_fitted() -> None:
    known = DAYS.copy()
    known[:20] = DAYS[-1]
    fit, _ = later(DAYS, known, share=0.25, gap_days=30)
    assert not fit[:20].any()
    assert fit[20:100].all()


def test_folds_judge_every_line_once_and_share_no_group() -> None:
    group = np.random.default_rng(0).integers(0, 40, 500).astype(np.uint64)
    judged = np.zeros(500, int)
    for fit, judge in disjoint_folds(group, 5, seed=1):
        assert not set(group[fit]) & set(group[judge])
        assert (fit ^ judge).all()
        judged += judge
    assert (judged == 1).all()


def test_folds_follow_the_seed() -> None:
    group = np.arange(100, dtype=np.uint64)
    first, again, other = ([j.tolist() for _, j in disjoint_folds(group, 5, seed)] for seed in (1, 1, 2))
    assert first == again
    assert first != other
