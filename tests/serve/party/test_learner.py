"""Parties as a learner: lines see what closed days made of makers, from any checkpoint, decisions on their day."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.parties_on_trade import resolve
from originrisk.data.contract import LISTED
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.world import make
from originrisk.data.store.journal import Decided
from originrisk.features.history.arrays import history_of, named_arrays
from originrisk.features.history.learner import Learners
from originrisk.features.history.replay import Outcomes, close_days
from originrisk.features.history.state import History
from originrisk.features.lines import Lines
from originrisk.features.lists import Listings
from originrisk.serve.party.learner import Parties
from tests.features.factory import SHIPPED
from tests.serve.party.makers import HOMONYM, QIAOLONG, QIAOLONG_SPELT_OTHERWISE, START, table

LEARNERS: Learners = {"parties": Parties}
WORLD = make(WorldSettings(lines=900, seed=5, spelling_noise=0.5, examined_share=0.2))
NOTHING = Outcomes.conclusive(np.zeros(0, np.intp), np.zeros(0, np.int32), np.zeros(0, np.bool_))


def learned(lines: Lines, *stops: int, listings: Listings = SHIPPED) -> Parties:
    """Parties after the last stop, with the history saved and loaded at each."""
    history = History((), LEARNERS)
    for stop in stops:
        close_days(history, lines, NOTHING, stop, listings)
        history = history_of(dict(named_arrays(history)), stop, (), LEARNERS)
    parties = history.learners["parties"]
    assert isinstance(parties, Parties)
    return parties


def test_they_are_the_same_from_any_checkpoint() -> None:
    lines = Lines.of(WORLD.entries)
    first, last = int(lines.days["entry_date"].min()), int(lines.days["entry_date"].max()) + 60
    whole, parted = learned(lines, last), learned(lines, first + 3, first + 200, first + 201, last)
    for name, array in whole.arrays().items():
        np.testing.assert_array_equal(array, parted.arrays()[name], err_msg=name)
    assert len(whole) > 100


def lines_of(*days: tuple[dict[str, str], int]) -> Lines:
    return Lines.of(pa.concat_tables([table(maker, day=day) for maker, day in days]))


def test_another_spelling_sees_the_party_of_the_first() -> None:
    lines = lines_of((QIAOLONG, 0), (QIAOLONG_SPELT_OTHERWISE, 1), (HOMONYM, 2))
    first = int(lines.days["entry_date"][0])
    parties = learned(lines, first)
    mine, other, homonym = parties.resolve(lines).party.tolist()
    assert mine == other != 0
    assert homonym != mine


@pytest.mark.parametrize(("days", "together"), [(3, False), (4, True)])
def test_a_decision_is_met_on_its_day(days: int, together: bool) -> None:
    lines = lines_of((QIAOLONG, 0), (HOMONYM, 1))
    one, other = (f"{key:016x}" for key in resolve(Parties(), lines, 99_999).learned.tolist())
    joined = Decided(on=date(2022, 3, 5), verb="join", party=one, other=other, reason="one owner")
    assert (joined.on - START).days == 4
    listings = Listings.known(LISTED.schema.empty_table(), [joined])
    parties = learned(lines, int(lines.days["entry_date"][0]) + days, listings=listings)
    assert (len(set(parties.resolve(lines).party.tolist())) == 1) == together
