import numpy as np

from originrisk.data.contract import SCORES
from originrisk.models.reasons import Explained
from originrisk.models.scoring import TOLD, explain, told_columns
from tests.models.factory import matrix, model


def test_the_order_of_lines_changes_no_line() -> None:
    features, order, every = matrix(20), np.random.default_rng(1).permutation(20), np.arange(20)
    straight = explain(features, model(), every, 20, 5)
    mixed = explain(features[order], model(), every, 20, 5)
    assert mixed == [straight[row] for row in order]
    assert len({one.log_odds for one in straight}) > 5


def test_only_the_lines_asked_for_are_told() -> None:
    rows = np.array([7, 2])
    told = explain(matrix(40)[rows], model(), rows, 40, 1)
    assert {row for row, one in enumerate(told) if one != Explained()} == {2, 7}
    assert max(len(one.reasons) for one in told) == 1


def test_what_is_told_adds_up_to_the_score() -> None:
    features, origin = matrix(6), model()
    told = explain(features, origin, np.arange(6), 6, 5)
    np.testing.assert_allclose([one.log_odds for one in told], origin.log_odds(features))


def test_the_columns_are_those_of_the_contract() -> None:
    columns = told_columns(explain(matrix(2)[:1], model(), np.array([1]), 2, 2))
    assert {name: column.type for name, column in columns.items()} == {
        name: SCORES.schema.field(name).type for name in TOLD
    }
    assert [value is None for value in columns["log_odds"].to_pylist()] == [True, False]


def test_no_line_is_no_row() -> None:
    columns = told_columns(explain(matrix(0), model(), np.arange(0), 0, 5))
    assert {len(column) for column in columns.values()} == {0}
