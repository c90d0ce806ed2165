"""The server around the application: sockets, workers, TLS, logs; a worker that dies is replaced."""

import json
import logging
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from originrisk.data.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI


def service_folder(home: Path) -> Path:
    """Where the service writes: its audit record, its rates, its measures."""
    return home / "service"


def create_worker() -> "FastAPI":
    """The application of one worker, over the home that ORIGINRISK_HOME names."""
    # LightGBM works without scikit-learn, and only loads it for classes that nobody asks for here: half of all
    # imports by time, and 37 MB in every worker
    sys.modules.setdefault("sklearn", None)  # type: ignore[arg-type]
    from originrisk.serve.online import app

    return app.create()


GRACE: Final = 30
"""Seconds in which a worker that was told to stop finishes what it took."""

START: Final = 60
"""Seconds in which a worker must answer its parent; while it imports, on a busy machine, it cannot."""


class Plain(logging.Formatter):
    """A line of JSON for each record: the event and its facts, which never hold what was sent."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts = getattr(record, "facts", {})
        return json.dumps({"at": at, "level": record.levelname, "event": record.getMessage(), **facts})


def run(settings: Settings, tls_key: Path | None, tls_certificate: Path | None) -> None:
    """Serve until told to stop."""
    measures = service_folder(settings.home) / "measures"
    shutil.rmtree(measures, ignore_errors=True)
    measures.mkdir(parents=True, mode=0o700)
    # before anything of weight is imported, here and in the workers: one thread each is enough
    os.environ |= {
        "ORIGINRISK_HOME": str(settings.home),
        "PROMETHEUS_MULTIPROC_DIR": str(measures),
        "OMP_NUM_THREADS": "1",
    }
    own = settings.service
    uvicorn.run(
        "originrisk.serve.online.run:create_worker",
        factory=True,
        host=own.host,
        port=own.port,
        workers=own.workers,
        access_log=False,
        log_config=logs(),
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE,
        timeout_worker_healthcheck=START,
        ssl_keyfile=tls_key,
        ssl_certfile=tls_certificate,
    )


def logs() -> dict[str, Any]:
    """Configuration of the log of a server: lines of JSON on standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"()": "originrisk.serve.online.run.Plain"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "loggers": {
            name: {"handlers": ["stderr"], "level": "INFO", "propagate": False}
            for name in ("uvicorn", "originrisk")
        },
    }
