"""Findings from the form to the database: rules, corrections, two officers on one line, second readings."""

import pytest
from starlette.testclient import TestClient

from originrisk.data.store.tables import Store
from originrisk.serve.queue.db import findings
from tests.serve.queue.office import ADVERSE, Office, lines, stands, token, write


def test_a_finding_keeps_what_the_officer_wrote_and_what_stood_before_them(at: Office) -> None:
    browser, key = at.at_work("ann"), lines(at)[0]
    assert write(browser, key, decision="examine", note="two <b>bales</b>\nof yarn").status_code == 303
    found = stands(at, key)
    assert found
    assert (found.version, found.by, found.state) == (1, "ann", "settled")
    assert found.draft.note == "two <b>bales</b>\nof yarn"
    score = Store(at.settings.home).line("scores", *key).to_pylist()[0]
    assert found.line.probability == pytest.approx(score["probability"])
    assert (found.line.selection, found.line.model_version) == ("order", score["model_version"])
    page = browser.get(f"/lines/{key[0]}/{key[1]}/findings").text
    assert "two &lt;b&gt;bales&lt;/b&gt;" in page
    assert ("ann", "finding written", f"/lines/{key[0]}/{key[1]}") in at.audited()


def test_a_draft_that_breaks_a_rule_is_shown_again_and_not_written(at: Office) -> None:
    browser, key = at.at_work("ann"), lines(at)[0]
    answer = write(browser, key, **ADVERSE, note="<i>kept</i>")
    assert answer.status_code == 422
    assert "Reason: please give the reason" in answer.text.split('role="alert"')[1].split("</div>")[0]
    assert "&lt;i&gt;kept&lt;/i&gt;</textarea>" in answer.text
    assert stands(at, key) is None


def test_a_line_of_the_random_sample_is_not_passed_over_without_a_reason(at: Office) -> None:
    browser, key = at.at_work("ann"), lines(at, "lot")[0]
    for decision in ("release", "not_relevant"):
        assert write(browser, key, decision=decision).status_code == 422
    assert stands(at, key) is None
    assert write(browser, key, decision="release", reason="the ship was lost").status_code == 303
    assert "random sample" in browser.get(f"/lines/{key[0]}/{key[1]}/findings").text


def test_a_targeted_line_is_released_without_a_reason(at: Office) -> None:
    assert write(at.at_work("ann"), lines(at)[0], decision="release").status_code == 303


def test_a_correction_needs_a_reason_and_keeps_the_earlier_version(at: Office) -> None:
    browser, key = at.at_work("ann"), lines(at)[0]
    write(browser, key, decision="examine")
    assert write(browser, key, decision="release", reason="").status_code == 422
    assert write(browser, key, decision="release", reason="wrong line").status_code == 303
    with at.context.database.reading() as connection:
        versions = findings.history(connection, key)
    assert [(one.version, one.draft.decision) for one in versions] == [(1, "examine"), (2, "release")]


def test_the_second_of_two_officers_sees_what_the_first_wrote_and_loses_nothing(at: Office) -> None:
    ann, bob, key = at.at_work("ann"), at.at_work("bob"), lines(at)[0]
    address = f"/lines/{key[0]}/{key[1]}/findings"
    form = token(bob.get(address).text)
    write(ann, key, decision="examine", note="I have it in hand")
    answer = bob.post(address, data={"csrf": form, "version": "0", "decision": "release", "note": "my words"})
    assert answer.status_code == 409
    assert "ann wrote a finding" in answer.text
    assert "I have it in hand" in answer.text
    assert ">my words</textarea>" in answer.text
    found = stands(at, key)
    assert found
    assert (found.version, found.by) == (1, "ann")
    again = {"csrf": form, "version": "1", "decision": "release", "note": "my words", "reason": "released"}
    assert bob.post(address, data=again).status_code == 303


def test_a_form_sent_twice_is_one_finding(at: Office) -> None:
    browser, key = at.at_work("ann"), lines(at)[0]
    address = f"/lines/{key[0]}/{key[1]}/findings"
    form = {"csrf": token(browser.get(address).text), "version": "0", "decision": "examine"}
    assert [browser.post(address, data=form).status_code for _ in range(2)] == [303, 303]
    found = stands(at, key)
    assert found
    assert found.version == 1


def test_a_finding_against_the_goods_counts_once_another_officer_agrees(at: Office) -> None:
    ann, bob, key = at.at_work("ann"), at.at_work("bob"), lines(at)[0]
    write(ann, key, **ADVERSE, reason="cotton of the region, two samples")
    found = stands(at, key)
    assert found
    assert found.state == "awaits a second reader"
    address = f"/findings/{found.id}/reading"
    own = ann.post(address, data={"csrf": token(ann.get("/readings").text), "agrees": "true"})
    assert own.status_code == 422
    assert "another officer" in own.text
    page = bob.get(f"/lines/{key[0]}/{key[1]}/findings").text
    assert "do you agree" in page
    assert key[0] in bob.get("/readings").text
    assert bob.post(address, data={"csrf": token(page), "agrees": "true"}).status_code == 303
    after = stands(at, key)
    assert after
    assert after.state == "settled"
    assert "Nothing awaits" in bob.get("/readings").text
    assert bob.post(address, data={"csrf": token(page), "agrees": "false", "note": "x"}).status_code == 422


def test_a_reader_who_does_not_agree_says_why_and_a_correction_is_read_again(at: Office) -> None:
    ann, bob, key = at.at_work("ann"), at.at_work("bob"), lines(at)[0]
    write(ann, key, decision="refer", reason="shell company")
    found = stands(at, key)
    assert found
    form = token(bob.get("/readings").text)
    address = f"/findings/{found.id}/reading"
    assert bob.post(address, data={"csrf": form, "agrees": "false"}).status_code == 422
    assert bob.post(address, data={"csrf": form, "agrees": "false", "note": "it is not"}).status_code == 303
    after = stands(at, key)
    assert after
    assert after.state == "disputed"
    write(ann, key, decision="refer", reason="shell company, see the register")
    last = stands(at, key)
    assert last
    assert (last.version, last.state) == (2, "awaits a second reader")


def test_a_line_that_there_is_not_is_not_found(at: Office) -> None:
    browser = at.at_work("ann")
    assert browser.get("/lines/nothing/1/findings").status_code == 404
    assert browser.get("/lines/nothing/0/findings").status_code == 422


def test_officers_take_and_give_back_supervisors_give(at: Office) -> None:
    ann, bob, eve, key = at.at_work("ann"), at.at_work("bob"), at.at_work("eve", "supervisor"), lines(at)[0]
    form = f"/lines/{key[0]}/{key[1]}/assignment"

    def give(browser: TestClient, officer: str) -> int:
        csrf = token(browser.get("/readings").text)
        status: int = browser.post(form, data={"csrf": csrf, "officer": officer}).status_code
        return status

    assert give(ann, "ann") == 303
    assert give(bob, "bob") == 422
    assert give(bob, "") == 422
    assert give(ann, "bob") == 422
    assert give(eve, "bob") == 303
    assert give(eve, "nobody-here") == 422
    assert "Taken by <strong>bob</strong>" in ann.get(f"/lines/{key[0]}/{key[1]}/findings").text
    assert give(bob, "") == 303


def test_saved_views_are_each_officers_own(at: Office) -> None:
    from originrisk.serve.queue.access import Visitor
    from originrisk.serve.queue.db import work

    ann, bob = at.at_work("ann"), at.at_work("bob")
    for browser, name in ((ann, "cotton"), (bob, "cotton"), (ann, "cotton")):
        sent = {"csrf": token(browser.get("/readings").text), "name": name, "query": "?origin=CN&x=<b>"}
        assert browser.post("/views", data=sent).status_code == 303
    with at.context.database.reading() as connection:
        kept = {id: work.views_of(connection, Visitor(id, "", "officer", "")) for id in (1, 2)}
    assert [[row["query"] for row in rows] for rows in kept.values()] == [["origin=CN&x=%3Cb%3E"]] * 2
    foreign = kept[2][0]["id"]
    csrf = token(ann.get("/readings").text)
    ann.post(f"/views/{foreign}/forgotten", data={"csrf": csrf})
    with at.context.database.reading() as connection:
        assert len(work.views_of(connection, Visitor(2, "", "officer", ""))) == 1
