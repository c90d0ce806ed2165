"""Links at the command line: paths to suppliers that are listed or found out, as the line's day saw them."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from originrisk.data.errors import UsageError
from originrisk.data.store.tables import Store
from originrisk.serve.party_commands import GROUPS
from tests.features.factory import change, listing_of
from tests.features.graph.trade import DAY, FOLLOWS, NEW, OLD, examined
from tests.serve import command

LAST = FOLLOWS["entry_number"][-1].as_py()
SECOND = FOLLOWS["entry_number"][1].as_py()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A store of a supplier that was found out and listed, and of another that follows it."""
    store = Store(tmp_path)
    store.upsert("entries", FOLLOWS.to_batches())
    store.upsert("outcomes", examined(FOLLOWS, "xinjiang").to_batches())
    return tmp_path


def list_on(home: Path, day: date) -> None:
    listing = change(listing_of(OLD), effective_date=[day], known_from=[day])
    Store(home).upsert("listed", listing.to_batches())


def run(home: Path, *words: str) -> str:
    return command.run(GROUPS, "links", home, *words)


def shown(home: Path, entry_number: str) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads(run(home, "show", entry_number, "1", "--json"))
    return summary


def test_show_draws_the_paths_to_whom_was_found_out(home: Path) -> None:
    drawn = shown(home, LAST)
    (end,) = [node for node in drawn["nodes"] if node["kind"] == "supplier"]
    assert (end["name"], end["found"], end["examined"], end["listed"]) == (OLD, 1, 1, False)
    dealt = [edge for edge in drawn["edges"] if edge["kind"] == "dealt"]
    assert {edge["from"] for edge in dealt} == {"importer", "seller", "consolidator"}
    assert {(edge["first"], edge["last"], edge["lines"]) for edge in dealt} == {(str(DAY), str(DAY + timedelta(5)), 2)}
    assert {edge["to"] for edge in drawn["edges"]} | {"line"} == {node["id"] for node in drawn["nodes"]}


@pytest.mark.parametrize(("after", "seen"), [(0, True), (1, False)])
def test_a_listing_is_shown_from_the_close_after_it(home: Path, after: int, seen: bool) -> None:
    list_on(home, date.fromisoformat(shown(home, LAST)["closed"]) + timedelta(after))
    ends = [node for node in shown(home, LAST)["nodes"] if node["kind"] == "supplier"]
    assert [end["listed"] for end in ends] == [seen]


def test_nothing_is_shown_before_the_first_close(home: Path) -> None:
    drawn = shown(home, SECOND)
    assert drawn["closed"] is None
    assert [node["id"] for node in drawn["nodes"]] == ["line"]


def test_the_table_says_what_is_known_and_never_an_importer_number(home: Path) -> None:
    told = run(home, "show", LAST, "1")
    assert OLD in told
    assert "1 of 1 examinations" in told
    assert NEW not in told
    assert "3456789" not in told + json.dumps(shown(home, LAST))


def test_no_such_line_is_refused(home: Path) -> None:
    with pytest.raises(UsageError, match="no such line"):
        run(home, "show", "XX9999999", "1")
