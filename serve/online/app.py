"""The HTTP application: addresses, who may use them, and how an answer is made for each."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Final

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from originrisk.data.errors import Problem
from originrisk.data.settings import load_settings
from originrisk.features.catalogue import NAMES
from originrisk.serve.online import middleware, shapes
from originrisk.serve.online.access import Caller
from originrisk.serve.online.answer import answer, line_key, party_history, stored_line
from originrisk.serve.online.middleware import RequestMiddleware
from originrisk.serve.online.problems import BROKEN_LINES, NOT_FOUND, WRONG_METHOD, RefusedError
from originrisk.serve.online.request import read_request, read_rows, receive
from originrisk.serve.online.service import Service, masked
from originrisk.serve.server import HeadAsGet

JSON: Final = "application/json"
_KEYED: Final = (401, 403, 429, 500, 503)
_PARTY: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)
DESCRIPTION: Final = "A score is a lead. It says where to look first and why; it is never a determination."


def create() -> FastAPI:
    """The application of one worker, over the home that ORIGINRISK_HOME names."""
    return over(Service.of(load_settings(Path(os.environ["ORIGINRISK_HOME"]))))


def over(service: Service) -> FastAPI:
    """The application over these parts."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(service.watch.start)  # it takes requests once it can answer them
        yield
        service.close()

    app = FastAPI(
        title="originrisk",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
    )
    app.add_middleware(RequestMiddleware)
    app.add_middleware(HeadAsGet)
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(HTTPException, _no_route)
    _add_scores(app, service)
    _add_look_ups(app, service)
    _add_health(app, service)
    app.openapi().setdefault("components", {})["securitySchemes"] = _SCHEMES
    return app


class Unread(APIRoute):
    """A route that hands the request over as it came: FastAPI reads and checks nothing of it, the endpoint all."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The endpoint itself."""
        endpoint: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return endpoint


def _add_scores(app: FastAPI, service: Service) -> None:
    shape = {"schema": shapes.request(service.settings.service.most_lines), "example": {"lines": [shapes.EXAMPLE]}}
    asked_for = {"requestBody": {"required": True, "content": {JSON: shape}}, **_SECURED}

    router = APIRouter(route_class=Unread)

    @router.post(
        "/v1/score",
        summary="Score entry lines",
        responses=shapes.responses("score", 400, *_KEYED, 408, 413, 415, 422),
        openapi_extra=asked_for,
    )
    async def score(request: Request) -> Response:
        caller = await _admitted(service, request, "score")
        active = service.watch.current()
        sent = await receive(request, service.settings.service)
        lines, include = read_request(sent, service.settings.service.most_lines)
        service.guard.charge(caller, len(lines) - 1)
        rows = [*chain(*await service.scoring.do(caller.name, len(lines), read_rows(lines)))]
        keys = [masked(row["entry_number"], row["line_number"]) for row in rows]
        service.audit.record(request.state.request, caller.name, "score", "taken", keys)
        pieces = answer(rows, include, active, service.limits, service.store)
        made = await service.scoring.do(caller.name, len(rows), pieces)
        middleware.LINES.inc(len(rows))
        return _json({**active.versions, "lines": [*chain(*made)]})

    app.include_router(router)


def _add_look_ups(app: FastAPI, service: Service) -> None:
    @app.get(
        "/v1/lines/{entry}/{line}",
        summary="A stored line and the score that its night published",
        responses=shapes.responses("lines", *_KEYED, 404, 422),
        openapi_extra=_SECURED,
    )
    async def line(request: Request, entry: str, line: str) -> Response:
        caller = await _admitted(service, request, "lines")
        key = line_key(entry, line)
        service.audit.record(request.state.request, caller.name, "lines", "taken", [masked(*key)])
        look_up = (stored_line(service.store, *one) for one in [key])
        return _json(*await service.looking_up.do(caller.name, 1, look_up))

    @app.get(
        "/v1/parties/{party}",
        summary="What the closed days hold of a party, by the key that answers name it with",
        responses=shapes.responses("parties", *_KEYED, 404, 422),
        openapi_extra=_SECURED,
    )
    async def of_party(request: Request, party: str) -> Response:
        caller = await _admitted(service, request, "parties")
        active = service.watch.current()
        service.audit.record(request.state.request, caller.name, "parties", "taken")
        return _json({**active.versions, "parts": _parts(party, active.past)})

    @app.get(
        "/v1/model",
        summary="The model and the history in charge",
        responses=shapes.responses("model", *_KEYED),
        openapi_extra=_SECURED,
    )
    async def model(request: Request) -> Response:
        await _admitted(service, request, "model")
        active = service.watch.current()
        return _json({**active.versions, "settings": active.bundle.settings, "features": NAMES})


def _add_health(app: FastAPI, service: Service) -> None:
    @app.get("/healthz", summary="The process answers", responses=shapes.responses("health"))
    async def health() -> Response:
        return _json({"status": "alive"})

    @app.get("/readyz", summary="It can score", responses=shapes.responses("health", 503))
    async def ready() -> Response:
        service.watch.current()
        return _json({"status": "ready"})

    @app.get(
        "/metrics",
        summary="Measures for Prometheus",
        responses={**shapes.responses("health", *_KEYED), 200: _TEXT},
        openapi_extra=_SECURED,
    )
    async def measures(request: Request) -> Response:
        await _admitted(service, request, "metrics")
        return Response(middleware.metrics_page(), media_type="text/plain; version=0.0.4")


_SCHEMES: Final = {"bearer": {"type": "http", "scheme": "bearer", "description": "an API key, or a token"}}
_TEXT: Final = {"description": "The measures", "content": {"text/plain": {"schema": {"type": "string"}}}}
_SECURED: Final[dict[str, Any]] = {"security": [{"bearer": []}]}


async def _admitted(service: Service, request: Request, scope: str) -> Caller:
    """The caller, noted for the log; a refusal goes into the audit record too."""
    try:
        caller = await service.guard.admit(request.headers, scope)
    except RefusedError as refused:
        service.audit.record(request.state.request, "", scope, refused.type.name)
        raise
    request.state.caller = caller.name
    return caller


def _parts(key: str, past: Any) -> dict[str, Any]:
    if not _PARTY.fullmatch(key):
        raise RefusedError(BROKEN_LINES, [Problem("party", "16 hexadecimal digits", "another form")])
    parts = party_history(int(key, 16), past)
    if not parts:
        raise RefusedError(NOT_FOUND, [Problem("party", "a party that the closed days met", "none")])
    return parts


def _json(content: Any) -> Response:
    return Response(orjson.dumps(content), media_type=JSON)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return error.response()


async def _no_route(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = WRONG_METHOD if error.status_code == WRONG_METHOD.status else NOT_FOUND
    return RefusedError(kind, headers=error.headers).response()
