"""Shares and their intervals."""

import re
from collections import Counter
from datetime import timedelta

import pytest

from originrisk.data.store.tables import Store
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.db import findings, work
from originrisk.serve.queue.db.work import OfficerWork
from originrisk.serve.queue.evidence.store_reader import StoreReader
from originrisk.serve.queue.rendering import ENVIRONMENT
from originrisk.serve.queue.routes import supervision
from originrisk.serve.queue.routes.supervision import Share, hits
from tests.serve.online.served import DAY
from tests.serve.queue.office import Office, lines, stands, token, write


def test_the_interval_is_wilsons() -> None:
    # worked by hand: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), z = 1.959964
    assert Share("x", 3, 20).interval == pytest.approx((0.0523692, 0.3604188), abs=1e-6)
    assert Share("x", 0, 10).interval[0] == 0
    assert Share("x", 10, 10).interval[1] == 1


def test_few_cases_are_not_told() -> None:
    assert not Share("x", 9, 9).told
    assert Share("x", 0, 10).told


ANN = Visitor(1, "ann", "officer", "")


def reader(at: Office) -> StoreReader:
    store = Store(at.settings.home)
    return StoreReader(store, store.versions())


def test_load_counts_each_line_inside_capacity_once(at: Office) -> None:
    ann = at.at_work("ann")
    drawn, ordered = lines(at, "lot"), lines(at)
    write(ann, ordered[0], decision="examine")
    with at.context.unit_of_work() as unit:
        for key in (ordered[0], ordered[1]):
            of = findings.line(at.context.store, *key)
            work.assign(unit, ANN, of, "ann")
    with at.context.database.reading() as connection:
        done = OfficerWork.of(connection, DAY, ANN)
    every, *ports = supervision.of_ports(reader(at), DAY, done)
    (officer,) = supervision.of_officers(reader(at), DAY, done)
    assert (every.inside, every.lot) == (len(ordered) + len(drawn), len(drawn))
    assert (every.decided, every.taken, every.left) == (1, 1, every.inside - 2)
    assert sum(port.inside for port in ports) == every.inside
    assert (officer.name, officer.inside, officer.decided, officer.taken) == ("ann", 2, 1, 1)
    assert officer.taken == every.taken  # what one table calls taken, the other does too
    with at.context.database.reading() as connection:
        (today, *_) = supervision.ageing(connection, reader(at), DAY + timedelta(3))
    assert today == (DAY, every.inside, 1, 3)


def test_hits_are_counted_as_they_were_known(at: Office) -> None:
    today = DAY - timedelta(5)
    known = [
        row
        for row in Store(at.settings.home).outcomes().to_pylist()
        if row["outcome_date"] and row["outcome_date"] <= today
    ]
    first, last = supervision._period(reader(at), today, None, None)
    assert last == max(row["outcome_date"] for row in known)
    found = hits(reader(at), (first, last))
    assert found
    (random,) = found.groups["selection"]
    assert (random.name, random.whole) == ("random", len(known))
    assert random.part == sum(row["result"] == "xinjiang" for row in known)
    origins = Counter({one.name: one.part for one in found.groups["origin"]})
    assert origins.total() == random.part == origins["CN"]
    assert sum(one.whole for one in found.over_time["random"]) == random.whole
    assert sum(one.part for one in found.over_time["random"]) == random.part
    assert hits(reader(at), (first - timedelta(900), first - timedelta(800))) is None
    half = hits(reader(at), (last, last))
    assert half
    assert half.groups["selection"][0].whole == sum(row["outcome_date"] == last for row in known)


def test_agreement_counts_readings_and_corrections(at: Office) -> None:
    ann, bob = at.at_work("ann"), at.at_work("bob")
    for key, agrees in zip(lines(at), ("true", "false"), strict=False):
        write(ann, key, decision="refer", reason="shell company")
        found = stands(at, key)
        assert found
        form = {"csrf": token(bob.get("/readings").text), "agrees": agrees, "note": "as seen"}
        bob.post(f"/findings/{found.id}/reading", data=form)
    write(ann, lines(at)[0], decision="release", reason="it is theirs no more")
    write(ann, lines(at)[2], decision="examine")
    undone = {"csrf": token(ann.get("/queue").text), "line": "{}/{}/1".format(*lines(at)[2])}
    assert ann.post("/queue/undo", data=undone).status_code == 303
    with at.context.database.reading() as connection:
        every, own = supervision.agreement(connection, (DAY, DAY))
        corrected = supervision.corrected(connection, (DAY, DAY))
        assert supervision.agreement(connection, (DAY + timedelta(1), DAY + timedelta(9)))[0].whole == 0
    assert (every.part, every.whole) == (own.part, own.whole) == (1, 2)
    assert own.name == "ann"
    assert (corrected.part, corrected.whole) == (1, 3)


def test_the_page_shows_it_all_and_is_whole_without_anything(at: Office) -> None:
    page = at.at_work("eve", "supervisor").get(f"/supervision?day={DAY}")
    assert page.status_code == 200
    assert "all ports" in page.text
    assert re.search(r"random.*95 %|95 %.*random", page.text, re.DOTALL)
    assert "too few to say" in page.text
    assert "Places of the latest scored days" in page.text
    assert page.text.count('<rect class="peer"') == 1  # one scored day: its places, one bar
    empty = at.at_work("max", "supervisor").get("/supervision?day=2019-01-01")
    assert "No line is inside capacity" in empty.text


def test_the_file_holds_the_page_s_figures_and_is_in_the_audit(at: Office) -> None:
    eve = at.at_work("eve", "supervisor")
    file = eve.get("/supervision.csv?since=2020-01-01&until=2030-01-01")
    rows = [line.split(",") for line in file.text.lstrip("\ufeff").splitlines()]
    (random,) = [row for row in rows if row[:2] == ["selection", "random"]]
    page = eve.get("/supervision?since=2020-01-01&until=2030-01-01").text
    assert f'<td class="number">{int(random[3]):,}</td><td class="number">{int(random[2]):,}</td>' in page
    assert ("eve", "export made", "/supervision.csv") in at.audited()


def test_drift_is_drawn_night_by_night_and_calibration_step_by_step() -> None:
    charts = ENVIRONMENT.get_template("charts.html").module
    measure = {"name": "score_drift", "value": 0.1, "warn": 0.2}
    nights = [{"date": f"2021-11-0{day}", "drift": [measure]} for day in (5, 4)]
    drawn = str(charts.drift_chart(nights))  # type: ignore[attr-defined]
    assert re.findall(r'class="mark" cx="([\d.]+)" cy="([\d.]+)"', drawn) == [("206.0", "95.0"), ("486.0", "95.0")]
    assert drawn.index("11-04") < drawn.index("11-05")
    rows = [(0.0, 0.1, 0.05, Share("", 1, 9)), (0.1, 0.2, 0.15, Share("", 3, 20))]
    drawn = str(charts.calibration_chart(rows))  # type: ignore[attr-defined]
    (found,) = re.findall(r'class="mark" cx="([\d.]+)" cy="([\d.]+)"', drawn)  # nine results tell no share
    top = Share("", 3, 20).interval[1]
    assert [float(one) for one in found] == pytest.approx([66 + 560 * 0.15 / top, 170 - 150 * 0.15 / top], abs=0.06)
    assert "3 of 20" in drawn
