"""Readings of one formula, worked out together, are what each is on its own and what its formula says."""

import numpy as np

from originrisk.features.catalogue import CATALOGUE, compute
from originrisk.features.catalogue.feature import CountReading, count, highest_rate, rate, ratio, share, since
from originrisk.features.history.replay import Outcomes, replay
from originrisk.features.history.state import History
from originrisk.features.history.view import WEIGHT, PointInTimeView, see
from originrisk.features.lines import Floats, Lines
from tests.features.factory import SHIPPED, entries, outcomes

ENTRIES = entries()


def seen(rows: slice) -> tuple[Lines, PointInTimeView]:
    """Some of the later lines, and what was known before the last third of the world."""
    history, lines = History(), Lines.of(ENTRIES)
    day = int(lines.days["entry_date"][200])
    list(replay(history, lines, Outcomes.of(lines, outcomes(ENTRIES)), day, SHIPPED))
    part = lines.take(rows)
    return part, see(history, part, SHIPPED)


def test_the_catalogue_is_each_feature_on_its_own() -> None:
    lines, known = seen(slice(201, 300))
    together = compute(lines, known)
    for place, feature in enumerate(CATALOGUE):
        assert np.array_equal(together[:, place], feature.compute(lines, known), equal_nan=True), feature.name
    assert sum(isinstance(feature.column, CountReading) for feature in CATALOGUE) > 30


def test_no_line_sees_another_in_what_is_worked_out_together() -> None:
    whole = compute(*seen(slice(201, 221)))
    for row in range(20):
        alone = compute(*seen(slice(201 + row, 202 + row)))
        assert np.array_equal(whole[row], alone[0], equal_nan=True)


def by_hand(name: str, known: PointInTimeView, lines: Lines) -> list[float]:
    """A count of each line, one by one."""
    return [known.take(np.array([row])).count(name)[0] for row in range(lines.size)]


def test_formulas_are_what_they_say() -> None:
    lines, known = seen(slice(201, 260))
    lately, ever, first = (
        np.array(by_hand(f"supplier.{name}", known, lines)) for name in ("lines.365", "lines.ever", "first")
    )
    assert (ever > 0).any()
    assert (ever == 0).any()
    read: dict[str, tuple[CountReading, Floats]] = {
        "count": (count("supplier.lines.365"), lately),
        "since": (since("supplier.first"), np.where(first > 0, known.today - first, np.nan)),
        "ratio": (ratio("supplier.lines.365", "supplier.lines.ever"), lately / np.where(ever, ever, np.nan)),
    }
    for name, (reading, expected) in read.items():
        assert np.array_equal(reading(lines, known), expected, equal_nan=True), name


def test_a_rate_is_shrunk_to_the_key_before_it() -> None:
    lines, known = seen(slice(201, 260))
    keys = ("everything", "hts4", "hts4*origin")
    found, examined = ({key: known.count(f"{key}.{measure}.ever") for key in keys} for measure in ("found", "examined"))
    parent = found["everything"] / examined["everything"]
    for key in keys[1:]:
        parent = (found[key] + WEIGHT * parent) / (examined[key] + WEIGHT)
    assert np.array_equal(rate("hts4", "hts4*origin")(lines, known), parent)
    assert len(set(parent.tolist())) > 3


def test_of_several_keys_the_highest_counts() -> None:
    lines, view = seen(slice(201, 260))
    keys = ("supplier", "seller", "importer")
    rates = [rate(key)(lines, view) for key in keys]
    assert np.array_equal(highest_rate(*keys)(lines, view), np.max(rates, axis=0))
    shares = [share("china", key)(lines, view) for key in keys]
    assert np.array_equal(share("china", *keys)(lines, view), np.fmax.reduce(shares), equal_nan=True)
    latest = [since(f"{key}.first")(lines, view) for key in keys]
    assert np.array_equal(since(*(f"{key}.first" for key in keys))(lines, view), np.fmin.reduce(latest), equal_nan=True)
