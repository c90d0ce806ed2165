"""The columns of the comparison by DuckDB: window functions over an integer day.

python duckdb_windows.py FOLDER
"""

import json
import resource
import sys
import time
from pathlib import Path

import duckdb


def frame(window: int) -> str:
    return f"RANGE BETWEEN {window or 'UNBOUNDED'} PRECEDING AND 1 PRECEDING"


folder = Path(sys.argv[1])
tallies = json.loads((folder / "tallies.json").read_text())
start = time.process_time()
sums = {}
for key, measures in tallies.items():
    wanted = {f"{m}.{w or 'ever'}": (f"sum({m})", w) for m, windows in measures.items() for w in windows}
    if 0 in measures["lines"]:
        wanted |= {"first": ("min(day)", 0), "last": ("max(day)", 0)}
    windows = {window for _, window in wanted.values()}
    chosen = ", ".join(
        f'coalesce({sql} OVER w{window}, 0) AS "{name}"' for name, (sql, window) in wanted.items()
    )
    named = ", ".join(f'w{w} AS (PARTITION BY "key {key}" ORDER BY day {frame(w)})' for w in windows)
    totals = ", ".join(f'sum("{name}")' for name in wanted)
    lines = f"read_parquet('{folder / 'lines.parquet'}')"
    row = duckdb.sql(
        f'SELECT {totals} FROM (SELECT {chosen} FROM {lines} WHERE "key {key}" != 0 WINDOW {named})'
    ).fetchall()[0]
    sums |= {f"{key}.{name}": int(total) for name, total in zip(wanted, row, strict=True)}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpu": time.process_time() - start, "gb": used.ru_maxrss / 2**20, "sums": sums}))
