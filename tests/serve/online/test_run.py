"""The service as it runs: real processes, real sockets, the real client."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPException
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from originrisk.data.settings import Settings
from originrisk.serve.online import access
from originrisk.serve.online.client import Client, RequestRefusedError
from originrisk.serve.online.run import START
from originrisk.serve.scoring.batch import score_period
from tests.processes import heed_interrupts
from tests.serve import factory
from tests.serve.online import served

ROOT = Path(__file__).parents[3]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def running(
    home: Path, *words: str, at: str = "http://127.0.0.1"
) -> Iterator[tuple[Callable[["subprocess.Popen[bytes]"], Client], "subprocess.Popen[bytes]"]]:
    """A service, and what connects to it once it is ready."""
    (home / "settings.toml").write_text(f"history_start = {factory.START}\n")
    _, key = access.create_key(home, "test", access.SCOPES, 1)
    port = free_port()
    command = [sys.executable, "-m", "originrisk", "--home", home, "serve", "--port", str(port), *words]
    log = (home / "log").open("wb")
    with subprocess.Popen(command, cwd=ROOT, stderr=log, preexec_fn=heed_interrupts) as process:  # noqa: PLW1509
        try:
            yield partial(ready, f"{at}:{port}", key), process
        finally:
            process.terminate()
            process.wait(START + 30)  # it may be waiting for a worker's answer
    log.close()


def ready(url: str, key: str, process: "subprocess.Popen[bytes]") -> Client:
    for _ in range(600):
        assert process.poll() is None
        client = Client(url, key)
        try:
            client.model()
            return client
        except (OSError, RequestRefusedError):
            client.close()
            time.sleep(0.1)
    raise AssertionError("it never became ready")


def test_a_service_answers_as_the_batch_logs_nothing_of_the_lines_and_ends_when_told(settings: Settings) -> None:
    rows = served.rows(settings)
    with running(settings.home) as (connect, process):
        client = connect(process)
        answer = client.score(rows, reasons=True)
        loaded = Path(f"/proc/{process.pid}/maps").read_text()
        assert "lightgbm" in loaded
        assert "sklearn" not in loaded  # of which an answer needs nothing
        with pytest.raises(RequestRefusedError) as refused:
            client.score([{**rows[0], "htsus": "x"}])
        assert (refused.value.status, refused.value.problem["problems"][0]["where"]) == (422, "/lines/0/htsus")
        client.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)
    published = score_period(settings, served.DAY, served.DAY).scores().to_pylist()
    assert {line["entry_number"]: line["probability"] for line in answer["lines"]} == {
        row["entry_number"]: row["probability"] for row in published
    }
    said = (settings.home / "log").read_text()
    events = [json.loads(line) for line in said.splitlines()]
    assert {"request", "in charge"} <= {event["event"] for event in events}
    assert not [row for row in rows if row["manufacturer_name"] in said or row["entry_number"] in said]


def test_what_starts_the_workers_loads_nothing_of_weight_before_it_has_told_them_their_threads() -> None:
    code = "import sys, originrisk.serve.online.run; print(*{'numpy', 'lightgbm', 'fastapi'} & sys.modules.keys())"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True).stdout
    assert loaded == b"\n"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_over_tls_it_answers_those_who_trust_its_certificate_and_no_others(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = own_certificate(tmp_path)
    words = ("--tls-key", str(key), "--tls-certificate", str(certificate))
    with running(settings.home, *words, at="https://localhost") as (connect, process):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with connect(process) as client:
            assert client.score(served.rows(settings)[:1])["lines"]
            port = int(process.args[process.args.index("--port") + 1])  # type: ignore[arg-type,index,union-attr]
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(ssl.SSLCertVerificationError), Client(f"https://localhost:{port}", "") as stranger:
            stranger.model()
        with pytest.raises((OSError, HTTPException)), Client(f"http://localhost:{port}", "") as plain:
            plain.model()
        for bound in ({"maximum_version": ssl.TLSVersion.TLSv1_1}, {"ciphers": "AES128-SHA:ECDHE-ECDSA-AES128-SHA"}):
            with pytest.raises((ssl.SSLError, OSError)):
                greeted(port, **bound)
        assert greeted(port)[2] >= 128


def greeted(port: int, maximum_version: ssl.TLSVersion | None = None, ciphers: str = "") -> tuple[str, str, int]:
    """The cipher that a client and the service agree on."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(f"{ciphers or 'DEFAULT'}:@SECLEVEL=0")
    context.maximum_version = maximum_version or ssl.TLSVersion.TLSv1_2
    if maximum_version:
        context.minimum_version = ssl.TLSVersion.TLSv1
    with socket.create_connection(("localhost", port)) as bare, context.wrap_socket(bare) as one:
        return one.cipher() or ("", "", 0)


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate that it signed itself, for `localhost`, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(1))
        .not_valid_after(today + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "key.pem", folder / "certificate.pem"
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for path, content in zip(paths, (key.private_bytes(*form), made.public_bytes(Encoding.PEM)), strict=True):
        path.write_bytes(content)
    return paths


@pytest.mark.slow
def test_a_worker_that_is_killed_is_replaced(settings: Settings) -> None:
    rows = served.rows(settings)[:1]
    with running(settings.home, "--workers", "2") as (connect, process):
        client = connect(process)
        right = client.score(rows)
        before = workers(process.pid)
        assert len(before) == 2
        os.kill(min(before), signal.SIGKILL)
        for _ in range(10 * (START + 30)):
            if len(workers(process.pid) - before) == 1:
                break
            time.sleep(0.1)
        assert len(workers(process.pid) - before) == 1
        client.close()
        with connect(process) as client:
            assert client.score(rows) == right


def workers(parent: int) -> set[int]:
    """Children of the server that serve: not the tracker of resources."""
    found = set()
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text():
            found.add(int(child))
    return found
