"""Pages of reports as one HTML file each: no network, no script; every cell is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
from jinja2 import Environment
from markupsafe import Markup

from originrisk.train.evaluation.metrics import METRICS

STYLE: Final = """
body{font:15px/1.5 system-ui,sans-serif;color:#222;max-width:1160px;margin:2em auto;padding:0 1.2em}
h1{font-size:1.6em;margin-bottom:.1em}h2{font-size:1.2em;margin:2em 0 .3em;border-top:1px solid #ddd;padding-top:1em}
p{max-width:75ch}.small{color:#555;font-size:.88em}svg{max-width:100%;height:auto}
.box{border-left:6px solid #4c8c4a;background:#f0f6f0;padding:.6em 1em;margin:1em 0}
.box.alarm{border-color:#b3261e;background:#fbeceb}
.cards{display:flex;gap:1em;flex-wrap:wrap}.card{border:1px solid #ddd;padding:.6em 1em;min-width:11em}
.card b{display:block;font-size:1.5em}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.88em;margin:.6em 0}
th,td{padding:.25em .8em;border-bottom:1px solid #e4e4e4;text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}thead th{background:#f6f6f6}
"""
SHARES: Final = {
    "share",
    "empty",
    "positive_share",
    "low",
    "high",
    "precision",
    "recall",
    "look_up_key_seen",
    "largest_share",
}
_PAGES: Final = Environment(autoescape=True)
_PAGE: Final = _PAGES.from_string(
    """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>originrisk: {{ title }}</title>
<meta name="viewport" content="width=device-width"><style>{{ style }}</style></head><body>
{% for section in sections %}{{ section }}
{% endfor %}</body></html>
"""
)
_TABLE: Final = _PAGES.from_string(
    """<div class="scroll"><table><thead><tr>{% for name in heads %}<th>{{ name }}</th>{% endfor %}</tr></thead><tbody>
{%- for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</tbody></table></div>"""
)


def write(html: str, path: Path) -> None:
    """Write a page; an existing file is replaced whole."""
    staged = path.with_name(path.name + ".staged")
    staged.write_text(html, encoding="utf-8")
    staged.replace(path)


def document(title: str, sections: Iterable[str]) -> str:
    """A whole page of sections, which are HTML."""
    return _PAGE.render(title=title, style=Markup(STYLE), sections=map(Markup, sections))


def section(title: str, why: str, *parts: str) -> str:
    """A heading, what it says, and tables or charts."""
    return f"<h2>{escape(title)}</h2><p>{why}</p>{''.join(parts)}"


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Plain rows as a table."""
    if not rows:
        return "<p>Nothing to show.</p>"
    heads = [METRICS[name].words if name in METRICS else name.replace("_", " ") for name in rows[0]]
    return _TABLE.render(heads=heads, rows=[[_cell(n, v) for n, v in row.items()] for row in rows])


def _cell(name: str, value: Any) -> str:
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return "–"
    if isinstance(value, float) and name in METRICS:
        return f"{value:{METRICS[name].format}}"
    if isinstance(value, float) and name in SHARES:
        return f"{value:.1%}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) > 1 else f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
