"""The application of the officers' queue: its routes, its answers to what is not as it should be, and its server."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import RedirectResponse
from starlette.staticfiles import StaticFiles

from originrisk.data.errors import OriginRiskError, Problem
from originrisk.data.settings import Settings
from originrisk.serve.online.run import GRACE, logs
from originrisk.serve.queue.access import simulated
from originrisk.serve.queue.context import AppContext
from originrisk.serve.queue.db.database import Database, migrate
from originrisk.serve.queue.db.findings import NoSuchLineError
from originrisk.serve.queue.evidence.reading import BeingPreparedError, background_reading
from originrisk.serve.queue.rendering import HERE, page
from originrisk.serve.queue.routes import accounts, audit, export, findings, line, log_in, queue, supervision
from originrisk.serve.queue.routes.admission import SignedOutError
from originrisk.serve.queue.security import SafeHeaders

log = logging.getLogger("originrisk.queue")

ROUTERS: Final[tuple[APIRouter, ...]] = (
    log_in.router,
    queue.router,
    line.router,
    findings.router,
    export.router,
    supervision.router,
    audit.router,
    accounts.router,
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
    """The application over a home; `patience` is that of `BackgroundCache`.

    Raises BadInputError where its database is not of this version.
    """
    context = AppContext.of(settings, now)
    reading = background_reading(settings, context.store, patience)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with reading.watched():
            yield
        context.database.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.context = context
    app.state.reading = reading
    app.state.simulated = simulated(settings)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.queue.hosts), www_redirect=False)
    app.add_middleware(SafeHeaders)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for router in ROUTERS:
        app.include_router(router)
    for kind in (HTTPException, RequestValidationError, OriginRiskError, *_OWN_ERRORS, Exception):
        app.add_exception_handler(kind, _answer)
    return app


_OWN_ERRORS: Final = (SignedOutError, NoSuchLineError, BeingPreparedError)


async def _answer(request: Request, error: Exception) -> Response:
    problems: Sequence[Problem] = ()
    match error:
        case SignedOutError():
            back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            target = f"/login?next={quote(back, safe='')}" if request.method == "GET" else "/login"
            return RedirectResponse(target, 303)
        case BeingPreparedError():
            return page(request, "preparing.html", 503, headers={"Refresh": "3", "Retry-After": "3"})
        case NoSuchLineError():
            status = 404
        case HTTPException():
            status = error.status_code
        case RequestValidationError():
            status = 422
        case OriginRiskError():
            status, problems = 422, error.problems
        case _:
            log.error("defect", extra={"facts": {"kind": type(error).__name__}})
            status = 500
    title, words = _SAID.get(status, _SAID[422])
    return page(request, "problem.html", status, title=title, words=words, problems=problems)


def run(settings: Settings, tls_key: Path | None, tls_certificate: Path | None) -> None:
    """Serve until told to stop."""
    database = Database(settings)
    migrate(database)
    database.close()
    uvicorn.run(
        queue_app(settings),
        host=settings.queue.host,
        port=settings.queue.port,
        access_log=False,
        log_config=logs(),
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
        ssl_keyfile=tls_key,
        ssl_certfile=tls_certificate,
    )
