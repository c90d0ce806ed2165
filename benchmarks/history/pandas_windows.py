"""The columns of the comparison by pandas: sums by key and day, rolled over the days, merged back to the lines.

python pandas_windows.py FOLDER
"""

import json
import resource
import sys
import time
from pathlib import Path

import pandas as pd

folder = Path(sys.argv[1])
tallies = json.loads((folder / "tallies.json").read_text())
start = time.process_time()
sums = {}
for name, measures in tallies.items():
    key = f"key {name}"
    lines = pd.read_parquet(folder / "lines.parquet", columns=[key, "entered", "received", *measures])
    lines = lines[lines[key] != 0]
    facts = lines[[key, "received", *measures]].assign(day=lines["received"], met=lines["received"])
    asked = lines[[key]].assign(day=lines["entered"])
    both = pd.concat([facts.drop(columns="received"), asked]).groupby([key, "day"], as_index=False)
    daily = both[[*measures, "met"]].agg({**dict.fromkeys(measures, "sum"), "met": "max"})
    daily["date"] = pd.to_datetime(daily["day"], unit="D")
    seen = daily[[key, "day"]].copy()
    by_key = daily.groupby(key)
    for window in {window for windows in measures.values() for window in windows}:
        of_window = [measure for measure, windows in measures.items() if window in windows]
        if window:
            rolled = by_key.rolling(f"{window}D", on="date", closed="left")[of_window].sum()[of_window].to_numpy()
        else:
            rolled = by_key[of_window].cumsum().to_numpy() - daily[of_window].to_numpy()
        for place, measure in enumerate(of_window):
            seen[f"{measure}.{window or 'ever'}"] = rolled[:, place]
    if 0 in measures["lines"]:
        seen["last"] = by_key["met"].shift(1).groupby(daily[key]).ffill()
        seen["first"] = by_key["met"].transform("min").where(seen["last"].notna())
    joined = asked.merge(seen.fillna(0), on=[key, "day"])
    sums |= {f"{name}.{column}": round(float(joined[column].sum())) for column in seen.columns[2:]}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpu": time.process_time() - start, "gb": used.ru_maxrss / 2**20, "sums": sums}))
