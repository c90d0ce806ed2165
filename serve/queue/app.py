"""The application of the officers' queue: its routes, and what it says where something is not as it should be."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from originrisk.data.errors import OriginRiskError, Problem
from originrisk.data.settings import Settings
from originrisk.serve.queue import (
    account_pages,
    audit_pages,
    export_pages,
    finding_pages,
    log_in,
    supervision_pages,
    unmask_pages,
    work_pages,
)
from originrisk.serve.queue.admission import SignedOutError
from originrisk.serve.queue.demo import simulated
from originrisk.serve.queue.desk import Desk
from originrisk.serve.queue.findings import NoSuchLineError
from originrisk.serve.queue.headers import SafeHeaders
from originrisk.serve.queue.lines.prepared import BeingPreparedError
from originrisk.serve.queue.lines.reading import prepared
from originrisk.serve.queue.pages import line, queue
from originrisk.serve.queue.rendering import HERE, page

log = logging.getLogger("originrisk.queue")

ROUTERS: Final[tuple[APIRouter, ...]] = (
    log_in.router,
    queue.router,
    line.router,
    finding_pages.router,
    work_pages.router,
    unmask_pages.router,
    export_pages.router,
    supervision_pages.router,
    audit_pages.router,
    account_pages.router,
)

_SAID: Final = {
    403: ("Not allowed", "Your role does not allow this, or the form came from elsewhere. It was recorded."),
    404: ("Not found", "There is nothing at this address."),
    405: ("Not found", "There is nothing to do at this address in this way."),
    422: ("Not understood", "Something in the address or the form does not fit."),
    500: ("A defect", "Something went wrong here. Nothing was half done; please report it."),
}


def queue_app(
    settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC), patience: float = 1.0
) -> FastAPI:
    """The application over a home; `patience` is that of `Prepared`.

    Raises BadInputError where its database is not of this version.
    """
    desk = Desk.of(settings, now)
    reading = prepared(settings, desk.store, patience)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with reading.watched():
            yield
        desk.database.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = desk
    app.state.reading = reading
    app.state.simulated = simulated(settings)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.queue.hosts), www_redirect=False)
    app.add_middleware(SafeHeaders)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(SignedOutError, _to_log_in)
    app.add_exception_handler(HTTPException, _refusal)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(NoSuchLineError, _no_line)
    app.add_exception_handler(BeingPreparedError, _not_ready)
    app.add_exception_handler(OriginRiskError, _not_possible)
    app.add_exception_handler(Exception, _defect)
    return app


async def _to_log_in(request: Request, _: Exception) -> Response:
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = f"/login?next={quote(back, safe='')}" if request.method == "GET" else "/login"
    return RedirectResponse(target, 303)


async def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _problem(request, error.status_code)


async def _not_understood(request: Request, _: Exception) -> Response:
    return _problem(request, 422)


async def _no_line(request: Request, _: Exception) -> Response:
    return _problem(request, 404)


async def _not_ready(request: Request, _: Exception) -> Response:
    return page(request, "preparing.html", 503, headers={"Refresh": "3", "Retry-After": "3"})


async def _not_possible(request: Request, error: Exception) -> Response:
    assert isinstance(error, OriginRiskError)
    return _problem(request, 422, error.problems)


async def _defect(request: Request, error: Exception) -> Response:
    log.error("defect", extra={"facts": {"kind": type(error).__name__}})
    return _problem(request, 500)


def _problem(request: Request, status: int, problems: Sequence[Problem] = ()) -> Response:
    title, words = _SAID.get(status, _SAID[422])
    return page(request, "problem.html", status, title=title, words=words, problems=problems)
