"""The report of a night: one page that needs no network, for whoever has to find out how it went and why."""

from collections.abc import Iterable
from html import escape
from typing import Any

from originrisk.serve.night.manifest import Manifest, replace

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


def write(manifest: Manifest) -> None:
    """Write report.html beside the record of a night that ended."""
    replace(manifest.folder / "report.html", page(manifest))


def page(manifest: Manifest) -> str:
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
            f"<p class='{'stop' if ended['exit_code'] == 3 else 'warn'}'>{escape(why)}</p>"
            for why in ended["why"]
        ),
        "<h2>Quality</h2>",
        _measures(measures(manifest)),
        "<h2>Steps</h2>",
        _table(("step", "lines", "seconds", "of which"), map(_step, content["steps"].items())),
    ]
    title = f"Night of {escape(content['date'])}"
    head = (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{title}</title><style>{STYLE}</style>"
    )
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
    heads = (
        f"{names}{''.join(f'<th class=number>{one}' for one in ('value', 'warns above', 'stops above'))}<th>"
    )
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
