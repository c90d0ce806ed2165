"""Both servers under abuse, over loopback and bounded: the longest stall of an innocent page, and peak memory.

    python -m benchmarks.abuse [HOME] [--seconds N]

The queue runs over a home of its own that goes away; where HOME has a model and a history, the service runs over it.
Each attack lasts N seconds (8 without a word) while an officer opens a page, or another key scores a line, once and
again. Nothing leaves this machine.
"""

import argparse
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from originrisk.data.console import print_table
from originrisk.serve.online import access
from originrisk.serve.online.shapes import EXAMPLE

PASSWORD = "abuse is measured here"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
COMMAND = Path(sys.executable).with_name("originrisk")

Attack = Callable[[int, float], None]


def ask(port: int, method: str, path: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
    """One request; the answer is read and its connection closed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        answer.text = answer.read().decode("utf-8", "replace")  # type: ignore[attr-defined]
        return answer
    finally:
        connection.close()


def log_in(port: int, name: str, password: str) -> str:
    """The cookie of a session, or of the form where the log-in was refused."""
    form = ask(port, "GET", "/login")
    token = re.search(r'name="csrf" value="([^"]+)"', form.text)[1]  # type: ignore[attr-defined, index]
    cookie = str(form.getheader("Set-Cookie")).split(";")[0]
    sent = urllib.parse.urlencode({"csrf": token, "name": name, "password": password}).encode()
    answer = ask(port, "POST", "/login", sent, Cookie=cookie, **FORM)
    return str(answer.getheader("Set-Cookie") or cookie).split(";")[0]


def silent(port: int, seconds: float) -> None:
    """1,100 connections that say nothing."""
    _held(port, b"", 1100, seconds)


def slow_headers(port: int, seconds: float) -> None:
    """200 connections whose headers never end."""
    _held(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nA: ", 200, seconds)


def slow_bodies(port: int, seconds: float) -> None:
    """200 connections whose forms never arrive."""
    head = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n"
    _held(port, head + b"Content-Type: application/x-www-form-urlencoded\r\n\r\na", 200, seconds)


def long_headers(port: int, seconds: float) -> None:
    """Headers without an end, at full speed."""
    _repeated(seconds, 4, lambda: _push(port, b"GET / HTTP/1.1\r\nA: " + b"b" * 4_000_000))


def many_headers(port: int, seconds: float) -> None:
    """Ten thousand short headers in each request, at full speed."""
    sent = b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"A%d: b\r\n" % n for n in range(10_000)) + b"\r\n"
    _repeated(seconds, 4, lambda: _push(port, sent))


def flood(port: int, seconds: float) -> None:
    """Sixty at a time try to log in."""
    _repeated(seconds, 60, lambda: log_in(port, "nobody-here", "x" * 20))


def hostile_forms(port: int, seconds: float) -> None:
    """Forms of other encodings, of many fields, of many bytes."""
    big = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + b"a" * 130_000 + b"-" + b"A" * 130_000
    forms = [
        (big + b"\r\n--x--\r\n", "multipart/form-data; boundary=x; charset=punycode"),
        (b"a=1&" * 60_000, FORM["Content-Type"]),
        (b"a=%F0" * 50_000, FORM["Content-Type"] + "; charset=utf-7"),
        (b"{" * 250_000, "application/json"),
    ]
    for body, kind in forms:
        _repeated(
            seconds / len(forms), 4, lambda body=body, kind=kind: ask(port, "POST", "/login", body, Content_Type=kind)
        )


def _push(port: int, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        one.sendall(sent)


def _held(port: int, sent: bytes, count: int, seconds: float) -> None:
    held = []
    end = time.monotonic() + seconds
    try:
        for _ in range(count):
            held.append(socket.create_connection(("127.0.0.1", port), timeout=5))
            held[-1].sendall(sent)
        time.sleep(max(0.0, end - time.monotonic()))
    except OSError:
        time.sleep(max(0.0, end - time.monotonic()))
    finally:
        for one in held:
            one.close()


def _repeated(seconds: float, threads: int, work: Callable[[], object]) -> None:
    end = time.monotonic() + seconds

    def run() -> None:
        while time.monotonic() < end:
            try:
                work()
            except (OSError, http.client.HTTPException, TypeError):
                time.sleep(0.05)

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()


def measure(port: int, pid: int, attack: Attack | None, innocent: Callable[[], int], seconds: float) -> list[str]:
    """Longest and median wait for the innocent page while an attack lasts, failures, and peak memory in MB."""
    waits: list[float] = []
    failures = 0
    thread = threading.Thread(target=attack, args=[port, seconds]) if attack else None
    if thread:
        thread.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        try:
            failures += innocent() != 200
        except (OSError, http.client.HTTPException):
            failures += 1
        waits.append(time.monotonic() - began)
        time.sleep(0.05)
    if thread:
        thread.join()
    status = Path(f"/proc/{pid}/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024  # type: ignore[index]
    middle = sorted(waits)[len(waits) // 2]
    return [f"{max(waits):.2f}", f"{middle:.3f}", f"{failures} of {len(waits)}", f"{peak:,}"]


@contextmanager
def server(home: Path, *words: str) -> Iterator[tuple[int, int]]:
    """Port and process of a server over a home."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [COMMAND, "--home", home, *words, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            try:
                if ask(port, "GET", "/login").status in {200, 404}:
                    break
            except OSError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


def queue(seconds: float) -> list[list[str]]:
    """The queue under each attack."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for words, typed in ((("queue", "migrate"), ""), (("accounts", "create", "ann", "officer"), PASSWORD + "\n")):
            subprocess.run([COMMAND, "--home", home, *words], input=typed, text=True, check=True, capture_output=True)
        with server(home, "queue") as (port, pid):
            cookie = log_in(port, "ann", PASSWORD)
            attacks = (None, silent, slow_headers, many_headers, slow_bodies, long_headers, hostile_forms, flood)
            return [
                [attack.__doc__ or "" if attack else "None.",
                 *measure(port, pid, attack, lambda: ask(port, "GET", "/readings", Cookie=cookie).status, seconds)]
                for attack in attacks
            ]  # fmt: skip


def service(home: Path, seconds: float) -> list[list[str]]:
    """The service under each attack; some come from a caller with a key of its own."""
    keys = [access.create_key(home, f"abuse {number}", ["score"], 1) for number in (1, 2)]

    closed = max(date.fromisoformat(folder.name) for folder in (home / "history").glob("????-??-??"))
    example = EXAMPLE | {"entry_date": str(closed + timedelta(1))}

    def score(text: str, count: int, name: str) -> int:
        dear = ("manufacturer_name", "seller_name", "manufacturer_address", "description")
        lines = [
            {**example, "line_number": n + 1, **dict.fromkeys(dear, f"{name}{n} "[:9] * 1100)} for n in range(count)
        ]
        sent = json.dumps({"lines": lines if name else [example]}).encode()
        return ask(
            port, "POST", "/v1/score", sent, Authorization=f"Bearer {text}", Content_Type="application/json"
        ).status

    def greedy(_: int, seconds: float) -> None:
        """One key whose lines are dear, six requests of 40 at a time."""
        _repeated(seconds, 6, lambda: score(keys[0][1], 40, f"X{time.monotonic_ns() % 997} "))

    def slow_bodies(at: int, seconds: float) -> None:
        """200 connections of one key whose lines never arrive."""
        head = f"POST /v1/score HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {keys[0][1]}\r\n"
        _held(at, (head + "Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{").encode(), 200, seconds)

    def hostile_bodies(at: int, seconds: float) -> None:
        """JSON that is deep, long, of strange names or of other encodings, four at a time."""
        bodies = [
            b"[" * 1_000_000 + b"]" * 900_000,
            b'{"a":' * 300_000,
            b'{"lines":[{' + b",".join(b'"k%d":1' % n for n in range(100_000)) + b"}]}",
            json.dumps({"lines": [example], "include": ["reasons"] * 100_000}).encode(),
            json.dumps({"lines": [example | {"manufacturer_name": "9" * 9_000}] * 200}).encode("utf-16"),
            b" " * 3_000_000,
        ]
        kind = {"Authorization": f"Bearer {keys[0][1]}", "Content_Type": "application/json"}
        for body in bodies:
            _repeated(seconds / len(bodies), 4, lambda body=body: ask(at, "POST", "/v1/score", body, **kind))

    def guesses(at: int, seconds: float) -> None:
        """Wrong keys, sixteen at a time."""
        wrong = f"Bearer ork_{'0' * 16}_{'A' * 43}"
        _repeated(seconds, 16, lambda: ask(at, "POST", "/v1/score", b"{}", Authorization=wrong))

    try:
        with server(home, "serve") as (port, pid):
            attacks = (
                None, silent, slow_headers, many_headers, long_headers, slow_bodies, hostile_bodies, guesses, greedy
            )  # fmt: skip
            return [
                [(attack.__doc__ or "") if attack else "None.",
                 *measure(port, pid, attack, lambda: score(keys[1][1], 1, ""), seconds)]
                for attack in attacks
            ]  # fmt: skip
    finally:
        for key, _ in keys:
            access.revoke_key(home, key.id)


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("home", nargs="?", type=Path)
    words.add_argument("--seconds", type=float, default=8.0)
    given = words.parse_args()
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    heads = ("attack", "longest wait, s", "median, s", "failed", "peak memory, MB")
    print_table("The queue: an officer's page", heads, queue(given.seconds))
    if given.home and (given.home / "models").is_dir():
        print_table("The service: a line of another key", heads, service(given.home.resolve(), given.seconds))


if __name__ == "__main__":
    main()
