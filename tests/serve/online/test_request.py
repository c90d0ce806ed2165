"""Bodies against the data contract: what is right becomes the store's columns, what is wrong is named."""

import json
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from originrisk.data.contract import ENTRIES
from originrisk.features.lines import Lines
from originrisk.serve.online import request
from originrisk.serve.online.problems import BROKEN_LINES, NOT_JSON, RefusedError
from originrisk.serve.online.shapes import EXAMPLE
from tests.serve import factory


def read(raw: bytes, most: int = 10) -> list[request.Row]:
    return [*chain(*request.read_rows(request.read_request(raw, most)[0]))]


def refused(content: Any, most: int = 10) -> RefusedError:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    with pytest.raises(RefusedError) as caught:
        read(raw, most)
    return caught.value


def wheres(**changes: Any) -> list[str]:
    error = refused({"lines": [{**EXAMPLE, **changes}]})
    assert error.type == BROKEN_LINES
    return [problem.where for problem in error.problems]


def test_columns_are_those_of_the_same_rows_in_the_store() -> None:
    rows = factory.entries(50).to_pylist()
    rows[0] |= {"related_parties": True, "charges_usd": -3.5, "description": "", "export_date": date(2021, 1, 2)}
    own = request.lines_of(rows)
    stored = Lines.of(pa.Table.from_pylist(rows, schema=ENTRIES.schema))
    assert own.size == stored.size
    for name, text in stored.texts.items():
        assert own.texts[name].codes.tolist() == text.codes.tolist()
        assert own.texts[name].levels.tolist() == text.levels.tolist()
    for kind in ("numbers", "days"):
        own_columns, columns = getattr(own, kind), getattr(stored, kind)
        assert own_columns.keys() == columns.keys()
        for name, values in columns.items():
            assert own_columns[name].dtype == values.dtype
            np.testing.assert_array_equal(own_columns[name], values)


def test_the_example_is_right_and_its_cells_are_repaired_as_ingest_does() -> None:
    row = request.read_line({**EXAMPLE, "country_of_origin": "china", "htsus": "6109.10.0012"})
    assert row["entry_number"] == "ABC00000010"
    assert (row["country_of_origin"], row["htsus"]) == ("CN", "6109100012")
    assert row["received_on"] == row["entry_date"] == date(2021, 7, 1)
    assert row["seller_name"] is None


def test_every_problem_of_every_line_is_named() -> None:
    broken = {**EXAMPLE, "htsus": "61", "quantity": "12", "related_parties": 1}
    error = refused({"lines": [broken, {**EXAMPLE, "entry_date": "07/01/2021", "line_number": 2.5}]})
    assert [problem.where for problem in error.problems] == [
        "/lines/0/htsus",
        "/lines/0/quantity",
        "/lines/0/related_parties",
        "/lines/1/line_number",
        "/lines/1/entry_date",
    ]
    assert all(problem.expected and problem.found for problem in error.problems)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("entry_number", "ABC-0000001-1"),
        ("line_number", 0),
        ("line_number", True),
        ("line_number", 2**63),
        ("entry_date", "2021-02-30"),
        ("entry_date", None),
        ("country_of_origin", "XX"),
        ("htsus", 6109100012),
        ("gross_weight_kg", -1),
        ("entered_value_usd", None),
        ("entered_value_usd", True),
        ("description", "x" * 10_001),
        ("importer_number", ["12-3456789"]),
        ("mode_of_transport", "sea"),
    ],
)
def test_a_broken_cell_is_named(column: str, value: Any) -> None:
    assert wheres(**{column: value}) == [f"/lines/0/{column}"]


def test_a_maker_is_needed_in_one_way_or_the_other() -> None:
    assert wheres(manufacturer_id=None, manufacturer_name=None) == ["/lines/0"]


def test_a_strange_column_is_refused_without_being_repeated() -> None:
    error = refused({"lines": [{**EXAMPLE, "secret-name": 1}]})
    assert "secret" not in str([str(problem) for problem in error.problems])


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ([], "/"),
        ({}, "/lines"),
        ({"lines": []}, "/lines"),
        ({"lines": [EXAMPLE] * 11}, "/lines"),
        ({"lines": [1]}, "/lines/0"),
        ({"lines": [EXAMPLE, EXAMPLE]}, "/lines/1"),
        ({"lines": [EXAMPLE], "include": ["all"]}, "/include"),
        ({"lines": [EXAMPLE], "include": [["reasons"]]}, "/include"),
        ({"lines": [EXAMPLE], "more": 1}, "/"),
    ],
)
def test_a_body_of_another_shape_is_refused(content: Any, where: str) -> None:
    assert where in [problem.where for problem in refused(content).problems]


@pytest.mark.parametrize(
    "raw", [b"", b"{", b'{"lines": NaN}', b'{"lines":"\xff"}', b"[" * 100_000, "{}".encode("utf-16"), b'"\\ud800"']
)
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    assert refused(raw).type == NOT_JSON


_TEXT = st.text(st.sampled_from("aZ019-./ '=+\x00\t\u202e\u200bé中İſ😀\u0301"), max_size=20)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(ENTRIES.names), _JSON, max_size=6), st.booleans())
def test_nothing_but_a_refusal_comes_of_any_values(changes: dict[str, Any], whole: bool) -> None:
    given_line = {**EXAMPLE, **changes} if whole else changes
    try:
        rows = read(json.dumps({"lines": [given_line]}).encode())
    except RefusedError:
        return
    assert request.lines_of(rows).size == 1
