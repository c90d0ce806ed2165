"""The application of the officers' queue: its routes, its answers to what is not as it should be, and its server."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
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
from originrisk.serve.queue.access import simulated
from originrisk.serve.queue.context import AppContext
from originrisk.serve.queue.db.database import Database, migrate
from originrisk.serve.queue.db.findings import NoSuchLineError
from originrisk.serve.queue.evidence.reading import BeingPreparedError, background_reading
from originrisk.serve.queue.rendering import HERE, page, problem_page
from originrisk.serve.queue.routes import accounts, audit, export, findings, line, log_in, queue, supervision
from originrisk.serve.queue.routes.admission import SignedOutError
from originrisk.serve.queue.security import Protection
from originrisk.serve.server import HeadAsGet, serve

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
    app.state.log_ins = log_in.LogInThrottle(settings.queue.log_ins_per_minute)
    app.state.providers = log_in.LogInThrottle(2 * settings.queue.log_ins_per_minute)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.queue.hosts), www_redirect=False)
    app.add_middleware(Protection)
    app.add_middleware(HeadAsGet)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for router in ROUTERS:
        app.include_router(router)
    for kind in (HTTPException, RequestValidationError, OriginRiskError, *_OWN_ERRORS):
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
            raise error
    return problem_page(request, status, problems)


def run(settings: Settings, tls_key: Path | None, tls_certificate: Path | None) -> None:
    """Serve until told to stop."""
    database = Database(settings)
    migrate(database)
    database.close()
    serve(queue_app(settings), settings.queue, tls_key, tls_certificate)
