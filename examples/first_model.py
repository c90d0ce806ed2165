"""From your own CSV files to a first model: profile, ingest, train, what it says of itself, a day scored.

    marimo edit examples/first_model.py

Without files of your own a small simulated trade is written as CSV first. ORIGINRISK_EXAMPLE is the folder that holds
`lines.csv`, `examinations.csv` and, in the end, the home; ORIGINRISK_EXAMPLE_LINES the size of the simulated trade.
"""

import marimo

app = marimo.App(app_title="From own CSV to a first model")


@app.cell
def _():
    import os
    import subprocess
    import sys
    from datetime import date, timedelta
    from pathlib import Path

    import marimo as mo
    import pandas as pd

    import originrisk

    folder = Path(os.environ.get("ORIGINRISK_EXAMPLE", "var/example"))
    size = int(os.environ.get("ORIGINRISK_EXAMPLE_LINES", "20000"))

    def command(*words):
        """The command line on the example's home; what it prints."""
        asked = [sys.executable, "-m", "originrisk", "--home", str(folder / "home"), *map(str, words)]
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout

    return command, date, folder, mo, originrisk, pd, size, timedelta


@app.cell
def _(command, folder, mo, pd, size):
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "lines.csv").exists():
        world = ("--lines", size, "--seed", 1, "--start", "2020-01-01", "--end", "2021-06-30")
        command("world", *world, "--variant", "frequent")
        made = folder / "home" / "world"
        pd.read_parquet(made / "entries").to_csv(folder / "lines.csv", index=False)
        pd.read_parquet(made / "outcomes.parquet").to_csv(folder / "examinations.csv", index=False)
    mo.md(f"Lines and examinations, in the columns of the data contract: `{folder}`.")


@app.cell
def _(command, folder):
    taken = [
        command("ingest", kind, folder / f"{name}.csv", "--json")
        for kind, name in (("entries", "lines"), ("outcomes", "examinations"))
    ]
    looked = command("profile", "--out", folder / "profile.html")
    print(*taken, looked, sep="\n")
    return (taken,)


@app.cell
def _(folder, mo, originrisk, taken, timedelta):
    home = originrisk.Home(folder / "home")
    last = max(home.lines()["entry_date"])
    cutoff = last - timedelta(days=60)
    mo.md(f"{len(taken)} files taken in, the last line of {last}; the training knows what was known on {cutoff}.")
    return cutoff, home


@app.cell
def _(cutoff, home):
    trained = home.train(cutoff)
    judged = trained.metrics()[trained.metrics()["headline"]]
    print(f"{trained.version}, {trained.role}; judged on {judged['lines']} lines, {judged['positives']} positive")
    print(f"average precision of results {judged['methods']['model']['average_precision']}")
    return (trained,)


@app.cell
def _(command, cutoff, home, timedelta, trained):
    day = cutoff + timedelta(days=1)
    command("score", "--date", day - timedelta(days=1))  # closes the days before
    lines = home.lines(day, day + timedelta(days=6))
    scored = home.score(lines, trained.version).join(lines[["htsus", "country_of_origin", "description"]])
    scored.sort_values("probability", ascending=False).head(10)
    return (scored,)


if __name__ == "__main__":
    app.run()
