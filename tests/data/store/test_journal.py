"""Decisions on parties are kept in order, and a damaged file is refused with its lines."""

import resource
import signal
from datetime import date
from pathlib import Path

import pytest

from originrisk.data.errors import BadInputError, UsageError
from originrisk.data.store import journal
from originrisk.data.store.journal import Decided
from originrisk.data.store.journal import append_decision as append
from originrisk.data.store.journal import decisions_path as path
from originrisk.data.store.journal import read_decisions as read

JOIN = Decided(on=date(2022, 3, 1), verb="join", party="0" * 15 + "1", other="0" * 15 + "2", reason="one owner")


def test_decisions_come_back_in_their_order(tmp_path: Path) -> None:
    second = JOIN.model_copy(update={"reason": 'sure, "quoted"\nand broken', "record": ("Ş", "", "", "", "", "TR")})
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
    assert [problem.where for problem in refused.value.problems] == ["parties.jsonl, line 2", "parties.jsonl, line 3"]


def test_a_torn_last_line_counts_for_nothing_and_goes_with_the_next(tmp_path: Path) -> None:
    append(tmp_path, JOIN)
    whole = path(tmp_path).read_bytes()
    path(tmp_path).write_bytes(whole + whole[:40])
    assert read(tmp_path) == [JOIN]
    append(tmp_path, JOIN)
    assert path(tmp_path).read_bytes() == whole * 2


def test_a_flipped_bit_of_a_journal_is_refused_by_name(tmp_path: Path) -> None:
    for _ in range(3):
        append(tmp_path, JOIN)
    whole = path(tmp_path).read_bytes()
    for at in range(0, len(whole) * 8, 3):
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        path(tmp_path).write_bytes(flipped)
        with pytest.raises(BadInputError, match=r"parties\.jsonl"):
            read(tmp_path)


def test_words_that_are_no_text_are_refused_before_they_spoil_the_journal(tmp_path: Path) -> None:
    append(tmp_path, JOIN)
    with pytest.raises(UsageError, match="text"):
        append(tmp_path, JOIN.model_copy(update={"reason": b"\xff".decode("utf-8", "surrogateescape")}))
    assert read(tmp_path) == [JOIN]


def test_a_full_disk_leaves_a_journal_as_it_was(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    journal.append_line(log, '{"first": 1}')
    kept = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 3, limit[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            journal.append_line(log, '{"second": "longer"}')
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, kept)
    assert journal.lines(log) == ['{"first": 1}']
