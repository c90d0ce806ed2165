"""One canonical form: full replay, replay from any checkpoint and day by day give the same arrays, bit for bit."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from originrisk.features.history.arrays import history_of, named_arrays
from originrisk.features.history.learner import Arrays
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.features.history.view import see
from originrisk.features.lines import Lines
from tests.features.factory import SHIPPED, entries, outcomes
from tests.features.worlds import QUICK, worlds

Saw = dict[int, bytes]


def replayed(table: pa.Table, results: pa.Table, stops: list[int], shards: int = 1) -> tuple[Arrays, Saw]:
    """Final arrays, and what each line saw, of a replay that is saved and loaded after each of these days."""
    lines = Lines.of(table)
    known, saw = Outcomes.of(lines, results), {}
    last = int(lines.days["entry_date"].max())
    history = History(shards=shards)
    for stop in [*(stop for stop in sorted(stops) if stop < last), last]:
        for seen in replay(history, lines, known, stop, SHIPPED):
            saw.update({int(row): state.tobytes() for row, state in zip(seen.rows, seen.view.state().T, strict=True)})
        history = history_of(dict(named_arrays(history)), stop)
    return dict(named_arrays(history)), saw


def assert_same(first: tuple[Arrays, Saw], second: tuple[Arrays, Saw]) -> None:
    """The same arrays, of the same types, and the same seen by every line."""
    assert first[0].keys() == second[0].keys()
    for name, array in first[0].items():
        other = second[0][name]
        assert (array.dtype, array.shape) == (other.dtype, other.shape), name
        np.testing.assert_array_equal(array, other, err_msg=name)
    assert first[1] == second[1]


@QUICK
@given(worlds(), st.lists(st.integers(0, 3000), max_size=3))
def test_replay_from_any_checkpoint_is_the_full_replay(world: tuple[pa.Table, pa.Table], after: list[int]) -> None:
    start = int(Lines.of(world[0]).days["entry_date"].min())
    assert_same(replayed(*world, []), replayed(*world, [start + days for days in after]))


def test_day_by_day_is_the_full_replay() -> None:
    table = entries(120, days=400)
    days = [int(day) for day in np.unique(Lines.of(table).days["entry_date"])]
    every_day = list(range(days[0], days[-1]))
    assert_same(replayed(table, outcomes(table), []), replayed(table, outcomes(table), every_day))


@pytest.mark.parametrize("shards", [4, 16])
def test_keys_split_over_shards_are_seen_the_same(shards: int) -> None:
    table = entries(300, days=500)
    assert max(table["importer_number"].value_counts().field("counts").to_pylist()) > len(table) / 5  # a heavy key
    results, first = outcomes(table), int(Lines.of(table).days["entry_date"].min())
    whole, saw = replayed(table, results, [])
    split, same = replayed(table, results, [], shards)
    assert same == saw
    assert_same((split, same), replayed(table, results, [*range(first, first + 500, 7)], shards))
    places = [f"{shard}-of-{shards}." for shard in range(shards)]
    assert {name.split("-of-")[0] for name in split if "-of-" in name} == {*map(str, range(shards))}
    for number, _ in enumerate(History().groups):  # each key in one shard, with the counts that it has in the whole
        keys = np.concatenate([split[f"{place}{number}.keys"] for place in places])
        assert sorted(keys[keys != 0]) == sorted(whole[f"{number}.keys"][whole[f"{number}.keys"] != 0])
        told = [split[f"{place}{number}.state"].sum() for place in places]
        assert sum(told) == whole[f"{number}.state"].sum()
        assert number or np.count_nonzero(told) > 3


@QUICK
@given(worlds(), st.lists(st.integers(0, 3000), max_size=3))
def test_shards_of_any_world_see_what_the_whole_sees(world: tuple[pa.Table, pa.Table], after: list[int]) -> None:
    start = int(Lines.of(world[0]).days["entry_date"].min())
    assert replayed(*world, [start + days for days in after], 3)[1] == replayed(*world, [])[1]


def test_what_shards_hold_alone_is_together_what_the_whole_holds() -> None:
    table = entries(120)
    lines = Lines.of(table)
    history = History(shards=4)
    list(replay(history, lines, Outcomes.of(lines, outcomes(table)), int(lines.days["entry_date"].max()), SHIPPED))
    saved = dict(named_arrays(history))
    alone = []
    for shard in range(4):
        arrays = {name: array for name, array in saved.items() if "-of-" not in name or name.startswith(f"{shard}-of")}
        alone.append(see(history_of(arrays, 0), lines, SHIPPED).state())
    assert all(state.any() for state in alone)
    np.testing.assert_array_equal(sum(alone), see(history, lines, SHIPPED).state())


def test_a_key_that_was_only_looked_up_is_not_kept() -> None:
    table = entries(50)
    lines = Lines.of(table)
    nothing = Outcomes.of(lines, outcomes(table, share=0))
    history, other = History(), History()
    other.admit(lines)
    for each in (history, other):
        list(replay(each, lines, nothing, int(lines.days["entry_date"][20]), SHIPPED))
    assert_same((dict(named_arrays(history)), {}), (dict(named_arrays(other)), {}))


def test_a_history_from_arrays_knows_the_same() -> None:
    table = entries(80)
    lines = Lines.of(table)
    history = History()
    list(replay(history, lines, Outcomes.of(lines, outcomes(table)), int(lines.days["entry_date"].max()), SHIPPED))
    copy = history_of(dict(named_arrays(history)), 0)
    np.testing.assert_array_equal(see(history, lines, SHIPPED).state(), see(copy, lines, SHIPPED).state())
