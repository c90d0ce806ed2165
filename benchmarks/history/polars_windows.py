"""The columns of the comparison by polars: sums by key and day, rolled over the days, joined to the lines.

python polars_windows.py FOLDER
"""

import json
import resource
import sys
import time
from pathlib import Path

import polars as pl

folder = Path(sys.argv[1])
tallies = json.loads((folder / "tallies.json").read_text())
start = time.process_time()
sums = {}
for name, measures in tallies.items():
    key = f"key {name}"
    lines = pl.scan_parquet(folder / "lines.parquet").filter(pl.col(key) != 0)
    facts = lines.select(key, pl.col("received").alias("day"), *measures, met=pl.col("received"))
    asked = lines.select(key, pl.col("entered").alias("day"))
    daily = pl.concat([facts, asked], how="diagonal").group_by(key, "day")
    daily = daily.agg(pl.col(list(measures)).sum(), pl.col("met").max()).sort(key, "day")
    wanted = {}
    for measure, windows in measures.items():
        for window in windows:
            column = pl.col(measure)
            rolled = (
                column.rolling_sum_by("day", window_size=f"{window}i", closed="left")
                if window
                else column.cum_sum() - column
            )
            wanted[f"{measure}.{window or 'ever'}"] = rolled.over(key)
    if 0 in measures["lines"]:
        last = pl.col("met").shift(1).forward_fill().over(key)
        wanted |= {"first": pl.when(last.is_null()).then(0).otherwise(pl.col("met").min().over(key)), "last": last}
    seen = daily.select(key, "day", **{column: of.fill_null(0) for column, of in wanted.items()})
    joined = asked.join(seen, on=[key, "day"])
    totals = joined.select(pl.col(list(wanted)).cast(pl.Int64).sum()).collect().row(0)
    sums |= {f"{name}.{column}": int(total) for column, total in zip(wanted, totals, strict=True)}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpu": time.process_time() - start, "gb": used.ru_maxrss / 2**20, "sums": sums}))
