"""The supervisor's page against the store and the findings it stands on."""

import re
from collections import Counter
from datetime import timedelta

from originrisk.data.store.tables import Store
from originrisk.serve.queue import assignments, findings
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.lines.ground import Ground
from originrisk.serve.queue.supervision import agreement, load
from originrisk.serve.queue.supervision.hits import hits
from originrisk.serve.queue.supervision.load import Work
from tests.serve.online.served import DAY
from tests.serve.queue.office import Office, lines, stands, token, write


def ground(at: Office) -> Ground:
    store = Store(at.settings.home)
    return Ground(store, store.versions())


def test_load_counts_each_line_inside_capacity_once(at: Office) -> None:
    ann = at.at_work("ann")
    drawn, ordered = lines(at, "lot"), lines(at)
    write(ann, ordered[0], decision="examine")
    with at.desk.acting() as act:
        for key in (ordered[0], ordered[1]):
            of = findings.line(at.desk.store, *key)
            assignments.assign(act, Visitor(1, "ann", "officer", ""), of, "ann")
    with at.desk.database.reading() as connection:
        work = Work.of(connection, DAY)
    every, *ports = load.of_ports(ground(at), work)
    officers = load.of_officers(work)
    assert (every.inside, every.lot) == (len(ordered) + len(drawn), len(drawn))
    assert (every.decided, every.taken, every.left) == (1, 1, every.inside - 2)
    assert sum(port.inside for port in ports) == every.inside
    assert officers == [("ann", 2, 1)]


def test_hits_are_counted_as_they_were_known(at: Office) -> None:
    today = DAY - timedelta(5)
    known = [
        row
        for row in Store(at.settings.home).outcomes().to_pylist()
        if row["outcome_date"] and row["outcome_date"] <= today
    ]
    found = hits(ground(at), today)
    assert found
    assert found.end == max(row["outcome_date"] for row in known)
    (random,) = found.groups["selection"]
    assert (random.name, random.whole) == ("random", len(known))
    assert random.part == sum(row["result"] == "xinjiang" for row in known)
    origins = Counter({one.name: one.part for one in found.groups["origin"]})
    assert origins.total() == random.part == origins["CN"]
    assert hits(ground(at), DAY - timedelta(365)) is None


def test_agreement_counts_readings_and_corrections(at: Office) -> None:
    ann, bob = at.at_work("ann"), at.at_work("bob")
    for key, agrees in zip(lines(at), ("true", "false"), strict=False):
        write(ann, key, decision="refer", reason="shell company")
        found = stands(at, key)
        assert found
        form = {"csrf": token(bob.get("/readings").text), "agrees": agrees, "note": "as seen"}
        bob.post(f"/findings/{found.id}/reading", data=form)
    write(ann, lines(at)[0], decision="release", reason="it is theirs no more")
    with at.desk.database.reading() as connection:
        every, own = agreement.agreement(connection)
        corrected = agreement.corrected(connection)
    assert (every.part, every.whole) == (own.part, own.whole) == (1, 2)
    assert own.name == "ann"
    assert (corrected.part, corrected.whole) == (1, 2)


def test_the_page_shows_it_all_and_is_whole_without_anything(at: Office) -> None:
    page = at.at_work("eve", "supervisor").get(f"/supervision?day={DAY}")
    assert page.status_code == 200
    assert "all ports" in page.text
    assert re.search(r"random.*95 %|95 %.*random", page.text, re.DOTALL)
    assert "too few to say" in page.text
    empty = at.at_work("max", "supervisor").get("/supervision?day=2019-01-01")
    assert "No line is inside capacity" in empty.text
