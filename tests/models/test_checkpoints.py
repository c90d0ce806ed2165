"""Checkpoints are used as long as the tables bear them out, and change nothing but the time a night takes."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from originrisk.data.errors import ModelRefusedError
from originrisk.data.store import journal
from originrisk.data.store.tables import Store
from originrisk.features.history.arrays import named_arrays
from originrisk.features.history.keys import key_of
from originrisk.features.history.state import LEARNERS, History
from originrisk.features.history.tallies import TALLIES
from originrisk.features.lines import Lines
from originrisk.models import snapshot
from originrisk.models.checkpoints import EPOCH, Checkpoints
from tests.features.factory import START, change, entries, listing_of, outcomes

TABLE = entries(300, days=200)
FIRST_NIGHT = START + timedelta(120)
NEXT_NIGHT = START + timedelta(135)


def checkpoints(home: Path, table: pa.Table = TABLE) -> Checkpoints:
    """A store that holds the world as far as it is entered by the first night."""
    store = Store(home)
    by_then = pa.array([day <= FIRST_NIGHT for day in table["entry_date"].to_pylist()])
    store.upsert("entries", table.filter(by_then).to_batches())
    store.upsert("outcomes", outcomes(table.filter(by_then)).to_batches())
    return Checkpoints(store, START)


def night(of: Checkpoints, day: date) -> History:
    """What a night does: resume, replay to the day, keep."""
    history = of.latest(day)
    list(of.replay(history, of.entries(history, day), day))
    return history


def assert_like_a_full_replay(of: Checkpoints, history: History, day: date) -> None:
    """The history is the one that a replay from the start gives."""
    full = History(pseudonym_key=of.store.pseudonym_key)
    entries = of.entries(full, day)
    list(Checkpoints(of.store, of.start).replay(full, entries, day))
    one, other = dict(named_arrays(history)), dict(named_arrays(full))
    assert all(np.array_equal(one[name], other[name]) for name in other)


def closed(of: Checkpoints) -> date:
    """Day of the checkpoint that the next night would start from."""
    day = of.latest(NEXT_NIGHT).day
    return date(1970, 1, 1) + timedelta(day or 0)


def line(day: date, received: date, **cells: object) -> pa.Table:
    """One more line."""
    table = change(TABLE.slice(0, 1), entry_number=["XX9999999"], entry_date=[day], received_on=[received])
    return change(table, **{name: [cell] for name, cell in cells.items()})


def test_the_next_night_starts_where_the_last_one_ended(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    of.store.upsert("entries", TABLE.to_batches())
    assert closed(of) == FIRST_NIGHT


def test_a_night_from_a_checkpoint_is_a_full_replay(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    of.store.upsert("entries", TABLE.to_batches())
    of.store.upsert("outcomes", outcomes(TABLE).to_batches())
    assert_like_a_full_replay(of, night(of, NEXT_NIGHT), NEXT_NIGHT)


def test_a_line_that_should_have_been_known_sends_the_night_back(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    of.store.upsert("entries", line(FIRST_NIGHT, FIRST_NIGHT).to_batches())
    assert closed(of) < FIRST_NIGHT
    assert_like_a_full_replay(of, night(of, NEXT_NIGHT), NEXT_NIGHT)


def test_a_line_that_comes_late_is_learned_late(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    of.store.upsert("entries", line(FIRST_NIGHT, NEXT_NIGHT).to_batches())
    assert closed(of) == FIRST_NIGHT
    assert_like_a_full_replay(of, night(of, NEXT_NIGHT), NEXT_NIGHT)


def test_a_corrected_line_sends_the_night_back_to_before_it(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    first = change(TABLE.slice(0, 1), entered_value_usd=[1.0])
    of.store.upsert("entries", first.to_batches())
    assert of.latest(NEXT_NIGHT).day is None
    assert_like_a_full_replay(of, night(of, NEXT_NIGHT), NEXT_NIGHT)


def test_an_outcome_told_late_sends_the_night_back(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    told = change(outcomes(TABLE.slice(0, 1), share=1.0), outcome_date=[FIRST_NIGHT], result=["xinjiang"])
    of.store.upsert("outcomes", told.to_batches())
    assert closed(of) < FIRST_NIGHT
    assert_like_a_full_replay(of, night(of, NEXT_NIGHT), NEXT_NIGHT)


def test_a_disposition_told_late_sends_the_night_back(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    known = of.store.outcomes()
    known = known.filter(pc.less(known["outcome_date"], pa.scalar(FIRST_NIGHT, pa.date32()))).slice(0, 1)
    of.store.upsert("outcomes", change(known, disposition=["denied"]).to_batches())
    assert closed(of) < FIRST_NIGHT


def test_an_outcome_of_an_old_line_finds_its_line(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    told = change(outcomes(TABLE.slice(0, 1), share=1.0), outcome_date=[NEXT_NIGHT], result=["xinjiang"])
    of.store.upsert("outcomes", told.to_batches())
    assert_like_a_full_replay(of, night(of, NEXT_NIGHT), NEXT_NIGHT)


def test_another_start_is_another_history(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    assert Checkpoints(of.store, START + timedelta(1)).latest(NEXT_NIGHT).day is None


def test_the_latest_of_three_months_is_kept(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    night(of, FIRST_NIGHT + timedelta(1))
    ends = {date(2019, 4, 30), date(2019, 5, 31), FIRST_NIGHT + timedelta(1)}
    assert of.days() == ends


def test_a_list_that_only_changed_for_days_to_come_is_borne_out(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    of.store.upsert("entries", TABLE.to_batches())
    maker = TABLE["manufacturer_name"][0].as_py()
    of.store.upsert("listed", listing_of(maker, FIRST_NIGHT).to_batches())
    assert closed(of) == FIRST_NIGHT
    assert_like_a_full_replay(of, night(of, NEXT_NIGHT), NEXT_NIGHT)


def test_a_list_that_changed_the_past_is_learned_anew(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    before = dict(named_arrays(night(of, FIRST_NIGHT)))
    maker = TABLE["manufacturer_name"][0].as_py()
    of.store.upsert("listed", listing_of(maker, START).to_batches())
    assert closed(of) < FIRST_NIGHT
    after = night(of, FIRST_NIGHT)
    assert_like_a_full_replay(of, after, FIRST_NIGHT)
    assert any(not np.array_equal(array, before[name]) for name, array in dict(named_arrays(after)).items())


def decide(of: Checkpoints, on: date) -> None:
    """One record is told to be a party of its own."""
    one = journal.Decided(
        on=on, verb="split", party="0" * 15 + "1", other="0" * 15 + "2", record=("A",) * 6, reason="-"
    )
    journal.append_decision(of.store.home, one)


def test_a_decision_on_parties_counts_from_its_day_on(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    decide(of, FIRST_NIGHT + timedelta(1))
    assert closed(of) == FIRST_NIGHT
    assert_like_a_full_replay(of, night(of, NEXT_NIGHT), NEXT_NIGHT)


def test_a_decision_for_a_day_that_was_closed_takes_an_older_checkpoint(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    decide(of, FIRST_NIGHT)
    assert closed(of) < FIRST_NIGHT


def test_one_learner_is_as_the_whole_history_has_it(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    of.store.upsert("entries", TABLE.to_batches())
    alone = of.learner("graph", NEXT_NIGHT).arrays()
    whole = night(of, NEXT_NIGHT).learners["graph"].arrays()
    assert all(np.array_equal(alone[name], whole[name]) for name in whole)


def test_days_are_closed_up_to_each_that_is_named(tmp_path: Path) -> None:
    of, days = checkpoints(tmp_path), [START + timedelta(50), FIRST_NIGHT]
    history = of.latest(FIRST_NIGHT)
    entries = of.entries(history, FIRST_NIGHT)
    assert [EPOCH + timedelta(history.day or 0) for _ in of.close(history, entries, days)] == days
    assert_like_a_full_replay(of, history, FIRST_NIGHT)


def test_a_history_brought_to_a_day_is_kept_as_a_replay_would(tmp_path: Path) -> None:
    of, other = checkpoints(tmp_path / "one"), checkpoints(tmp_path / "other")
    night(other, FIRST_NIGHT)
    assert of.bring_to(FIRST_NIGHT) > 0
    assert of.days() == other.days()
    assert closed(of) == FIRST_NIGHT
    assert of.bring_to(FIRST_NIGHT) == 0


def test_a_history_just_kept_stays_beside_a_later_one_of_its_month(tmp_path: Path) -> None:
    of, before = checkpoints(tmp_path), FIRST_NIGHT - timedelta(1)
    night(of, FIRST_NIGHT)
    of.bring_to(before)
    assert {before, FIRST_NIGHT} <= of.days()
    assert_like_a_full_replay(of, of.latest(FIRST_NIGHT), before)


def test_importers_lie_in_a_history_under_the_homes_own_secret(tmp_path: Path) -> None:
    """The column may hold social security numbers: nine digits are tried in minutes where no secret is in the key."""

    def keys(home: Path) -> set[int]:
        of = checkpoints(home)
        arrays = dict(named_arrays(night(of, FIRST_NIGHT)))
        assert {name: kept.tobytes() for name, kept in arrays.items()} == {
            name: kept.tobytes() for name, kept in dict(named_arrays(of.latest(NEXT_NIGHT))).items()
        }
        kept = [array for name, array in arrays.items() if name.endswith((".keys", ".key", ".flow"))]
        return set(np.concatenate(kept).tolist())

    one, other = keys(tmp_path / "one"), keys(tmp_path / "other")
    bare = set(key_of(Lines.of(TABLE), "importer").tolist())
    for home, kept in (("one", one), ("other", other)):
        own = key_of(Lines.of(TABLE).under(Store(tmp_path / home).pseudonym_key), "importer")
        assert kept & set(own.tolist()), "importers are counted"
        assert not kept & bare, "a number that anybody can hash"
    assert one & other, "firms keep their keys"
    assert (tmp_path / "one" / "pseudonym.key").stat().st_mode & 0o077 == 0


def test_without_its_secret_a_history_is_learned_anew(tmp_path: Path) -> None:
    of = checkpoints(tmp_path)
    night(of, FIRST_NIGHT)
    (tmp_path / "pseudonym.key").unlink()
    again = Checkpoints(Store(tmp_path), START)
    assert again.latest_day(NEXT_NIGHT) is None
    with pytest.raises(ModelRefusedError, match=r"pseudonym\.key"):
        snapshot.load(of.folder(FIRST_NIGHT), again.store.pseudonym_key)
    assert_like_a_full_replay(again, night(again, FIRST_NIGHT), FIRST_NIGHT)


@pytest.mark.parametrize("name", [None, *LEARNERS])
def test_tallies_and_learners_can_learn_apart(tmp_path: Path, name: str | None) -> None:
    of, whole, half = checkpoints(tmp_path), History(), History()
    entries = of.entries(half, FIRST_NIGHT)
    list(of.close(whole, entries, [FIRST_NIGHT]))
    list(of.close(half, entries, [START + timedelta(50)]))
    snapshot.save(half, tmp_path / "half", {})
    learners = {} if name is None else {name: LEARNERS[name]}
    share = snapshot.load(tmp_path / "half", tallies=() if name else TALLIES, learners=learners)
    list(of.close(share, entries, [FIRST_NIGHT]))
    found, expected = dict(named_arrays(share)), dict(named_arrays(whole))
    own = [one for one in found if name is None or one.startswith(f"{name}.")]
    assert own
    assert all(np.array_equal(found[one], expected[one]) for one in own)
