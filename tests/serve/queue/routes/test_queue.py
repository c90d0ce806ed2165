"""The workbench: many lines at once, undo within seconds, the preview, what is new; on each of the databases."""

import re

from starlette.testclient import TestClient

from originrisk.data.store.tables import Store
from originrisk.serve.queue.db import work
from tests.serve.online.served import DAY
from tests.serve.queue import office
from tests.serve.queue.office import Office, lines, stands, token, write


def bulk(browser: TestClient, action: str, *chosen: str, **fields: str) -> int:
    """Send the form above the list."""
    form = {
        "csrf": token(browser.get("/queue").text),
        "action": action,
        "day": str(DAY),
        "line": list(chosen),
        **fields,
    }
    status: int = browser.post("/queue/bulk", data=form).status_code
    return status


def named(key: tuple[str, int], version: int = 0) -> str:
    return f"{key[0]}/{key[1]}/{version}"


def decisions(at: Office) -> list[str | None]:
    found = [stands(at, key) for key in lines(at)]
    return [one.draft.decision if one else None for one in found]


def test_many_lines_are_decided_at_once_or_none(at: Office) -> None:
    ann, bob, (first, second, *_) = at.at_work("ann"), at.at_work("bob"), lines(at)
    assert bulk(ann, "release", named(first), named(second)) == 422  # wants a reason
    assert bulk(ann, "examine", named(first), named(second, 7)) == 303
    assert decisions(at)[:2] == ["examine", "examine"]
    third, drawn = lines(at)[2], lines(at, "lot")[0]
    write(bob, third, decision="examine")
    assert bulk(ann, "release", named(drawn), named(third), reason="papers in order") == 422
    assert (stands(at, drawn), stands(at, third).version) == (None, 1)  # type: ignore[union-attr]
    assert bulk(ann, "release", named(drawn), reason="papers in order") == 303
    found, score = stands(at, drawn), Store(at.settings.home).line("scores", *drawn).to_pylist()[0]
    assert found
    assert (found.draft.decision, found.draft.reason, found.line.selection) == ("release", "papers in order", "lot")
    assert found.line.chance == score["selection_probability"]
    assert ("ann", "finding written", f"/lines/{first[0]}/{first[1]}") in at.audited()


def test_many_lines_are_taken_and_those_of_the_random_sample_want_a_reason(at: Office) -> None:
    ann, drawn, first = at.at_work("ann"), lines(at, "lot")[0], lines(at)[0]
    assert bulk(ann, "assign", named(first), named(drawn), officer="ann") == 303
    with at.context.database.reading() as connection:
        assert [work.holder(connection, key) for key in (first, drawn)] == ["ann", "ann"]
    assert bulk(ann, "assign", named(first), officer="bob") == 422
    assert bulk(ann, "examine", "nonsense") == 422
    assert bulk(ann, "examine") == 422
    assert bulk(at.at_work("dora", "data_scientist"), "examine", named(first)) == 403


def test_what_was_just_written_is_undone_and_the_audit_keeps_both(at: Office) -> None:
    ann, key = at.at_work("ann"), lines(at)[0]
    write(ann, key, decision="examine")
    page = ann.get("/queue").text
    assert 'action="/queue/undo"' in page.split('class="toast"')[1]
    form = {"csrf": token(page), "line": named(key, 1)}
    assert ann.post("/queue/undo", data=form).status_code == 303
    found = stands(at, key)
    assert found
    assert (found.version, found.draft.decision) == (2, "reopened")
    assert 'class="toast"' not in ann.get("/queue").text.replace('<template id="undo"><aside class="toast"', "")
    assert re.search(r"open</p>", ann.get("/queue?state=open").text)
    assert write(ann, key, decision="release").status_code == 303  # open again: no reason for a correction is asked
    write(ann, key, decision="examine", reason="a second thought")
    assert ann.post("/queue/undo", data={**form, "line": named(key, 4)}).status_code == 303
    found = stands(at, key)
    assert found
    assert (found.version, found.draft.decision) == (5, "release")


def test_nobody_undoes_what_is_old_or_anothers_or_overtaken(at: Office) -> None:
    ann, bob, key = at.at_work("ann"), at.at_work("bob"), lines(at)[0]
    write(ann, key, decision="examine")
    form = {"csrf": token(bob.get("/queue").text), "line": named(key, 1)}
    assert bob.post("/queue/undo", data=form).status_code == 422
    form["csrf"] = token(ann.get("/queue").text)
    assert ann.post("/queue/undo", data={**form, "line": named(key, 2)}).status_code == 422
    at.later(seconds=16)
    assert ann.post("/queue/undo", data=form).status_code == 422
    assert stands(at, key).version == 1  # type: ignore[union-attr]


def test_the_page_says_what_is_new_since_the_last_look(at: Office) -> None:
    ann, key = at.at_work("ann"), lines(at)[0]
    assert "Since you last looked" not in ann.get("/queue").text
    at.later(hours=1)
    write(at.at_work("bob"), key, decision="examine")
    assert office.log_in(ann, "ann").status_code == 303
    page = ann.get("/queue").text
    assert "Since you last looked" in page
    assert "<b>1</b> finding by others" in page


def test_the_preview_is_the_line_without_what_would_sway(at: Office) -> None:
    ann = at.at_work("ann")
    (entry, line), (drawn, number) = lines(at)[0], lines(at, "lot")[0]
    shown = ann.get(f"/lines/{entry}/{line}/preview?day={DAY}").text
    assert "<html" not in shown
    assert f'href="/lines/{entry}/{line}"' in shown
    blind = ann.get(f"/lines/{drawn}/{number}/preview?day={DAY}").text
    assert "Random sample" in blind
    assert "%" not in blind
    assert ann.get(f"/lines/{entry}/{line}/preview?day=2019-01-01").status_code == 404
