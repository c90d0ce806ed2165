"""The columns of the comparison by DuckDB: windows over an integer day, lines on both of their clocks.

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
        wanted |= {"first": ("min(day) FILTER (NOT asks)", 0), "last": ("max(day) FILTER (NOT asks)", 0)}
    windows = {window for _, window in wanted.values()}
    chosen = ", ".join(f'coalesce({sql} OVER w{window}, 0) AS "{name}"' for name, (sql, window) in wanted.items())
    named = ", ".join(f"w{w} AS (PARTITION BY key ORDER BY day {frame(w)})" for w in windows)
    totals = ", ".join(f'sum("{name}")' for name in wanted)
    own, columns = f'"key {key}" AS key', ", ".join(measures)
    row = duckdb.sql(
        f"""WITH lines AS (FROM read_parquet('{folder / "lines.parquet"}') WHERE "key {key}" != 0),
        clocks AS (SELECT {own}, entered AS day, true AS asks FROM lines
        UNION ALL BY NAME SELECT {own}, received AS day, false AS asks, {columns} FROM lines),
        seen AS (SELECT asks, {chosen} FROM clocks WINDOW {named}) SELECT {totals} FROM seen WHERE asks"""
    ).fetchall()[0]
    sums |= {f"{key}.{name}": int(total) for name, total in zip(wanted, row, strict=True)}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpu": time.process_time() - start, "gb": used.ru_maxrss / 2**20, "sums": sums}))
