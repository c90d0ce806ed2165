"""What is measured while the service runs, over all its workers. Labels never hold anything that was sent."""

import os
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

REQUESTS: Final = Counter("originrisk_requests", "Requests answered", ["route", "status"])
SECONDS: Final = Histogram(
    "originrisk_request_seconds",
    "Time from the request's first byte to the answer's last, seconds",
    ["route"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
LINES: Final = Counter("originrisk_lines", "Entry lines scored")
KEYS: Final = Counter("originrisk_keys_refused", "Requests refused for their key", ["reason"])
SWAPS: Final = Counter("originrisk_swaps", "Times that a new model or history took over in a worker")
REFUSED: Final = Counter("originrisk_refused", "Models and histories refused by a worker", ["what"])


def page() -> bytes:
    """All measures in the text format of Prometheus."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for measure in (REQUESTS, SECONDS, LINES, KEYS, SWAPS, REFUSED):
            registry.register(measure)
    return generate_latest(registry)
