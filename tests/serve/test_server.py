"""Connections that say nothing, too little or too much are dropped, and leave the others alone."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from originrisk.serve import server
from originrisk.serve.server import LimitedProtocol


async def say(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(server, "HEADER_SECONDS", 0.5)
    monkeypatch.setattr(server, "IDLE_SECONDS", 0.8)
    monkeypatch.setattr(server, "REQUEST_SECONDS", 1.5)
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 20)
    app = Starlette(routes=[Route("/", say, methods=["GET", "POST"])])
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none", http=LimitedProtocol))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield running.servers[0].sockets[0].getsockname()[1]
    while _OPENED:
        _OPENED.pop().close()
    running.should_exit = True
    thread.join()


_OPENED: list[socket.socket] = []


def opened(port: int, sent: bytes = b"") -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port), timeout=5)
    _OPENED.append(one)
    one.sendall(sent)
    return one


def ended(one: socket.socket) -> bytes:
    """What a connection says until it ends."""
    said = b""
    try:
        while part := one.recv(65536):
            said += part
    except ConnectionError:
        pass
    return said


def asked(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/")
    status = connection.getresponse().status
    connection.close()
    return status


def test_silent_connections_are_dropped_and_make_room(port: int) -> None:
    silent = [opened(port) for _ in range(60)]
    began = time.monotonic()
    assert asked(port) == 200
    assert time.monotonic() - began < 2
    for one in silent:
        assert ended(one) == b""


@pytest.mark.parametrize("sent", [b"GET / HT", b"GET / HTTP/1.1\r\nA: b\r\nC"])
def test_headers_have_a_time(port: int, sent: bytes) -> None:
    began = time.monotonic()
    assert ended(opened(port, sent)) == b""
    assert time.monotonic() - began < 2


def test_headers_that_drip_are_dropped(port: int) -> None:
    one, began = opened(port, b"GET / HTTP/1.1\r\n"), time.monotonic()
    try:
        while time.monotonic() - began < 4:
            one.sendall(b"A: b\r\n")
            time.sleep(0.1)
    except ConnectionError:
        pass
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("line", [b"A: " + b"b" * 200_000, b"A: bbbbbbbb\r\n" * 20_000, b"B" * 200_000])
def test_headers_have_a_size(port: int, line: bytes) -> None:
    one = opened(port)
    try:
        one.sendall(b"GET / HTTP/1.1\r\n" + line)
        said = ended(one)
    except ConnectionError:
        said = b"HTTP/1.1 400"
    assert said.startswith(b"HTTP/1.1 400") or said == b""


def test_what_is_no_request_is_refused_with_safe_headers(port: int) -> None:
    said = ended(opened(port, b"nonsense\r\n\r\n")).lower()
    assert said.startswith(b"http/1.1 400")
    assert b"x-content-type-options: nosniff" in said


def test_headers_have_a_number(port: int) -> None:
    """Thousands of short ones would cost the loop more than their bytes say."""
    many = b"".join(b"A%d: b\r\n" % number for number in range(101))
    assert ended(opened(port, b"GET / HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n")).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 3\r\nTransfer-Encoding: chunked",
        b"Content-Length: 3\r\nContent-Length: 4",
        b"Content-Length: +3",
        b"Transfer-Encoding: chunked, identity",
        b"A\x00B: x",
    ],
)
def test_a_request_whose_end_is_told_in_two_ways_is_refused(port: int, headers: bytes) -> None:
    """Whoever stands in front must not read another request out of the same bytes."""
    said = ended(opened(port, b"POST / HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\n0\r\n\r\n"))
    assert said.startswith(b"HTTP/1.1 400")
    assert said.count(b"HTTP/1.1 ") == 1


def test_a_body_that_never_comes_is_not_waited_for_for_good(port: int) -> None:
    began = time.monotonic()
    ended(opened(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"))
    assert time.monotonic() - began < 4


def test_an_idle_connection_ends_and_a_busy_one_goes_on(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    for _ in range(3):
        connection.request("POST", "/", b"x" * 100_000)
        assert connection.getresponse().read() == b"100000"
        time.sleep(0.3)
    assert connection.sock is not None
    assert ended(connection.sock) == b""
    connection.close()
