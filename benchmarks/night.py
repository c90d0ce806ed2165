"""What a night costs: one great day after a long history, step by step, and the scoring step beside bare prediction.

    python -m benchmarks.night [--lines N] [--history N] [--ready N] [--limit GB] [--home HOME]

The history is learned and saved first, in a process of its own, up to the day before yesterday; then the night runs
as its command does: it closes yesterday and scores today. LIMIT is the most memory of its own that it may ask for. A
HOME stays, and is used as it is where it was built before. On N ready lines the scoring step (probabilities, counts
for drift, queue, ranks; no reasons) is set beside `Booster.predict` and beside MLflow's batch route, a pyfunc over
pandas, in CPU seconds of one process.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from lightgbm import Booster, Dataset, train

from benchmarks.history import FIRST_DAY, FIVE_YEARS, cpu, gigabytes, world
from originrisk.data.contract import ENTRIES, EPOCH
from originrisk.data.settings import ScoreSettings, Settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import CATALOGUE, NAMES, compute
from originrisk.features.history.replay import close_days, replay
from originrisk.features.history.state import History
from originrisk.features.lines import Floats, Lines
from originrisk.features.lists import Listings
from originrisk.models import bundle, registry
from originrisk.models.calibration import Calibrator
from originrisk.models.checkpoints import Checkpoints
from originrisk.models.origin_model import OriginModel
from originrisk.serve.night.run import STEPS
from originrisk.serve.scoring.scorer import DayScores

ROOT = Path(__file__).parents[1]
TODAY = FIRST_DAY + 365 * len(FIVE_YEARS)
USUAL_DAYS = 56
SAMPLE = 60_000
SEEDS, TREES, LEAVES = 4, 140, 15
"""As a training makes them."""
BEFORE = "history-before"
MEMORY = ("RssAnon", "VmRSS")
"""As the kernel counts it: what only the process has, and that with pages of files, which it may drop at any time."""


def build(home: Path, history_lines: int, day_lines: int) -> None:
    """A home with the history of the years before, the lines of the last weeks and of the day, and a champion."""
    store, history, sample = Store(home), History(), np.empty((0, len(NAMES)))
    listings = Listings.known(store.listed())
    for year in FIVE_YEARS:
        table, outcomes = world(history_lines // len(FIVE_YEARS), range(year, year + 1))
        end = min(FIRST_DAY + 365 * (year + 1) - 1, TODAY - 2)  # the day before is left for the night to close
        close_days(history, table, outcomes, min(end, TODAY - USUAL_DAYS), listings)
        for block in replay(history, table, outcomes, end, listings):
            sample = np.vstack([sample, compute(block.lines, block.view)])[-SAMPLE:]
        print(f"{year + 1} years learned, {gigabytes():.2f} GB", file=sys.stderr, flush=True)
    recent = np.flatnonzero(table.days["entry_date"] >= TODAY - USUAL_DAYS)
    day, _ = world(day_lines, range(len(FIVE_YEARS), len(FIVE_YEARS) + 1))
    day.days["entry_date"][:] = day.days["received_on"][:] = TODAY
    for lines in (table.take(recent), day):
        store.upsert("entries", rows(lines).to_batches(max_chunksize=100_000))
    Checkpoints(store, Settings(home=home).history_start).keep(history)
    (home / "history").rename(home / BEFORE)
    np.save(home / "sample.npy", sample)
    (home / "settings.toml").write_text("[night.levels.volume]\nwarn = 99.0\nstop = 99.0\n")  # a great day on purpose
    champion(home, sample)


def rows(lines: Lines) -> pa.Table:
    """Lines in the contract's columns."""
    columns: dict[str, Any] = {name: lines.texts[name].cells() for name in lines.texts}
    columns |= {name: pa.array(days.astype(np.int32)).cast(pa.date32()) for name, days in lines.days.items()}
    columns |= lines.numbers
    nothing = pa.nulls(len(lines.numbers["quantity"]))
    arrays = [pa.array(columns.get(field.name, nothing)).cast(field.type) for field in ENTRIES.schema]
    return pa.table(arrays, schema=ENTRIES.schema)


def champion(home: Path, sample: Floats) -> None:
    """A model of the size that a training makes, of a planted rule."""
    labels = np.random.default_rng(0).random(len(sample)) < 0.1 + 0.2 * np.isnan(sample).mean(axis=1)
    options = {"objective": "binary", "num_leaves": LEAVES, "verbose": -1}
    data = Dataset(sample, labels, feature_name=list(NAMES), free_raw_data=False)
    boosters = tuple(
        train({**options, "seed": seed, "extra_trees": bool(seed % 2)}, data, TREES) for seed in range(SEEDS)
    )
    model = OriginModel(boosters, 0.0, Calibrator(), NAMES)
    days = np.arange(len(sample)) // max(1, len(sample) // 50)
    staged = home / "models" / "staged"
    version = bundle.save(staged, model, {"cutoff": "2022-12-01"}, sample[:50], (sample, days))
    staged.rename(registry.bundle_path(home, version))
    registry.promote(home, version, why="benchmark", who="benchmark", tables={})


def night(home: Path, limit: float) -> dict[str, Any]:
    """The night as its command: its record, processor seconds, exit code, and most memory by step, GB."""
    day = EPOCH + timedelta(TODAY)
    folder = home / "nights" / str(day)
    forget(home, folder)
    command = [sys.executable, "-m", "originrisk", "--home", str(home), "night", "--date", str(day), "--json"]
    if limit:  # handed on to the night
        resource.setrlimit(resource.RLIMIT_DATA, (int(limit * 2**30), int(limit * 2**30)))
    with (home / "printed").open("w+") as printed:
        running = subprocess.Popen(command, cwd=ROOT, stdout=printed, stderr=printed)
        memory = watched(running, folder / "manifest.json")
        if running.returncode not in {0, 6}:
            raise SystemExit((home / "printed").read_text())
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "manifest": json.loads((folder / "manifest.json").read_text()),
        "memory": memory,
        "most": used.ru_maxrss / 2**20,
        "cpu": used.ru_utime + used.ru_stime,
        "code": running.returncode,
    }


def forget(home: Path, folder: Path) -> None:
    """Undo a night that ran before: its record, its scores, and the history that it kept in place of the first."""
    for left in (folder, home / "lake" / "scores", home / "history"):
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(home / BEFORE, home / "history", copy_function=os.link)
    (home / "queue.json").unlink(missing_ok=True)


def watched(running: subprocess.Popen[Any], manifest: Path) -> dict[str, dict[str, float]]:
    """Most memory of a night until it ends, by step, GB: its own, and with the pages of files that it has mapped."""
    memory: dict[str, dict[str, float]] = {}
    while running.poll() is None:
        step = at_work(manifest)
        for name, kilobytes in held(running.pid).items():
            of_step = memory.setdefault(step, dict.fromkeys(MEMORY, 0.0))
            of_step[name] = max(of_step[name], kilobytes / 2**20)
        time.sleep(0.1)
    return memory


def at_work(manifest: Path) -> str:
    """The step that a night is at."""
    done = json.loads(manifest.read_text())["steps"] if manifest.exists() else {}
    return next((name for name in ("ingest", *STEPS) if name not in done), "end")


def held(process: int) -> dict[str, int]:
    """Memory of a process by MEMORY, kB; nothing once it has ended."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    found = dict(line.split(":") for line in lines)
    return {name: int(found[name].split()[0]) for name in MEMORY if name in found}


def ready(home: Path, lines: int) -> dict[str, float]:
    """CPU seconds on the same ready matrix: bare prediction, the scoring step around it, pyfunc over pandas."""
    sample = np.load(home / "sample.npy")
    matrix = np.ascontiguousarray(np.resize(sample, (lines, len(CATALOGUE))))
    day = EPOCH + timedelta(TODAY)
    table = Store(home).entries(day, day).slice(0, lines)
    loaded = bundle.load(registry.champion_path(home))
    boosters = loaded.model.boosters
    with cpu() as spent:
        for booster in boosters:
            booster.predict(matrix, raw_score=True)
    bare = spent()
    scores = DayScores(table, loaded, ScoreSettings(), np.zeros(lines, np.bool_))
    with cpu() as spent:
        for start in range(0, lines, 20_000):
            scores.take(np.arange(start, min(start + 20_000, lines)), matrix[start : start + 20_000])
        scores.queue()
    return {"bare": bare, "step": spent(), "pyfunc": pyfunc(boosters, matrix)}


def pyfunc(boosters: tuple[Booster, ...], matrix: Floats) -> float:
    """CPU seconds of MLflow's batch route."""
    import mlflow.lightgbm
    import mlflow.pyfunc

    frame, total = pd.DataFrame(matrix, columns=list(NAMES)), 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number, booster in enumerate(boosters):
            mlflow.lightgbm.save_model(booster, f"{folder}/{number}", pip_requirements=[])
            model = mlflow.pyfunc.load_model(f"{folder}/{number}")
            with cpu() as spent:
                model.predict(frame)
            total += spent()
    return total


def report(found: dict[str, Any], history: int) -> None:
    """Print the night by step."""
    manifest = found["manifest"]
    steps = {name: figures["seconds"] for name, figures in manifest["steps"].items()}
    total, lines = sum(steps.values()), manifest["steps"]["check"]["lines"]
    print(f"\nA night of {lines:,} lines after {history:,}: exit code {found['code']}")
    print(f"{total:.0f} s wall clock, {found['cpu']:.0f} CPU s, {lines / total:,.0f} lines/s")
    own = max(of_step["RssAnon"] for of_step in found["memory"].values())
    print(f"{own:.2f} GB of its own at most, {found['most']:.2f} GB with the pages of files that it had mapped")
    for name, seconds in steps.items():
        held = found["memory"].get(name, dict.fromkeys(MEMORY, 0.0))
        memory = f"{held['RssAnon']:5.2f} GB of its own, {held['VmRSS']:5.2f} GB in all"
        print(f"  {name:<10} {seconds:8.1f} s {seconds / total:6.1%} {memory}")
        for part, spent in manifest["steps"][name].get("parts", {}).items():
            print(f"    {part:<10} {spent:6.1f} s {spent / total:6.1%}")


def main() -> None:
    """Measure and print."""
    of = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    of.add_argument("--lines", type=int, default=1_000_000)
    of.add_argument("--history", type=int, default=20_000_000)
    of.add_argument("--ready", type=int, default=200_000)
    of.add_argument("--home", type=Path, help="build the home there, or use the one that is there")
    of.add_argument("--limit", type=float, default=0.0, help="GB of memory of its own for the night")
    of.add_argument("--build", action="store_true", help="build the home only")
    asked = of.parse_args()
    if asked.build:
        build(asked.home, asked.history, asked.lines)
        return
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        home = asked.home or Path(folder)
        if not (home / "lake").exists():
            sizes = ["--history", str(asked.history), "--lines", str(asked.lines), "--home", str(home)]
            subprocess.run([sys.executable, "-m", "benchmarks.night", "--build", *sizes], cwd=ROOT, check=True)
        measure(home, asked)


def measure(home: Path, asked: argparse.Namespace) -> None:
    """The night, in a process that has no other children, and the scoring step."""
    run = [sys.executable, "-c", MEASURED, str(home), str(asked.limit)]
    measured = json.loads(subprocess.run(run, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    report(measured, asked.history)
    spent = ready(home, min(asked.ready, asked.lines))
    print(f"\nScoring {asked.ready:,} ready lines, {SEEDS} × {TREES} trees × {LEAVES} leaves, CPU seconds")
    for name, text in (("bare", "Booster.predict"), ("step", "scoring step"), ("pyfunc", "pyfunc over pandas")):
        print(f"  {text:<20} {spent[name]:8.2f} {spent[name] / spent['bare']:6.2f} × bare")


MEASURED = """
import json, sys
from pathlib import Path
from benchmarks.night import night
print(json.dumps(night(Path(sys.argv[1]), float(sys.argv[2]))))
"""

if __name__ == "__main__":
    main()
