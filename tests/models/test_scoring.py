from datetime import date

import numpy as np
import pyarrow as pa

from data.contract import SCORES
from models.scoring import score
from tests.models.factory import matrix, model


def lines(size: int) -> pa.Table:
    return pa.table(
        {
            "entry_number": [f"ZZ9{i // 2:08d}" for i in range(size)],
            "line_number": pa.array([i % 2 + 1 for i in range(size)], pa.int32()),
            "entry_date": pa.array([date(2021, 7, 1)] * size, pa.date32()),
        }
    )


def test_ranks_follow_the_probability() -> None:
    scored = score(lines(60), matrix(60), model(), explained=0)
    assert sorted(scored.rank) == list(range(1, 61))
    assert (np.diff(scored.probability[np.argsort(scored.rank)]) <= 0).all()


def test_equal_lines_are_ranked_by_entry_and_line_number() -> None:
    same = np.repeat(matrix(1), 6, axis=0)
    shuffled = [3, 0, 5, 1, 4, 2]
    scored = score(lines(6).take(shuffled), same, model(), explained=0)
    assert scored.rank.tolist() == [place + 1 for place in shuffled]


def test_the_order_of_lines_changes_no_line() -> None:
    features, order = matrix(40), np.random.default_rng(1).permutation(40)
    straight = score(lines(40), features, model(), explained=10)
    mixed = score(lines(40).take(order), features[order], model(), explained=10)
    assert np.array_equal(mixed.probability, straight.probability[order])
    assert np.array_equal(mixed.rank, straight.rank[order])
    assert mixed.reasons == [straight.reasons[i] for i in order]


def test_the_lines_inside_capacity_have_reasons_and_no_others() -> None:
    scored = score(lines(40), matrix(40), model(), explained=10, most_reasons=3)
    assert {int(rank) for rank, told in zip(scored.rank, scored.reasons, strict=True) if told} == set(
        range(1, 11)
    )
    assert max(len(told) for told in scored.reasons) == 3


def test_the_band_holds_the_probability() -> None:
    scored = score(lines(40), matrix(40), model(), explained=0)
    assert ((scored.lower <= scored.probability) & (scored.probability <= scored.upper)).all()


def test_the_table_has_the_contracts_columns() -> None:
    table = score(lines(8), matrix(8), model(), explained=2).table(lines(8), "abc", date(2021, 6, 30))
    assert table.schema == SCORES.schema
    assert table["reasons"][0].as_py() is not None
    assert table["history_date"].to_pylist() == [date(2021, 6, 30)] * 8


def test_a_day_without_lines_gives_an_empty_table() -> None:
    table = score(lines(0), matrix(0), model(), explained=20).table(lines(0), "abc", date(2021, 6, 30))
    assert (len(table), table.schema) == (0, SCORES.schema)
