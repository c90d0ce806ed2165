"""The server around the queue's application: migrations first, then one process until it is told to stop."""

from pathlib import Path

import uvicorn

from originrisk.data.settings import Settings
from originrisk.serve.online.run import GRACE, logs
from originrisk.serve.queue.app import queue_app
from originrisk.serve.queue.database import Database
from originrisk.serve.queue.migrate import migrate


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
