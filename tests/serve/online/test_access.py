"""Keys and callers: who gets in, who does not, with which status, and what is kept of it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.testclient import TestClient
from typer.testing import CliRunner

from originrisk.cli import app as command
from originrisk.data.errors import UsageError
from originrisk.data.settings import Settings
from originrisk.serve.online import access
from originrisk.serve.online.middleware import Rate
from tests.serve.online import served

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def home(settings: Settings) -> Path:
    return settings.home


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    with served.client(served.settings(home), scopes=("score", "model")) as opened:
        yield opened


def get(client: TestClient, key: str) -> Any:
    return client.get("/v1/model", headers={"authorization": key})


def test_a_right_key_gets_in(client: TestClient) -> None:
    assert client.get("/v1/model").status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer ork_" + "0" * 16 + "_" + "A" * 43])
def test_without_a_right_key_nobody_gets_in(client: TestClient, header: str) -> None:
    refused = get(client, header)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert refused.json()["type"] == "urn:originrisk:problem:unknown-key"


def test_a_right_id_with_another_secret_does_not_get_in(client: TestClient) -> None:
    own = client.headers["authorization"]
    other = own[:-1] + ("A" if own[-1] != "A" else "B")
    assert get(client, other).status_code == 401


def test_an_expired_key_does_not_get_in(home: Path, client: TestClient) -> None:
    _, text = access.create_key(home, "old", ["model"], -1)
    refused = get(client, f"Bearer {text}")
    assert refused.status_code == 401
    assert refused.json()["problems"][0]["found"] == "a expired one"


def test_a_key_that_is_revoked_ends_at_once(home: Path, client: TestClient) -> None:
    key, text = access.create_key(home, "short", ["model"], 1)
    assert get(client, f"Bearer {text}").status_code == 200
    access.revoke_key(home, key.id)
    assert get(client, f"Bearer {text}").status_code == 401


@pytest.mark.parametrize("content", ["[{", "[1]", "null", '[{"id": "a"}]', '[{"id": "a", "scopes": [], "expires": 1}]'])
def test_a_file_of_keys_that_cannot_be_read_lets_nobody_in_and_says_so(
    content: str, home: Path, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    access.keys_path(home).write_text(content, encoding="utf-8")
    refused = client.get("/v1/model")
    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:originrisk:problem:unreadable-keys"
    assert "unreadable keys" in caplog.messages
    access.keys_path(home).write_text("[]", encoding="utf-8")
    assert client.get("/v1/model").status_code == 401


@pytest.mark.parametrize("address", ["/metrics", "/v1/parties/0000000000000001", "/v1/lines/ABC-0000001-0/1"])
def test_a_key_without_the_scope_is_403(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 403


def test_over_the_limit_is_429_and_says_when_to_come_back(home: Path) -> None:
    settings = served.settings(home, lines_per_second=0.5, burst_lines=20)
    rows = served.rows(settings)
    with served.client(settings) as client:
        statuses = [client.post("/v1/score", json={"lines": rows}) for _ in range(4)]
    assert [answer.status_code for answer in statuses[:2]] == [200, 200]
    assert statuses[-1].status_code == 429
    assert int(statuses[-1].headers["retry-after"]) >= 1


def test_a_rate_holds_over_workers_and_refills(tmp_path: Path) -> None:
    workers = [Rate(tmp_path / "rates", 100.0, 10) for _ in range(2)]
    assert [workers[turn % 2].wait("one", 1) for turn in range(10)] == [0.0] * 10
    assert 0 < workers[0].wait("one", 1) <= 0.01
    assert workers[1].wait("another", 10) == 0.0
    waited = workers[1].wait("one", 5)
    assert 0.03 < waited <= 0.05


def test_every_secret_is_compared_in_full(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    compared: list[tuple[str, str]] = []

    def note(left: str, right: str) -> bool:
        compared.append((left, right))
        return left == right

    monkeypatch.setattr(access.hmac, "compare_digest", note)
    key, _ = access.create_key(home, "test", ["score"], 1)
    held = {key.id: key}
    for text in ("", "ork_", "ork_" + "0" * 16 + "_" + "A" * 43, f"ork_{key.id}_" + "A" * 43):
        access.judge_key(held, text, NOW)
    assert [(len(left), len(right)) for left, right in compared] == [(64, 64)] * 4


def test_what_is_kept_holds_no_secret_and_only_the_owner_reads_it(home: Path) -> None:
    _, text = access.create_key(home, "test", ["score"], 1)
    kept = access.keys_path(home)
    assert text[-20:] not in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0


def test_an_unknown_scope_or_id_is_refused(home: Path) -> None:
    with pytest.raises(UsageError):
        access.create_key(home, "test", ["everything"], 1)
    with pytest.raises(UsageError):
        access.revoke_key(home, "0" * 16)


def test_commands_make_list_and_end_a_key(tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        result = CliRunner().invoke(command, ["--home", str(tmp_path), "keys", *words, "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    made = run("create", "--purpose", "filer", "--scope", "score", "--days", "2")
    listed = run("list")["keys"]
    assert [row["id"] for row in listed] == [made["id"]]
    assert "sha256" not in listed[0]
    assert run("revoke", made["id"])["revoked"]
    judged = access.judge_key(access.read_keys(tmp_path), made["key"], datetime.now(UTC) + timedelta(0))
    assert judged == (None, "revoked")


def test_who_asked_for_which_line_is_recorded_masked(home: Path) -> None:
    settings = served.settings(home)
    row = served.rows(settings)[0]
    with served.client(settings) as client:
        served.ask(client, [row])
        client.get("/v1/model", headers={"authorization": "Bearer x"})
    (log,) = (home / "service" / "audit").glob("*.jsonl")
    records = [json.loads(line) for line in log.read_text().splitlines()][-2:]
    number = row["entry_number"]
    assert records[0]["action"] == "score"
    assert records[0]["caller"] in access.read_keys(home)
    assert records[0]["lines"] == [f"ZZ9-*****{number[8:10]}-{number[10]}/1"]
    assert number not in log.read_text()
    assert records[1]["ended"] == "unknown-key"


ISSUER, AUDIENCE = "https://issuer.example", "originrisk"
PRIVATE, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


@pytest.fixture
def keys_url() -> Iterator[str]:
    """Where the issuer publishes its key."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(PRIVATE.public_key()))
    page = json.dumps({"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}).encode()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/keys"
        server.shutdown()


@pytest.fixture
def ask(settings: Settings, keys_url: str) -> Iterator[Callable[[str], int]]:
    of = served.settings(settings.home, oidc_issuer=ISSUER, oidc_audience=AUDIENCE, oidc_keys_url=keys_url)
    with served.client(of) as client:
        yield lambda token: status(client, token)


def status(client: TestClient, token: str) -> int:
    return client.get("/v1/model", headers={"authorization": b"Bearer " + token.encode()}).status_code


def token(key: Any = PRIVATE, kid: str = "one", algorithm: str = "RS256", **changes: Any) -> str:
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "desk-7",
        "exp": time.time() + 60,
        "scope": "openid originrisk:model",
        **changes,
    }
    present = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(present, key, algorithm=algorithm, headers={"kid": kid})


def test_a_sound_token_gets_in_and_its_scopes_hold(ask: Callable[[str], int]) -> None:
    assert ask(token()) == 200
    assert ask(token(scope="originrisk:score")) == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"key": OTHER},
        {"kid": "two"},
        {"iss": "https://other.example"},
        {"aud": "other"},
        {"exp": time.time() - 1},
        {"exp": None},
        {"sub": None},
        {"key": "x" * 64, "algorithm": "HS256"},
        {"key": None, "algorithm": "none"},
    ],
)
def test_any_other_token_does_not(ask: Callable[[str], int], changes: dict[str, Any]) -> None:
    assert ask(token()) == 200
    assert ask(token(**changes)) == 401


@pytest.mark.parametrize("text", ["a.b.c", "eyJhbGciOiJSUzI1NiJ9..", "é" * 9, "x" * 5000])
def test_what_is_no_token_does_not(ask: Callable[[str], int], text: str) -> None:
    assert ask(text) == 401


def test_an_issuer_that_hangs_makes_no_good_token_wait(
    ask: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(token()) == 200
    monkeypatch.setattr(access, "LIFESPAN", 0)
    monkeypatch.setattr(access, "PATIENCE", 0)
    asked = threading.Event()

    def hangs(*_: object, **__: object) -> list[Any]:
        asked.set()
        time.sleep(3)
        return []

    monkeypatch.setattr("jwt.PyJWKClient.get_signing_keys", hangs)
    began = time.monotonic()
    assert [ask(token()) for _ in range(3)] == [200] * 3
    assert time.monotonic() - began < 2
    assert asked.is_set()
