"""What is known of the party behind a line: counted under all its spellings, never from its own day on."""

from collections import defaultdict
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.parties_on_trade import resolve
from originrisk.data.contract import LISTED
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.world import make
from originrisk.data.store.journal import Decided
from originrisk.features.history.arrays import arrays_of, history_of
from originrisk.features.history.learner import Columns, Learners
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.features.lines import Bools, Lines
from originrisk.features.lists import Listings
from originrisk.features.parties.parties import COLUMNS, Parties, PartyTallies
from tests.features.factory import SHIPPED
from tests.features.parties.makers import HOMONYM, QIAOLONG, QIAOLONG_SPELT_OTHERWISE, START, table

WORLD = make(WorldSettings(lines=900, seed=5, spelling_noise=0.5, examined_share=0.2))
LINES = Lines.of(WORLD.entries)
OUTCOMES = Outcomes.of(LINES, WORLD.outcomes)
LAST = int(LINES.days["entry_date"].max())


def replayed(
    lines: Lines, outcomes: Outcomes, *stops: int, of: type[PartyTallies] = PartyTallies, **given: Listings
) -> Columns:
    """What each line saw, with the history saved and loaded at each stop."""
    learners: Learners = {"parties": of}
    history, columns, last = History(learners=learners), {}, int(lines.days["entry_date"].max())
    for stop in (*stops, last):
        for seen in replay(history, lines, outcomes, stop, given.get("listings", SHIPPED)):
            for name, values in seen.known.learned().items():
                columns.setdefault(name, np.full(lines.size, np.nan))[seen.rows] = values
        history = history_of(arrays_of(history), stop, learners=learners)
    return columns


def expected() -> Columns:
    """The same by plain loops over all lines that were learned before each line's day, and their outcomes."""
    found = resolve(Parties(), LINES, LAST)
    day = LINES.days["entry_date"]
    learned = np.maximum(day, LINES.days["received_on"])
    known = np.maximum(OUTCOMES.day, learned[OUTCOMES.rows])
    members = defaultdict(list)
    for row, party in enumerate(found.learned.tolist()):
        members[party].append(row)
    columns = {f"{who}.{name}": np.zeros(LINES.size) for who in ("party", "possibly") for name in COLUMNS}
    for who, keys in (("party", found.party), ("possibly", found.possibly)):
        for row in np.flatnonzero(keys):
            before = [other for other in members[int(keys[row])] if learned[other] < day[row]]
            told = np.isin(OUTCOMES.rows, before) & (known < day[row])
            days = learned[before]
            values = (len(before), told.sum(), OUTCOMES.found[told].sum(), days.min(), days.max())
            for name, value in zip(COLUMNS, values, strict=True):
                columns[f"{who}.{name}"][row] = value
    return columns


def check(*stops: int, of: type[PartyTallies] = PartyTallies) -> None:
    saw = replayed(LINES, OUTCOMES, *stops, of=of)
    for name, values in expected().items():
        assert np.array_equal(saw[f"parties.{name}"], values), name


def test_lines_see_what_was_learned_of_their_party_before_their_day() -> None:
    check()


def test_it_is_the_same_from_any_checkpoint() -> None:
    first = int(LINES.days["entry_date"].min())
    check(first + 3, first + 200, first + 201, LAST - 40)


def test_there_is_something_to_see() -> None:
    saw = replayed(LINES, OUTCOMES)
    for name in ("party.lines", "party.found", "possibly.lines"):
        assert saw[f"parties.{name}"].max() > 0, name


class OwnOutcomeToo(PartyTallies):
    """Planted: an examination counts as a find, whatever it found."""

    def learn_outcomes(self, day: int, lines: Lines, found: Bools, /) -> None:
        super().learn_outcomes(day, lines, np.ones_like(found))


class FirstIsLast(PartyTallies):
    """Planted: a party is as old as its latest line."""

    def learn(self, day: int, lines: Lines, /) -> None:
        super().learn(day, lines)
        self._counts[:, 3] = self._counts[:, 4]


@pytest.mark.parametrize("planted", [OwnOutcomeToo, FirstIsLast])
def test_planted_bugs_are_caught(planted: type[PartyTallies]) -> None:
    with pytest.raises(AssertionError, match="party"):
        check(of=planted)


def lines_of(*days: tuple[dict[str, str], int]) -> Lines:
    return Lines.of(pa.concat_tables([table(maker, day=day) for maker, day in days]))


NOTHING = Outcomes(np.zeros(0, np.intp), np.zeros(0, np.int32), np.zeros(0, np.bool_))


def test_another_spelling_sees_the_party_of_the_first() -> None:
    saw = replayed(lines_of((QIAOLONG, 0), (QIAOLONG_SPELT_OTHERWISE, 1), (HOMONYM, 2)), NOTHING)
    assert saw["parties.party.lines"].tolist() == [0, 1, 0]


def test_a_decision_is_met_on_its_day() -> None:
    lines = lines_of((QIAOLONG, 0), (HOMONYM, 1), (HOMONYM, 3), (HOMONYM, 4), (HOMONYM, 5))
    one, other = (f"{key:016x}" for key in resolve(Parties(), lines, LAST + 9999).learned[:2].tolist())
    joined = Decided(on=date(2022, 3, 5), verb="join", party=one, other=other, reason="one owner")
    assert (joined.on - START).days == 4
    listings = Listings.known(LISTED.schema.empty_table(), [joined])
    saw = replayed(lines, NOTHING, listings=listings)
    assert saw["parties.party.first"].tolist()[1:] == [
        0,
        *(int(lines.days["entry_date"][row]) for row in (1, 1, 0)),
    ]
