"""Bearer tokens of an issuer, beside API keys: a real key pair, a real address that publishes it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.testclient import TestClient

from originrisk.data.settings import Settings
from tests.serve.online import served

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
