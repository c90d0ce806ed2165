"""A month of nights and a retraining: files arrive, nights score, results come back, a challenger is compared.

    marimo edit examples/month_of_nights.py

ORIGINRISK_EXAMPLE is the folder of `examples/first_model.py`, whose home and files are gone on with;
ORIGINRISK_EXAMPLE_NIGHTS the number of nights.
"""

import marimo

app = marimo.App(app_title="A month of nights and a retraining")


@app.cell
def _():
    import json
    import os
    import subprocess
    import sys
    from datetime import timedelta
    from pathlib import Path

    import marimo as mo
    import pandas as pd

    import originrisk

    folder = Path(os.environ.get("ORIGINRISK_EXAMPLE", "var/example"))
    nights = int(os.environ.get("ORIGINRISK_EXAMPLE_NIGHTS", "30"))
    home = originrisk.Home(folder / "home")

    def command(*words, may=(0,)):
        """The command line on the example's home; what it prints, as JSON. `may`: exit codes that are no failure."""
        asked = [sys.executable, "-m", "originrisk", "--home", str(folder / "home"), *map(str, words), "--json"]
        ran = subprocess.run(asked, check=False, capture_output=True, text=True)
        if ran.returncode not in may:
            raise RuntimeError(ran.stderr)
        return json.loads(ran.stdout) if ran.stdout.strip() else {}

    return command, folder, home, mo, nights, pd, timedelta


@app.cell
def _(folder, home, nights, pd, timedelta):
    # The last days of the trade arrive again as files, one a night, as they would from a customs system.
    last = max(home.lines()["entry_date"])
    days = [last - timedelta(days=back) for back in reversed(range(nights))]
    lines = pd.read_csv(folder / "lines.csv", dtype=str)
    inbox = folder / "home" / "inbox" / "entries"
    inbox.mkdir(parents=True, exist_ok=True)
    arriving = {day: lines[lines["entry_date"] == str(day)] for day in days}
    return arriving, inbox


@app.cell
def _(arriving, command, inbox):
    ended = []
    for day, arrived in arriving.items():
        if len(arrived):
            arrived.to_csv(inbox / f"{day}.csv", index=False)
        ended.append({"day": str(day), **command("night", "--date", day, may=(0, 6))})  # 6: with warnings
    return (ended,)


@app.cell
def _(arriving, command, ended, mo):
    first = min(arriving)
    trained = command("train", "--cutoff", first)
    compared = command("compare", trained["model_version"])
    promoted = command("promote", trained["model_version"], may=(0, 3))  # 3: the gate says no, with reasons
    listed = command("models")
    mo.md(
        f"{len(ended)} nights; challenger {trained['model_version']} was judged on {compared['lines']} results "
        f"since; champion now: {listed['champion']}."
    )
    return compared, listed, promoted, trained


if __name__ == "__main__":
    app.run()
