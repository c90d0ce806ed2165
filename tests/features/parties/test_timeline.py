"""Over a period each line is seen as of its day of entry and learned on the day it was received."""

import pyarrow as pa

from features.lines import Lines
from features.parties.decisions import Decision
from features.parties.parties import Parties
from features.parties.timeline import LineParties, resolve
from tests.features.parties.makers import HOMONYM, QIAOLONG, QIAOLONG_SPELT_OTHERWISE, START, table

LAST = START.toordinal() - 719163 + 400


def resolved(*tables: pa.Table) -> LineParties:
    return resolve(Parties(), Lines.of(pa.concat_tables(tables)), LAST)


def test_lines_of_one_day_do_not_see_each_other() -> None:
    found = resolved(table(QIAOLONG, QIAOLONG))
    assert found.party.tolist() == [0, 0]
    assert found.learned[0] == found.learned[1] != 0


def test_the_next_day_sees_the_party() -> None:
    found = resolved(table(QIAOLONG), table(QIAOLONG_SPELT_OTHERWISE, day=1))
    assert found.party.tolist() == [0, int(found.learned[0])]


def test_a_line_received_late_is_learned_late() -> None:
    found = resolved(table(QIAOLONG, day=0, received=5), table(QIAOLONG, day=5), table(QIAOLONG, day=6))
    assert found.party.tolist() == [0, 0, int(found.learned[0])]


def test_what_is_received_after_the_period_is_not_learned() -> None:
    found = resolved(table(QIAOLONG, day=0, received=401))
    assert found.learned.tolist() == [0]


def test_a_period_resolved_in_two_parts_is_the_same() -> None:
    first, second = table(QIAOLONG), table(QIAOLONG_SPELT_OTHERWISE, day=3)
    parties = Parties()
    resolve(parties, Lines.of(first), LAST - 399)
    later = resolve(parties, Lines.of(second), LAST)
    assert later.party.tolist() == resolved(first, second).party[1:].tolist()


def test_a_decision_is_met_on_its_day() -> None:
    days = pa.concat_tables(
        [table(QIAOLONG), table(HOMONYM, day=1), *(table(HOMONYM, day=day) for day in (3, 4))]
    )
    lines = Lines.of(days)
    one, other = (int(key) for key in resolve(Parties(), lines, LAST).learned[:2])
    joined = Decision(LAST - 400 + 3, "join", one, other)
    assert resolve(Parties(), lines, LAST, [joined]).party.tolist() == [0, 0, other, one]


def test_a_period_without_lines_learns_nothing() -> None:
    assert resolved(table(QIAOLONG).slice(0, 0)).party.tolist() == []
