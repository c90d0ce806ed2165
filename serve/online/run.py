"""The service as it is started: its folder, its workers; one that dies is replaced."""

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from originrisk.data.settings import Settings
from originrisk.serve.server import START, serve

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
    serve(
        "originrisk.serve.online.run:create_worker",
        own,
        tls_key,
        tls_certificate,
        factory=True,
        workers=own.workers,
        timeout_worker_healthcheck=START,
    )
