"""What reaches the pages and what leaves them: forms within limits, text that a database takes, headers on all."""

import threading
import unicodedata

import pytest
from sqlalchemy import select

from originrisk.data.errors import UsageError
from originrisk.serve.queue import security
from originrisk.serve.queue.db import accounts
from originrisk.serve.queue.db.tables import SESSIONS
from originrisk.serve.queue.rendering import ENVIRONMENT
from originrisk.serve.queue.routes import log_in as log_in_routes
from tests.serve.queue.office import PASSWORD, Office, lines, log_in, token, write

URLENCODED = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("multipart/form-data; boundary=x; charset=punycode", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/x-www-form-urlencoded; charset=punycode", 415),
        ("application/x-www-form-urlencoded; charset=utf-7", 415),
        ("application/json", 415),
        ("", 415),
        ("application/x-www-form-urlencoded; charset=UTF-8", 401),
        ('application/x-www-form-urlencoded;charset="utf-8"', 401),
    ],
)
def test_a_form_comes_in_one_encoding(at: Office, kind: str, status: int) -> None:
    sent = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + b"a" * 4000 + b"\r\n--x--\r\n"
    assert at.visitor().post("/login", content=sent, headers={"content-type": kind}).status_code == status


def test_a_form_has_few_fields_and_before_the_log_in_few_bytes(at: Office) -> None:
    browser = at.visitor()
    for many in (b"a=1&" * 100, b"a;" * 100, b"a=" + b"x" * security.MOST_LOG_IN_BYTES):
        assert browser.post("/login", content=many, headers=URLENCODED).status_code == 413
    note = "x" * 60_000  # a note of an officer who is logged in may be long; its own rule says how long
    assert write(at.at_work("ann"), lines(at)[0], decision="examine", note=note).status_code == 422


def test_a_null_character_is_refused_at_every_door(at: Office) -> None:
    ann = at.at_work("ann")
    for address in ("/lines/%00/1", "/lines/%00/1/findings", "/queue?port=%00", "/queue?state=%00", "/login?next=%00"):
        assert ann.get(address).status_code == 400, address
    csrf = token(ann.get("/queue").text)
    key = lines(at)[0]
    forms = {
        "/login": {"name": "a\0b", "password": "x" * 12},
        f"/lines/{key[0]}/{key[1]}/assignment": {"officer": "\0"},
        "/views": {"name": "v", "query": "port=\0"},
        f"/lines/{key[0]}/{key[1]}/importer": {"reason": "a\0b"},
        "/accounts/%00/role": {"role": "officer"},
        "/findings/1/reading": {"agrees": "true", "note": "\0"},
    }
    for address, form in forms.items():
        assert ann.post(address, data={"csrf": csrf, **form}).status_code == 400, address


def test_a_saved_view_holds_no_null_however_it_was_encoded(at: Office) -> None:
    ann = at.at_work("ann")
    form = {"csrf": token(ann.get("/queue").text), "name": "v", "query": "port=%00"}  # sent as %2500
    assert ann.post("/views", data=form).status_code in {303, 422}
    assert ann.get("/queue").status_code == 200


def test_a_defect_leaves_without_words_or_token_and_with_the_headers(
    at: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = at.at_work("ann", "auditor")
    csrf = token(ann.get("/audit").text)

    def broken(*_: object) -> None:
        raise RuntimeError("words of the defect")

    monkeypatch.setattr("originrisk.serve.queue.routes.audit.rows", broken)
    answer = ann.get("/audit")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert csrf not in answer.text
    assert 'name="csrf" value' not in answer.text
    assert "words of the defect" not in answer.text


@pytest.mark.parametrize("address", ["/nothing", "/queue?scope=bad", "/lines/x/1"])
def test_no_page_of_a_problem_holds_a_token(at: Office, address: str) -> None:
    ann = at.at_work("ann")
    csrf = token(ann.get("/queue").text)
    answer = ann.get(address)
    assert answer.status_code in {404, 422}
    assert csrf not in answer.text


def test_head_is_answered_as_get_without_a_body(at: Office) -> None:
    ann = at.at_work("ann")
    for address in ("/login", "/queue", "/static/queue.css"):
        head, got = ann.head(address), ann.get(address)
        assert (head.status_code, head.content) == (got.status_code, b"") == (200, b"")
        assert head.headers["content-type"] == got.headers["content-type"]
    assert ann.head("/logout").status_code == 405


def test_a_password_is_the_same_in_both_normal_forms(at: Office) -> None:
    typed = "Zürich-Straße été 42 wölfe"
    composed, apart = unicodedata.normalize("NFC", typed), unicodedata.normalize("NFD", typed)
    with at.context.unit_of_work() as unit:
        accounts.create(unit.connection, "zoe", "officer", apart, unit.at)
    for given in (composed, apart, composed.replace(" ", "\u00a0")):
        assert log_in(at.visitor(), "zoe", given).status_code == 303


@pytest.mark.parametrize(
    "easy",
    [
        "aaaaaaaaaaaa",
        "password1234",
        "123456789012",
        "qwertyuiopas",
        "zoe-zoe-zoe-zoe",
        "xinjiang.customs",
        "uflpaofficer1",
        "a\tlong enough word",
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(at: Office, easy: str) -> None:
    with at.context.unit_of_work() as unit, pytest.raises(UsageError, match="password"):
        accounts.create(unit.connection, "zoe", "officer", easy, unit.at)


def test_a_log_in_ends_the_session_that_the_browser_had(at: Office) -> None:
    ann = at.at_work("ann")
    held = dict(ann.cookies)
    assert log_in(ann, "ann").status_code == 303
    again = at.visitor()
    again.cookies.update(held)
    assert again.get("/queue").headers["location"].startswith("/login")
    assert ann.get("/queue").status_code == 200


def test_an_address_and_a_name_have_so_many_log_ins_a_minute(at: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_in_routes, "monotonic", lambda: 30.0)
    at.app.state.log_ins = log_in_routes.LogInThrottle(8)
    browser = at.visitor()
    said = [log_in(browser, f"nobody{number}", "x" * 12).status_code for number in range(12)]
    assert said == [401] * 8 + [429] * 4


def test_few_passwords_are_checked_at_once(at: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    at.app.state.log_ins = log_in_routes.LogInThrottle(1000)
    running, most, lock, go = [0], [0], threading.Lock(), threading.Event()

    def slow(*_: object) -> bool:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        go.wait(0.2)
        with lock:
            running[0] -= 1
        return False

    monkeypatch.setattr(accounts, "right", slow)
    with at.visitor() as browser:
        form = {"csrf": token(browser.get("/login").text), "name": "nobody", "password": "x" * 12}
        said: list[int] = []
        threads = [
            threading.Thread(target=lambda: said.append(browser.post("/login", data=form).status_code))
            for _ in range(30)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most[0] <= log_in_routes.AT_ONCE
    assert set(said) <= {401, 429}
    assert 401 in said


def test_everybody_changes_the_own_password_and_sees_and_ends_the_own_sessions(at: Office) -> None:
    ann, elsewhere = at.at_work("ann"), at.visitor()
    log_in(elsewhere, "ann")
    page = ann.get("/account")
    assert page.text.count("another</td>") == 1
    csrf = token(page.text)
    ann.post("/account/sessions/ended", data={"csrf": csrf})
    assert elsewhere.get("/queue").status_code == 303
    assert ann.get("/queue").status_code == 200
    new = "ein Haus am See, 7 Boote"
    for form, said in (
        ({"current": "wrong", "new": new, "again": new}, "current password"),
        ({"current": PASSWORD, "new": new, "again": "other"}, "twice"),
        ({"current": PASSWORD, "new": "aaaaaaaaaaaa", "again": "aaaaaaaaaaaa"}, "hard to guess"),
    ):
        answer = ann.post("/account/password", data={"csrf": csrf, **form})
        assert answer.status_code == 422
        assert said in answer.text
    done = ann.post("/account/password", data={"csrf": csrf, "current": PASSWORD, "new": new, "again": new})
    assert done.headers["location"] == "/login"
    with at.context.database.reading() as connection:
        assert not connection.execute(select(SESSIONS)).all()
    assert log_in(at.visitor(), "ann", new).status_code == 303
    assert log_in(at.visitor(), "ann").status_code == 401


def test_no_page_turns_text_around_or_hides_it() -> None:
    shown = ENVIRONMENT.from_string("{{ text }}").render(text="a\u202eb\u200bc\nd")
    assert shown == "a‹U+202E›b‹U+200B›c\nd"


def test_behind_a_proxy_the_cookie_needs_tls_whatever_the_host_header_says(at: Office) -> None:
    queue = at.settings.queue.model_copy(update={"proxies": ("10.0.0.1",)})
    behind = Office(at.settings.model_copy(update={"queue": queue}))
    behind.hire("bea")
    answer = behind.visitor().get("/login")
    assert "Secure" in answer.headers["set-cookie"]
    behind.context.database.close()
