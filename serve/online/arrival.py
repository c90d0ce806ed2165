"""The arrival of a body: declared as JSON, within its bounds of size and time."""

import asyncio

from starlette.requests import Request

from originrisk.data.errors import Problem
from originrisk.data.settings import ServiceSettings
from originrisk.serve.online.problems import TOO_LARGE, TOO_SLOW, WRONG_MEDIA, RefusedError


async def body(request: Request, settings: ServiceSettings) -> bytes:
    """The bytes of a request's body. Raises RefusedError (408, 413 or 415)."""
    _check_declared(request, settings.most_bytes)
    try:
        async with asyncio.timeout(settings.wait_seconds):
            return await _bounded(request, settings.most_bytes)
    except TimeoutError as error:
        expected = f"a body within {settings.wait_seconds:g} seconds"
        raise RefusedError(
            TOO_SLOW, [Problem("body", expected, "a part of one")], {"Connection": "close"}
        ) from error


def _check_declared(request: Request, most: int) -> None:
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media != "application/json" or request.headers.get("content-encoding", "identity") != "identity":
        raise RefusedError(
            WRONG_MEDIA, [Problem("content-type", "application/json, not compressed", "another")]
        )
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and (len(declared) > 18 or int(declared) > most):
        raise _too_large(most)


async def _bounded(request: Request, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise _too_large(most)
        parts.append(part)
    return b"".join(parts)


def _too_large(most: int) -> RefusedError:
    problem = Problem("body", f"{most} bytes at the most", "more", "Send the lines in several requests.")
    return RefusedError(TOO_LARGE, [problem], {"Connection": "close"})
