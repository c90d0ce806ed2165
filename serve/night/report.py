"""How nights are told: a page that needs no network, figures for Prometheus, a summary for terminal and scheduler."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from html import escape
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from originrisk.data.console import print_table
from originrisk.data.lists.membership import completeness, with_shipped
from originrisk.data.store.tables import Store
from originrisk.models.registry import champion_version
from originrisk.serve.night import record
from originrisk.serve.night.record import NAME, Manifest, replace

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ddd }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
.warn { background: #fff3cd } .stop { background: #f8d7da }
"""
MEANING = {
    "volume": "lines beside the same day of the weeks before, factor as a logarithm",
    "rejected": "share of the records taken in that broke a rule",
    "nulls": "rise of the share of empty cells, worst column",
    "codes": "rise of the share of codes that no reference table knows, worst column",
    "categories": "share of lines with a code not met in the days before, worst column",
    "values": "shift of the median, factor as a logarithm, worst column",
    "labels": "results of examinations became fewer by this factor, as a logarithm",
    "late": "rise of the share of lines that come after their day of entry",
    "calibration": "found beside promised among random examinations, factor as a logarithm",
    "feature_drift": "population stability index beside the training's sample, worst feature",
    "drifting_features": "share of features above the warning level of drift",
    "score_drift": "population stability index of the scores",
    "performance": "fall of the AUC that the scores promise without labels (CBPE)",
}


def measures(manifest: Manifest) -> list[dict[str, Any]]:
    """Every measure of the night so far."""
    return [row for figures in manifest.content["steps"].values() for row in figures.get("measures", [])]


def write_report(manifest: Manifest) -> None:
    """Write report.html beside the record of a night that ended."""
    replace(manifest.folder / "report.html", report_page(manifest))


def report_page(manifest: Manifest) -> str:
    """The report as HTML."""
    content, ended = manifest.content, manifest.content["ended"]
    facts = {
        "Outcome": f"{ended['outcome']} (exit code {ended['exit_code']})",
        "Started": content["started_at"],
        "Ended": ended["at"],
        "Model": content["model"],
        "Table versions": _listed(content["basis"].get("tables", {})),
        "Files taken in": len(content["files"]),
        **{f"Records of {table}": _listed(counts) for table, counts in content["counts"].items()},
    }
    parts = [
        _table(("", ""), facts.items()),
        "".join(
            f"<p class='{'stop' if ended['exit_code'] == 3 else 'warn'}'>{escape(why)}</p>" for why in ended["why"]
        ),
        "<h2>Quality</h2>",
        _measures(measures(manifest)),
        "<h2>Steps</h2>",
        _table(("step", "lines", "seconds", "of which"), map(_step, content["steps"].items())),
    ]
    title = f"Night of {escape(content['date'])}"
    head = f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{title}</title><style>{STYLE}</style>"
    note = "<p>Scores are leads, not findings. Measures are 0 within the noise of small numbers.</p>"
    return f"{head}<h1>{title}</h1>{note}{''.join(parts)}</html>\n"


def _measures(rows: list[dict[str, Any]]) -> str:
    cells = "".join(
        f"<tr class='{row['verdict']}'><td>{escape(row['name'])}<td>{escape(MEANING[row['name']])}"
        f"<td>{escape(row['about'])}<td class='number'>{row['value']:.3g}"
        f"<td class='number'>{_level(row['warn'])}<td class='number'>{_level(row['stop'])}<td>{row['verdict']}</tr>"
        for row in rows
    )
    names = "<th>measure<th>what it is<th>where"
    heads = f"{names}{''.join(f'<th class=number>{one}' for one in ('value', 'warns above', 'stops above'))}<th>"
    return f"<table><tr>{heads}</tr>{cells}</table>"


def _step(item: tuple[str, dict[str, Any]]) -> tuple[object, ...]:
    name, figures = item
    return name, figures.get("lines", ""), figures["seconds"], _listed(figures.get("parts", {}))


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = "".join(f"<th>{escape(one)}" for one in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _listed(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _level(level: float | None) -> str:
    return "never" if level is None else f"{level:g}"


LEVELS = {"ok": 0, "warn": 1, "stop": 2}


def write_metrics(home: Path, manifest: Manifest) -> None:
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
    for row in measures(manifest):
        value.labels(row["name"]).set(row["value"])
        level.labels(row["name"]).set(LEVELS[row["verdict"]])
    (home / "metrics").mkdir(exist_ok=True)
    write_to_textfile(str(home / "metrics" / "originrisk.prom"), registry)


def summary(nights: Sequence[Manifest]) -> dict[str, Any]:
    """Exit code of the run (the first that is not a success, else 0), and each night in short."""
    codes = [night.content["ended"]["exit_code"] for night in nights]
    return {"exit_code": next(filter(None, codes), 0), "nights": [_short(night) for night in nights]}


def print_nights(nights: Sequence[Manifest]) -> None:
    """Print each night in short, and what each one warned of."""
    rows = [_short(night) for night in nights]
    heads = ("date", "outcome", "lines", "places", "model", "seconds")
    print_table("Nights (leads, not findings)", heads, ([row[name] for name in heads] for row in rows))
    raised = [
        (row["date"], one["name"], one["about"], one["value"], one["warn"]) for row in rows for one in row["raised"]
    ]
    if raised:
        print_table("Warnings", ("date", "measure", "where", "value", "warns above"), raised)


def _short(night: Manifest) -> dict[str, Any]:
    content = night.content
    return {
        "date": content["date"],
        "outcome": content["ended"]["outcome"],
        "exit_code": content["ended"]["exit_code"],
        "lines": night.figures("publish")["lines"],
        "places": night.figures("score")["places"],
        "model": content["model"],
        "seconds": round(sum(figures["seconds"] for figures in content["steps"].values()), 1),
        "raised": [row for row in measures(night) if row["verdict"] != "ok"],
    }


SHOWN = 14


def status(home: Path) -> dict[str, Any]:
    """Live day, champion, files that wait in the inbox, how complete the lists are; the last nights, latest first."""
    shown = record.live_day(home)
    waiting = [path for path in (home / "inbox").rglob("*") if path.is_file() and path.name[0] != "."]
    return {
        "live": str(shown) if shown else None,
        "champion": champion_version(home),
        "waiting": len(waiting),
        "lists": completeness(with_shipped(Store(home).listed()), date.today()),
        "nights": [_status_row(Manifest.read(home, day)) for day in _recorded_days(home)[:SHOWN]],
    }


def _recorded_days(home: Path) -> list[date]:
    records = (home / "nights").glob(f"????-??-??/{NAME}")
    return sorted((date.fromisoformat(path.parent.name) for path in records), reverse=True)


def _status_row(manifest: Manifest | None) -> dict[str, Any]:
    assert manifest is not None
    content = manifest.content
    ended = content.get("ended") or {"outcome": "unfinished", "exit_code": None, "why": []}
    return {
        "date": content["date"],
        "live": content["live"],
        "outcome": ended["outcome"],
        "exit_code": ended["exit_code"],
        "lines": content["steps"].get("publish", {}).get("lines"),
        "seconds": round(sum(figures["seconds"] for figures in content["steps"].values()), 1),
        "why": ended["why"],
        "drift": [row for row in measures(manifest) if row["name"] in ("score_drift", "feature_drift")],
    }
