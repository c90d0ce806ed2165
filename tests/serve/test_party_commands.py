"""Parties at the command line: explained from the store, put right by hand, recorded."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from originrisk.data.errors import UsageError
from originrisk.data.store import journal
from originrisk.data.store.tables import Store
from originrisk.serve.party_commands import GROUPS
from tests.serve import command
from tests.serve.party.makers import HOMONYM, QIAOLONG, QIAOLONG_SPELT_OTHERWISE, SHELL, table

FIRST, SECOND, THIRD, LATER = "XX0000000", "XX0001000", "XX0002000", "XX0009000"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A store of a firm, another spelling of it, its homonym, and the spelling once more."""
    makers = {0: QIAOLONG, 1: QIAOLONG_SPELT_OTHERWISE, 2: HOMONYM, 9: QIAOLONG_SPELT_OTHERWISE}
    entries = pa.concat_tables([table(maker, day=day) for day, maker in makers.items()])
    Store(tmp_path).upsert("entries", entries.to_batches())
    return tmp_path


def run(home: Path, *words: str) -> str:
    return command.run(GROUPS, "parties", home, *words)


def explained(home: Path, entry_number: str) -> dict[str, str]:
    summary: dict[str, str] = json.loads(run(home, "explain", entry_number, "1", "--json"))
    return summary


def test_explain_names_the_party_known_before_that_day(home: Path) -> None:
    assert explained(home, FIRST)["party"] is None
    assert explained(home, SECOND)["party"] == explained(home, FIRST)["record"]


def test_explain_shows_the_evidence_in_bits(home: Path) -> None:
    shown = run(home, "explain", SECOND, "1")
    assert "house number" in shown
    assert "any other party" in shown


def test_a_split_is_recorded_and_seen_from_the_next_day(home: Path) -> None:
    run(home, "split", SECOND, "1", "--reason", "another firm", "--on", "2022-03-05")
    assert explained(home, LATER)["party"] == explained(home, SECOND)["record"]
    assert journal.read_decisions(home)[0].reason == "another firm"


def test_a_join_is_recorded_and_seen_from_the_next_day(home: Path) -> None:
    one, other = explained(home, THIRD)["record"], explained(home, FIRST)["record"]
    run(home, "join", one, other, "--reason", "one owner", "--on", "2022-03-05")
    assert explained(home, LATER)["party"] == one


@pytest.mark.parametrize(
    "words",
    [
        ("explain", "XX9999999", "1"),
        ("split", FIRST, "1", "--reason", "it founded the party", "--on", "2022-03-05"),
        ("join", "0123456789abcdef", "fedcba9876543210", "--reason", "unknown", "--on", "2022-03-05"),
    ],
)
def test_what_cannot_be_done_is_refused_and_not_recorded(home: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        run(home, *words)
    assert journal.read_decisions(home) == []


def test_no_maker_is_named_in_an_error(home: Path) -> None:
    with pytest.raises(UsageError) as refused:
        run(home, "split", FIRST, "1", "--reason", str(SHELL["name"]), "--on", "2022-03-05")
    assert "QIAOLONG" not in str(refused.value).upper()
