"""Decisions on parties are kept in order, and a damaged file is refused with its lines."""

from datetime import date
from pathlib import Path

import pytest

from originrisk.data.errors import BadInputError
from originrisk.data.store.journal import Decided
from originrisk.data.store.journal import append_decision as append
from originrisk.data.store.journal import decisions_path as path
from originrisk.data.store.journal import read_decisions as read

JOIN = Decided(
    on=date(2022, 3, 1), verb="join", party="0" * 15 + "1", other="0" * 15 + "2", reason="one owner"
)


def test_decisions_come_back_in_their_order(tmp_path: Path) -> None:
    second = JOIN.model_copy(
        update={"reason": 'sure, "quoted"\nand broken', "record": ("Ş", "", "", "", "", "TR")}
    )
    append(tmp_path, JOIN)
    append(tmp_path, second)
    assert read(tmp_path) == [JOIN, second]


def test_a_home_without_decisions_has_none(tmp_path: Path) -> None:
    assert read(tmp_path) == []


def test_every_damaged_line_is_named(tmp_path: Path) -> None:
    append(tmp_path, JOIN)
    with path(tmp_path).open("a") as file:
        file.write('{"verb": "merge"}\nnot JSON\n')
    with pytest.raises(BadInputError) as refused:
        read(tmp_path)
    assert [problem.where for problem in refused.value.problems] == [
        "parties.jsonl, line 2",
        "parties.jsonl, line 3",
    ]
