"""The pages of auditors and administrators."""

import re

from tests.serve.queue.office import Office, log_in, token


def test_an_auditor_reads_everything_that_was_done_page_by_page(at: Office) -> None:
    browser = at.at_work("kim", "auditor")
    for number in range(120):
        with at.context.unit_of_work() as unit:
            unit.record("ann", "read_line", f"/lines/{number}", note="<script>alert(1)</script>")
    first = browser.get("/audit?account=ann")
    assert first.status_code == 200
    assert "/lines/119" in first.text
    assert "&lt;script&gt;" in first.text
    assert "<script>alert" not in first.text
    older = re.search(r'href="(/audit\?[^"]*before=\d+)"', first.text)
    assert older
    second = browser.get(older[1].replace("&amp;", "&")).text
    found = [set(re.findall(r">/lines/(\d+)<", text)) for text in (first.text, second)]
    assert len(found[0]) == 100
    assert len(found[0] | found[1]) == 120
    assert "No row fits" in browser.get("/audit?action=nothing").text


def test_filters_are_taken_by_letter_not_as_patterns(at: Office) -> None:
    browser = at.at_work("kim", "auditor")
    assert "No row fits" in browser.get("/audit?subject=%25").text
    assert browser.get("/audit?before=0").status_code == 422
    assert browser.get("/audit?unknown=1").status_code == 422


def test_an_auditor_verifies(at: Office) -> None:
    browser = at.at_work("kim", "auditor")
    page = browser.get("/audit/verification").text
    assert 'class="good"' in page
    assert 'role="alert"' not in page


def test_an_administrator_changes_others_but_not_the_own_account(at: Office) -> None:
    browser, ann = at.at_work("root", "administrator"), at.at_work("ann")
    form = token(browser.get("/accounts").text)
    assert browser.post("/accounts/ann/role", data={"csrf": form, "role": "auditor"}).status_code == 303
    assert ann.get("/").headers["location"].startswith("/login")
    assert browser.post("/accounts/ann/lock", data={"csrf": form, "locked": "true"}).status_code == 303
    assert log_in(at.visitor(), "ann").status_code == 401
    assert "kept out" in browser.get("/accounts").text
    assert browser.post("/accounts/ann/lock", data={"csrf": form, "locked": "false"}).status_code == 303
    assert log_in(at.visitor(), "ann").status_code == 303
    for address, fields in (("root/lock", {"locked": "true"}), ("root/role", {"role": "officer"})):
        assert browser.post(f"/accounts/{address}", data={"csrf": form, **fields}).status_code == 422
    assert browser.post("/accounts/ann/role", data={"csrf": form, "role": "chief"}).status_code == 422
    assert browser.post("/accounts/eve/role", data={"csrf": form, "role": "officer"}).status_code == 422
    actions = [action for who, action, subject in at.audited() if (who, subject) == ("root", "ann")]
    assert actions == ["role auditor", "lock account", "unlock account"]
