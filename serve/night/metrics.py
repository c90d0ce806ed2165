"""What a Prometheus node exporter picks up of the last night (textfile collector): metrics/originrisk.prom."""

from datetime import UTC, date, datetime, time
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from originrisk.serve.night import report
from originrisk.serve.night.manifest import Manifest

LEVELS = {"ok": 0, "warn": 1, "stop": 2}


def write(home: Path, manifest: Manifest) -> None:
    """Put the figures of a night that ended in place of those of the one before."""
    registry = CollectorRegistry()
    ended = manifest.content["ended"]
    day = date.fromisoformat(manifest.content["date"])
    single = {
        "exit_code": ("exit code of the last night", ended["exit_code"]),
        "day_seconds": ("day of the last night, UTC", datetime.combine(day, time(), UTC).timestamp()),
        "end_seconds": ("when the last night ended", datetime.fromisoformat(ended["at"]).timestamp()),
        "lines": ("lines published", manifest.content["steps"].get("publish", {}).get("lines", 0)),
    }
    for name, (text, value) in single.items():
        Gauge(f"originrisk_night_{name}", text, registry=registry).set(value)
    step = Gauge("originrisk_night_step_seconds", "seconds of a step", ["step"], registry=registry)
    for name, figures in manifest.content["steps"].items():
        step.labels(name).set(figures["seconds"])
    value = Gauge("originrisk_night_measure", "measure of the quality gate", ["name"], registry=registry)
    level = Gauge("originrisk_night_measure_level", "0 quiet, 1 warns, 2 stops", ["name"], registry=registry)
    for row in report.measures(manifest):
        value.labels(row["name"]).set(row["value"])
        level.labels(row["name"]).set(LEVELS[row["verdict"]])
    (home / "metrics").mkdir(exist_ok=True)
    write_to_textfile(str(home / "metrics" / "originrisk.prom"), registry)
