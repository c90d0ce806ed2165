"""Whole columns: the quick way and the way of single cells are one."""

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from originrisk.data.repairs.parse import PARSERS, parse
from originrisk.data.repairs.plain import PLAIN, as_text, is_plain

ALPHABET = "019AZaz.-/,' $\u200b\u202eé=N\n"
WORDS = st.one_of(
    st.text(ALPHABET, max_size=12),
    st.sampled_from(["ABC-1234567-6", "ABC12345676", "6109100012", "7709100012", "2021-03-05", "2021-02-30"]),
    st.sampled_from(
        ["1.50", "-0.1", "true", "TRUE", "N/A", "UNKNOWN", "12-345678900", "CNLAMKNI12NIN", "05", "5.0"]
    ),
    st.from_regex(r"[0-9]{1,10}(\.[0-9]{1,3})?", fullmatch=True),
)


@pytest.mark.parametrize("rule", sorted(PLAIN))
@given(text=WORDS)
def test_a_plain_text_is_one_that_its_parser_neither_repairs_nor_breaks(rule: str, text: str) -> None:
    if is_plain(rule, pa.array([text]))[0]:
        cell = parse(rule, text)
        assert (cell.repairs, cell.broken) == ((), "")
        assert cell.value is not None


def test_every_rule_with_a_quick_way_has_a_parser() -> None:
    assert set(PLAIN) <= set(PARSERS)


@pytest.mark.parametrize(
    ("rule", "cells", "plain"),
    [
        (
            "amount",
            pa.array([1.5, -1.0, float("nan"), float("inf"), None]),
            [True, False, False, False, False],
        ),
        ("number", pa.array([-1.5, float("-inf")]), [True, False]),
        ("line number", pa.array([1, 0, None], pa.int32()), [True, False, False]),
        ("date", pa.array([date(2021, 3, 5), date(1900, 1, 1)]), [True, False]),
        ("boolean", pa.array([True, False, None]), [True, True, False]),
    ],
)
def test_typed_values_are_plain_within_their_bounds(rule: str, cells: pa.Array, plain: list[bool]) -> None:
    assert is_plain(rule, cells).tolist() == plain


def test_nothing_is_plain_where_a_mapping_states_another_form() -> None:
    assert not np.any(is_plain("date", pa.array(["2021-03-05"]), texts=False))


def test_typed_values_become_the_text_a_person_would_write() -> None:
    moments = pa.array([datetime(2021, 3, 5), datetime(2021, 3, 5, 12)], pa.timestamp("s"))
    assert as_text(moments).to_pylist() == ["2021-03-05", "2021-03-05 12:00:00"]
    assert as_text(pa.array([6109100012.0, float("nan")])).to_pylist() == ["6109100012.0", None]
    assert as_text(pa.array([7])).to_pylist() == ["7"]
