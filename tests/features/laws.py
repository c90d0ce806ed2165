"""The laws that every feature obeys, as functions over a catalogue, so that planted bugs can be held against them."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.features.catalogue.feature import Feature
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.features.history.view import see
from originrisk.features.lines import Floats, Lines
from originrisk.features.lists import Listings
from tests.features.factory import SHIPPED, START, change, listing_of

Match = Callable[[Lines, pa.Table], Outcomes]
KEY = ["entry_number", "line_number"]


def features_of(
    catalogue: Sequence[Feature],
    entries: pa.Table,
    outcomes: pa.Table,
    match: Match = Outcomes.of,
    listed: pa.Table | None = None,
) -> dict[tuple[str, int], Floats]:
    """Features of every line by its key, as a replay from the start sees them."""
    lines, listings = Lines.of(entries), SHIPPED if listed is None else Listings.known(listed)
    keys = list(zip(*(entries[name].to_pylist() for name in KEY), strict=True))
    found = {}
    until = int(lines.days["entry_date"].max())
    for seen in replay(History(), lines, match(lines, outcomes), until, listings):
        columns = [feature.compute(seen.lines, seen.view) for feature in catalogue]
        found.update({keys[row]: np.array(values) for row, *values in zip(seen.rows, *columns, strict=True)})
    return found


def assert_same(first: dict[tuple[str, int], Floats], second: dict[tuple[str, int], Floats], names: list[str]) -> None:
    """Every line of `second` has the same features in `first`."""
    for key, values in second.items():
        differing = [
            n for n, a, b in zip(names, first[key], values, strict=True) if not np.array_equal(a, b, equal_nan=True)
        ]
        assert not differing, f"line {key}: {differing}"


def later_changes_nothing(
    catalogue: Sequence[Feature], entries: pa.Table, outcomes: pa.Table, match: Match = Outcomes.of
) -> None:
    """Law 1: cut the world at a day; the features of its lines stay the same."""
    day = START + timedelta(days=250)
    kept = entries.filter(pc.less_equal(entries["entry_date"], day))
    known = outcomes.filter(pc.less(outcomes["outcome_date"], day))
    names = [feature.name for feature in catalogue]
    assert_same(features_of(catalogue, entries, outcomes, match), features_of(catalogue, kept, known, match), names)


def order_changes_nothing(catalogue: Sequence[Feature], entries: pa.Table, outcomes: pa.Table) -> None:
    """Law 2, first half: lines in any order have the same features."""
    shuffled = entries.take(np.random.default_rng(1).permutation(entries.num_rows))
    names = [feature.name for feature in catalogue]
    assert_same(features_of(catalogue, entries, outcomes), features_of(catalogue, shuffled, outcomes), names)


def company_changes_nothing(catalogue: Sequence[Feature], entries: pa.Table, outcomes: pa.Table) -> None:
    """Law 2, second half: a line has the same features alone and in a batch."""
    history, lines = History(), Lines.of(entries)
    half = int(np.median(lines.days["entry_date"]))
    list(replay(history, lines, Outcomes.of(lines, outcomes), half, SHIPPED))
    batch = lines.take(np.flatnonzero(lines.days["entry_date"] > half)[:20])
    together = [feature.compute(batch, see(history, batch, SHIPPED)) for feature in catalogue]
    for row in range(batch.size):
        alone = Lines.of(entries).take(np.flatnonzero(lines.days["entry_date"] > half)[row : row + 1])
        for feature, column in zip(catalogue, together, strict=True):
            value = feature.compute(alone, see(history, alone, SHIPPED))[0]
            assert np.array_equal(value, column[row], equal_nan=True), feature.name


def shift_changes_nothing(catalogue: Sequence[Feature], entries: pa.Table, outcomes: pa.Table) -> None:
    """Law 3: the whole world at another time has the same features, save those that name a legal date."""
    undated = [feature for feature in catalogue if not feature.dated]
    entries_later = _shift(entries, ["entry_date", "received_on", "export_date"])
    outcomes_later = _shift(outcomes, ["selected_date", "outcome_date"])
    first, second = (features_of(undated, entries, outcomes), features_of(undated, entries_later, outcomes_later))
    assert_same(first, second, [feature.name for feature in undated])


def names_change_nothing(catalogue: Sequence[Feature], entries: pa.Table, outcomes: pa.Table) -> None:
    """Law 6: the same world, and its lists, under other names has the same features."""
    parties = ["manufacturer_name", "seller_name", "consolidator_name", "manufacturer_address", "manufacturer_city"]
    renamed = {column: [_renamed(cell) for cell in entries[column].to_pylist()] for column in parties}
    mids = [cell and cell[:2] + _renamed(cell[2:]) for cell in entries["manufacturer_id"].to_pylist()]
    other = change(entries, **renamed, manufacturer_id=mids)
    names = [feature.name for feature in catalogue]
    listing = listing_of(entries["manufacturer_name"][0].as_py())
    other_listing = change(listing, name=[_renamed(cell) for cell in listing["name"].to_pylist()])
    assert_same(
        features_of(catalogue, entries, outcomes, listed=listing),
        features_of(catalogue, other, outcomes, listed=other_listing),
        names,
    )


def day_before_is_seen_the_day_is_not(
    rates: Sequence[Feature], entries: pa.Table, outcomes: pa.Table, match: Match = Outcomes.of
) -> None:
    """Law 4: an outcome known on the day of a line is not seen by it; one known the day before is."""
    day = entries["entry_date"][-1].as_py()
    one = outcomes.slice(0, 1)
    without = features_of(rates, entries, outcomes.slice(0, 0), match)
    key = tuple(entries[name][-1].as_py() for name in KEY)
    for known_on, seen in ((day, False), (day - timedelta(days=1), True)):
        dated = change(one, outcome_date=[known_on], result=["xinjiang"])
        changed = not np.array_equal(features_of(rates, entries, dated, match)[key], without[key], equal_nan=True)
        assert changed == seen, f"outcome known on {known_on}, line of {day}"


def later_listings_change_nothing(
    catalogue: Sequence[Feature], entries: pa.Table, outcomes: pa.Table, listing: pa.Table
) -> None:
    """Law 5: a listing in force or known from a line's day on is not seen by it; one of the day before is.

    `listing` is one row of the contract's `listed`, of the parties of the last line, which is alone on its day.
    """
    day = entries["entry_date"][-1].as_py()
    key = tuple(entries[name][-1].as_py() for name in KEY)
    without = features_of(catalogue, entries, outcomes)
    early = day - timedelta(days=1)
    for in_force, known, seen in ((day, early, False), (early, day, False), (early, early, True)):
        dated = change(listing, effective_date=[in_force], known_from=[known])
        found = features_of(catalogue, entries, outcomes, listed=dated)
        differs = [line for line in found if not np.array_equal(found[line], without[line], equal_nan=True)]
        assert differs == ([key] if seen else []), f"in force {in_force}, known {known}, line of {day}"


def _shift(table: pa.Table, columns: list[str], days: int = 1000) -> pa.Table:
    moved = {name: [cell and cell + timedelta(days=days) for cell in table[name].to_pylist()] for name in columns}
    return change(table, **moved)


def _renamed(text: str | None) -> str | None:
    """Another text with the same letters and digits in common: each letter becomes the one 7 places on."""
    turned = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "HIJKLMNOPQRSTUVWXYZABCDEFG")
    return text and text.translate(turned)
