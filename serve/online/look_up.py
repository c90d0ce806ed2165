"""Look-ups in the store: a line that was received, and the score that its night published."""

from typing import Any

from originrisk.data.contract import ENTRIES, LINE_KEY, SCORES
from originrisk.data.errors import Problem
from originrisk.data.ingest.repair import parse
from originrisk.data.store.tables import Store
from originrisk.serve.online.problems import BROKEN_LINES, NOT_FOUND, RefusedError


def line_key(entry: str, line: str) -> tuple[str, int]:
    """Entry number and line number out of an address. Raises RefusedError (422) naming what is broken."""
    cells = [parse("entry number", entry[:40]), parse("line number", line[:10])]
    problems = [
        Problem(name, SCORES[name].rule, cell.broken or "nothing")
        for name, cell in zip(LINE_KEY, cells, strict=True)
        if cell.value is None
    ]
    if problems:
        raise RefusedError(BROKEN_LINES, problems)
    return str(cells[0].value), int(str(cells[1].value))


def line(store: Store, entry_number: str, line_number: int) -> dict[str, Any]:
    """What is missing of a stored line, and its published score. Raises RefusedError (404)."""
    found = store.line("entries", entry_number, line_number).to_pylist()
    if not found:
        raise RefusedError(NOT_FOUND, [Problem("line", "an entry line in the store", "none")])
    scores = store.line("scores", entry_number, line_number).to_pylist()
    return {
        **{name: found[0][name] for name in (*LINE_KEY, "entry_date")},
        "missing": [c.name for c in ENTRIES.columns if not c.required and found[0][c.name] is None],
        "score": {name: scores[0][name] for name in _SHOWN} if scores else None,
    }


_SHOWN = ("probability", "rank", "reasons", "model_version", "history_date")
