"""Charts of a line: everything stands inside its frame and says what was given."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from originrisk.serve.queue.charts import line
from originrisk.serve.queue.db.comments import LogEntry
from originrisk.serve.queue.evidence.declaration import Stop
from originrisk.serve.queue.evidence.past import LegalDay, MonthCounts, PartyPast
from originrisk.serve.queue.evidence.price import Points, Price

DAY = date(2021, 2, 9)
NOBODY = PartyPast(0, None, None, [], [], [], [], [])


@pytest.mark.parametrize("value", [0.0004, 0.03, 0.5, 12.0, 340.0, 1_200_000.0])
def test_ticks_of_prices_are_told_apart_and_never_nothing(value: float) -> None:
    points = Points([DAY - timedelta(3)] * 20, np.linspace(value, 3 * value, 20))
    words = [said for _, said in line.plot(Price("per unit", DAY, 2 * value, "", points, points, None)).ticks]
    assert len(words) >= 2
    assert len(set(words)) == len(words)
    assert not {"$0", "$0.00", "$0.0"} & set(words)


def test_a_sample_of_points_says_of_how_many() -> None:
    many = Points([DAY - timedelta(one % 365) for one in range(1000)], np.full(1000, 2.0))
    drawn = line.plot(Price("per unit", DAY, 2.0, "", many, Points([], np.empty(0)), None))
    assert (len(drawn.peers), drawn.all) == (250, 1000)


def test_the_timeline_holds_parties_law_the_line_and_what_was_done() -> None:
    months = [MonthCounts(date(2020, 11, 1), 4, 1, 1), MonthCounts(date(2020, 12, 1), 0, 0, 0)]
    legal = [LegalDay(date(2021, 1, 13), "an order")]
    maker = PartyPast(4, date(2020, 11, 5), date(2020, 11, 9), months, [], [], [], legal)
    log = [LogEntry(datetime(2021, 2, 11, tzinfo=UTC), "ann", "comment", "papers came")]
    marks = line.timeline(DAY, {"Maker": maker, "Importer": NOBODY}, log).marks
    assert [(one.kind, one.lane) for one in marks] == [("found", 0), ("bar", 0), ("law", 2), ("entry", 3), ("done", 3)]
    assert all(0 <= one.share <= 1 for one in marks)
    assert marks[-1].share == 1
    assert line.timeline(DAY, {"Maker": NOBODY, "Importer": NOBODY}, []).marks[0].kind == "entry"


def test_the_route_crosses_the_pacific_and_says_what_has_no_place() -> None:
    stops = [Stop("declared origin", "CN China", "CN"), Stop("maker's city", "NANTONG", "CN"),
             Stop("loaded at", "somewhere", None), Stop("entered at", "2704 Los Angeles", "US")]  # fmt: skip
    drawn = line.route_map(stops)
    assert [number for _, _, number, _ in drawn.stops] == [1, 2]
    assert drawn.stops[0][3] == "declared origin: CN China; maker's city: NANTONG"
    assert len(drawn.legs) == 2  # out at one edge, in at the other
    assert drawn.unplaced == ["loaded at: somewhere"]
    assert all(0 < x < drawn.width and 0 < y < drawn.height for x, y, _, _ in drawn.stops)
