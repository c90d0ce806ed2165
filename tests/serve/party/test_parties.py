"""Parties see and learn day by day: spellings join, look-alikes stay apart, nothing known is renamed."""

from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from originrisk.data.store.journal import Decided
from originrisk.serve.party.learner import SAME, Parties
from originrisk.serve.party.record import Record, Records
from tests.serve.party.makers import HOMONYM, QIAOLONG, QIAOLONG_SPELT_OTHERWISE, SHELL, VAGUE, lines


def known(*makers: dict[str, str]) -> Parties:
    """Parties that learned these makers, one a day."""
    parties = Parties()
    for maker in makers:
        parties.learn(0, lines(maker))
    return parties


def party_of(parties: Parties, maker: dict[str, str]) -> int:
    return int(parties.resolve(lines(maker)).party[0])


def possibly(parties: Parties, maker: dict[str, str]) -> int:
    return int(parties.resolve(lines(maker)).possibly[0])


def test_a_maker_is_new_until_a_day_with_it_closed() -> None:
    parties = Parties()
    assert party_of(parties, QIAOLONG) == 0
    parties.learn(0, lines(QIAOLONG))
    assert party_of(parties, QIAOLONG) != 0


def test_a_founder_gives_the_party_its_key() -> None:
    assert party_of(known(QIAOLONG), QIAOLONG) == int(Records.of(lines(QIAOLONG)).keys[0])


def test_another_spelling_is_seen_as_the_known_party_and_joins_it() -> None:
    parties = known(QIAOLONG)
    before = party_of(parties, QIAOLONG_SPELT_OTHERWISE)
    parties.learn(0, lines(QIAOLONG_SPELT_OTHERWISE))
    assert before == party_of(parties, QIAOLONG_SPELT_OTHERWISE) == party_of(parties, QIAOLONG)


@pytest.mark.parametrize("other", [HOMONYM, SHELL])
def test_look_alikes_stay_apart(other: dict[str, str]) -> None:
    parties = known(QIAOLONG, other)
    assert party_of(parties, other) not in (0, party_of(parties, QIAOLONG))


def test_what_fits_two_parties_joins_neither_and_is_possibly_one() -> None:
    parties = known(QIAOLONG, HOMONYM)
    assert party_of(parties, VAGUE) == 0
    assert possibly(parties, VAGUE) in (party_of(parties, QIAOLONG), party_of(parties, HOMONYM))


def test_what_fits_two_parties_that_are_possibly_one_joins_the_likeliest() -> None:
    unsure, between = VAGUE | {"name": "QIAOLONG"}, VAGUE
    parties = known(QIAOLONG, unsure)
    first, second = party_of(parties, QIAOLONG), party_of(parties, unsure)
    assert possibly(parties, unsure) == first != second
    likely = parties.likely(Records.of(lines(between)).at(0))
    assert max(one.probability for one in likely) < SAME
    assert party_of(parties, between) == likely[0].party


def test_seeing_changes_nothing() -> None:
    parties = known(QIAOLONG)
    before = {name: array.copy() for name, array in parties.arrays().items()}
    parties.resolve(lines(SHELL, HOMONYM, VAGUE))
    after = parties.arrays()
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_the_order_of_lines_in_a_day_does_not_matter() -> None:
    makers = (QIAOLONG, QIAOLONG_SPELT_OTHERWISE, HOMONYM, SHELL)
    found = set()
    for order in permutations(makers):
        parties = Parties()
        parties.learn(0, lines(*order))
        found.add(tuple(party_of(parties, maker) for maker in makers))
    assert len(found) == 1


def test_later_days_rename_nobody() -> None:
    makers = (VAGUE, QIAOLONG, HOMONYM, QIAOLONG_SPELT_OTHERWISE, SHELL)
    parties, first = Parties(), {}
    for at, maker in enumerate(makers):
        parties.learn(0, lines(maker))
        first[at] = party_of(parties, maker)
    assert first == {at: party_of(parties, maker) for at, maker in enumerate(makers)}


def test_a_line_is_seen_the_same_alone_and_among_others() -> None:
    parties = known(QIAOLONG, HOMONYM)
    makers = (VAGUE, QIAOLONG_SPELT_OTHERWISE, SHELL, QIAOLONG)
    assert parties.resolve(lines(*makers)).party.tolist() == [party_of(parties, maker) for maker in makers]


def test_saved_and_mapped_parties_see_and_learn_alike(tmp_path: Path) -> None:
    parties = known(QIAOLONG, HOMONYM)
    for name, array in parties.arrays().items():
        np.save(tmp_path / name, array, allow_pickle=False)
    mapped = Parties()
    mapped.hold({f.stem: np.load(f, mmap_mode="r") for f in tmp_path.glob("*.npy")})
    for maker in (QIAOLONG_SPELT_OTHERWISE, VAGUE, SHELL):
        assert party_of(mapped, maker) == party_of(parties, maker)
        assert possibly(mapped, maker) == possibly(parties, maker)
    for of in (mapped, parties):
        of.learn(0, lines(SHELL, QIAOLONG_SPELT_OTHERWISE))
    assert party_of(mapped, SHELL) == party_of(parties, SHELL) != 0


def test_a_merge_is_explained_by_its_evidence() -> None:
    parties = known(QIAOLONG)
    record = Records.of(lines(QIAOLONG_SPELT_OTHERWISE)).at(0)
    likely = parties.likely(record)[0]
    assert likely.probability >= SAME
    parts = {part.kind: part.bits for part in likely.evidence.parts}
    assert parts["name parted"] > 5
    assert parts["house number"] > 5
    assert parts["city"] > 3


def test_probabilities_of_parties_leave_room_for_a_new_one() -> None:
    parties = known(QIAOLONG, HOMONYM)
    likely = parties.likely(Records.of(lines(VAGUE)).at(0))
    assert len(likely) == 2
    assert sum(one.probability for one in likely) < 1


def decision(verb: Literal["join", "split"], party: int, other: int, record: Record | None = None) -> Decided:
    keys = {"party": f"{party:016x}", "other": f"{other:016x}"}
    return Decided(on=date(2022, 1, 1), verb=verb, record=record, reason="one owner", **keys)


def test_a_join_makes_two_parties_one_from_then_on() -> None:
    parties = known(QIAOLONG, HOMONYM)
    one, other = party_of(parties, QIAOLONG), party_of(parties, HOMONYM)
    parties.decide(decision("join", one, other))
    assert party_of(parties, HOMONYM) == one
    assert party_of(parties, VAGUE) == one


def test_a_split_record_founds_its_own_party_and_leaves_the_rest() -> None:
    parties = known(QIAOLONG, QIAOLONG_SPELT_OTHERWISE)
    records = Records.of(lines(QIAOLONG_SPELT_OTHERWISE))
    one, key = party_of(parties, QIAOLONG), int(records.keys[0])
    parties.decide(decision("split", one, key, records.at(0)))
    assert party_of(parties, QIAOLONG_SPELT_OTHERWISE) == key != one == party_of(parties, QIAOLONG)


def test_a_record_within_another_can_be_split_too() -> None:
    without_mid = {name: text for name, text in QIAOLONG.items() if name != "id"}
    parties = known(QIAOLONG, without_mid)
    records = Records.of(lines(without_mid))
    key = int(records.keys[0])
    parties.decide(decision("split", party_of(parties, QIAOLONG), key, records.at(0)))
    assert party_of(parties, without_mid) == key
