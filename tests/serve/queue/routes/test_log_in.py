"""Log-in, sessions and the door of every page."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import requests
from pydantic import SecretStr
from sqlalchemy import select, update
from starlette.testclient import TestClient

from originrisk.serve.queue.db.tables import ACCOUNTS, SESSIONS
from originrisk.serve.queue.routes.log_in import own_address
from tests.serve.queue.office import PASSWORD, Office, log_in, token


def test_who_is_not_logged_in_is_sent_to_the_form_and_back_to_the_page(at: Office) -> None:
    at.hire("ann", "auditor")
    browser = at.visitor()
    sent = browser.get("/?day=1")
    assert sent.status_code == 303
    assert sent.headers["location"] == "/login?next=%2F%3Fday%3D1"
    assert log_in(browser, "ann", next="/?day=1").headers["location"] == "/?day=1"
    assert browser.get("/").headers["location"] == "/audit"


def test_a_wrong_password_or_name_opens_nothing_and_says_the_same(at: Office) -> None:
    at.hire("ann")
    browser = at.visitor()
    said = [log_in(browser, *given) for given in (("ann", "wrong"), ("bob", PASSWORD), ("ann", ""))]
    assert [one.status_code for one in said] == [401] * 3
    assert len({one.text for one in said}) == 1
    assert browser.get("/").status_code == 303
    actions = [(who, action) for who, action, _ in at.audited()]
    assert actions == [("ann", "failed log-in"), ("unknown", "failed log-in"), ("ann", "failed log-in")]


def test_an_account_is_locked_out_after_wrong_passwords_and_comes_back(at: Office) -> None:
    at.hire("ann")
    browser = at.visitor()
    for _ in range(at.settings.queue.lock_after):
        log_in(browser, "ann", "wrong")
    assert log_in(browser, "ann").status_code == 401
    at.later(minutes=at.settings.queue.lock_minutes, seconds=1)
    assert log_in(browser, "ann").status_code == 303


def test_a_session_ends_by_idling(at: Office) -> None:
    browser = at.at_work("ann", "auditor")
    at.later(minutes=at.settings.queue.idle_minutes - 1)
    assert browser.get("/").headers["location"] == "/audit"
    at.later(minutes=at.settings.queue.idle_minutes - 1)
    assert browser.get("/").headers["location"] == "/audit"
    at.later(minutes=at.settings.queue.idle_minutes + 1)
    assert browser.get("/").headers["location"].startswith("/login")


def test_a_session_ends_by_age_however_busy(at: Office) -> None:
    browser = at.at_work("ann")
    for _ in range(at.settings.queue.session_hours * 4):
        assert browser.get("/").headers["location"] == "/queue"
        at.later(minutes=15)
    at.later(minutes=1)
    assert browser.get("/").headers["location"].startswith("/login")


def test_a_clock_that_is_put_back_makes_no_session_longer(at: Office) -> None:
    ann = at.at_work("ann")
    at.later(days=-7)
    assert ann.get("/queue").status_code == 303
    at.later(days=7)
    assert ann.get("/queue").status_code == 303


def test_a_session_moved_to_another_account_in_the_database_opens_nothing(at: Office) -> None:
    ann = at.at_work("ann")
    at.hire("bea", "supervisor")
    with at.context.database.writing() as connection:
        connection.execute(update(SESSIONS).values(account=2))
    assert ann.get("/queue").status_code == 303


def test_nothing_is_left_of_sessions_that_are_over(at: Office) -> None:
    at.at_work("ann")
    at.later(hours=at.settings.queue.session_hours, seconds=1)
    log_in(at.visitor(), "ann")
    with at.context.database.reading() as connection:
        assert connection.execute(select(SESSIONS.c.began_at)).scalars().all() == [at.now]


def test_logging_out_ends_the_session_for_every_copy_of_its_cookie(at: Office) -> None:
    browser = at.at_work("ann")
    held = dict(browser.cookies)
    with at.context.database.reading() as connection:
        csrf = connection.execute(select(SESSIONS.c.csrf)).scalar_one()
    assert browser.post("/logout", data={"csrf": csrf}).headers["location"] == "/login"
    again = at.visitor()
    again.cookies.update(held)
    assert again.get("/").headers["location"].startswith("/login")


def test_a_form_from_elsewhere_is_refused_and_taken_down(at: Office) -> None:
    browser = at.at_work("ann")
    assert browser.post("/logout", data={"csrf": "x"}).status_code == 403
    assert browser.post("/logout").status_code == 403
    assert browser.get("/").status_code == 303
    assert ("ann", "refused: foreign form", "/logout") in at.audited()


def test_the_form_itself_cannot_be_sent_from_elsewhere(at: Office) -> None:
    at.hire("ann")
    browser = at.visitor()
    held = token(browser.get("/login").text)
    form = {"name": "ann", "password": PASSWORD, "csrf": held}
    assert at.visitor().post("/login", data=form).status_code == 401
    assert browser.post("/login", data=form).status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_needs_tls_away_from_this_machine(at: Office) -> None:
    at.hire("ann")
    here = log_in(at.visitor(), "ann").headers["set-cookie"]
    assert "HttpOnly" in here
    assert "SameSite=lax" in here
    assert "Secure" not in here
    away = at.visitor()
    away.base_url = "https://127.0.0.2"  # type: ignore[assignment]
    assert away.get("/login").status_code == 400  # no name of ours


def test_no_password_and_no_token_is_kept_as_it_is(at: Office) -> None:
    browser = at.at_work("ann")
    with at.context.database.reading() as connection:
        kept = str(connection.execute(select(ACCOUNTS)).all() + connection.execute(select(SESSIONS)).all())
    assert PASSWORD not in kept
    assert browser.cookies["originrisk"] not in kept
    assert "$argon2id$" in kept


@pytest.mark.parametrize(
    "given", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:1", "", "/a\r\nx: y"]
)
def test_a_log_in_leads_nowhere_else(given: str) -> None:
    assert own_address(given) == "/"


def test_every_answer_carries_the_headers(at: Office) -> None:
    browser = at.visitor()
    for address in ("/login", "/", "/nothing", "/static/queue.css"):
        answer = browser.get(address)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert browser.get("/login").headers["cache-control"] == "no-store"


def test_a_form_that_is_too_long_is_refused_unread(at: Office) -> None:
    assert at.visitor().post("/login", data={"name": "x" * 300_000}).status_code == 413
    assert at.visitor().post("/login", content=(b"x" for _ in range(3))).status_code == 413


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider of another maker, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = [json.dumps({"sub": sub, "preferred_username": name}) for sub, name in PEOPLE.items()]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    server = subprocess.Popen([*command, *(f"--user-claims={one}" for one in told)], stderr=subprocess.DEVNULL)
    try:
        while True:
            with socket.socket() as knock:
                if not knock.connect_ex(("127.0.0.1", port)):
                    break
            assert server.poll() is None
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


PEOPLE = {"1": "Ann", "2": "mallory"}


@pytest.fixture
def federated(at: Office, issuer: str) -> Iterator[Office]:
    own = at.settings.queue.model_copy(
        update={"oidc_issuer": issuer, "oidc_client_id": "originrisk", "oidc_client_secret": SecretStr("for tests")}
    )
    opened = Office(at.settings.model_copy(update={"queue": own}))
    opened.hire("ann", "auditor")
    yield opened
    opened.context.database.close()


def asked(browser: TestClient) -> str:
    """Where the log-in sends the browser."""
    sent = browser.get("/login/provider?next=/audit%3Fpage=2")
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


def said_by_provider(address: str, sub: str) -> str:
    """Path and query with which the provider sends somebody back who logged in there."""
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=30)
    return str(answer.headers["location"]).removeprefix("http://localhost")


def test_who_the_provider_names_is_let_in_and_nobody_else(federated: Office) -> None:
    browser = federated.visitor()
    assert "organisation" in browser.get("/login").text
    back = said_by_provider(asked(browser), "1")
    assert federated.visitor().get(back).status_code == 401  # another browser's log-in
    entered = browser.get(back)
    assert (entered.status_code, entered.headers["location"]) == (303, "/audit?page=2")
    assert browser.get("/").headers["location"] == "/audit"
    assert ("ann", "log-in", "/login") in federated.audited()

    stranger = federated.visitor()
    refused = stranger.get(said_by_provider(asked(stranger), "2"))
    assert refused.status_code == 401
    assert "no account of that name" in refused.text
    assert stranger.get("/").status_code == 303
    assert ("unknown", "failed log-in", "/login") in federated.audited()


def test_a_code_of_another_log_in_opens_nothing(federated: Office) -> None:
    mine, victim = federated.visitor(), federated.visitor()
    code = parse_qs(said_by_provider(asked(mine), "1").partition("?")[2])["code"][0]
    own = parse_qs(urlsplit(asked(victim)).query)["state"][0]
    answer = victim.get("/login/provider/back", params={"code": code, "state": own})
    assert answer.status_code == 401
    assert victim.get("/").status_code == 303


def test_a_locked_account_stays_shut_and_an_absent_provider_is_told(federated: Office) -> None:
    with federated.context.unit_of_work() as unit:
        unit.connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.name == "ann").values(locked=True))
    browser = federated.visitor()
    assert browser.get(said_by_provider(asked(browser), "1")).status_code == 401
    own = federated.settings.queue.model_copy(update={"oidc_issuer": "http://127.0.0.1:9"})
    alone = Office(federated.settings.model_copy(update={"queue": own}))
    told = alone.visitor().get("/login/provider")
    alone.context.database.close()
    assert told.status_code == 401
    assert "identity provider did not say" in told.text


def test_while_a_provider_hangs_nobody_else_waits(at: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        issuer = f"http://127.0.0.1:{silent.getsockname()[1]}"
        own = at.settings.queue.model_copy(update={"oidc_issuer": issuer, "oidc_client_id": "originrisk"})
        opened = Office(at.settings.model_copy(update={"queue": own}))
        app = opened.visitor().app

        async def waited() -> tuple[float, set[int]]:
            local = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=local, base_url="http://localhost") as client:
                flood = [asyncio.ensure_future(client.get("/login/provider")) for _ in range(60)]
                await asyncio.sleep(0.5)
                began = time.monotonic()
                assert (await client.get("/login")).status_code == 200
                seconds = time.monotonic() - began
                return seconds, {(await one).status_code for one in flood}

        seconds, told = asyncio.run(waited())
        opened.context.database.close()
    assert seconds < 3
    assert told == {401, 429}
