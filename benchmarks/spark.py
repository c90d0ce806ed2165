"""Spark beside one process: every feature and score of a world, bit for bit; time by executors; a killed executor.

    python -m benchmarks.spark make HOME [--lines N] [--heavy SHARE]
    python -m benchmarks.spark one HOME
    python -m benchmarks.spark cut HOME [--size LINES]
    python -m benchmarks.spark run HOME [--master M] [--executors N] [--kill SECONDS]

`make` makes a simulated world and a champion of a planted rule; with a SHARE, one importer declares so many of all
lines. `one` replays it in one process and keeps a digest of all features, and the probability, of each line. `cut`
closes its days on the driver, saves what was known before each slice; `run` replays the slices on Spark and compares.
Without a master it starts a standalone cluster of N workers with one core each on loopback; with `--kill` it kills
the executor of one of them after so many seconds of work.
"""

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyspark

from benchmarks.history import cpu
from benchmarks.night import champion
from benchmarks.simulated.trade import take_in
from originrisk.data.contract import EPOCH
from originrisk.data.settings import SparkSettings, load_settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import compute
from originrisk.features.history.state import History
from originrisk.features.lines import Floats
from originrisk.models import snapshot
from originrisk.models.bundle import load
from originrisk.models.checkpoints import Checkpoints
from originrisk.models.registry import champion_path
from originrisk.serve.cluster.engine import Engine, InTurn, packed, scoring_fields, unpacked
from originrisk.serve.cluster.score_days import DaysTask, days_tasks
from originrisk.serve.cluster.spark import spark
from originrisk.serve.scoring.scorer import Scorer

START, EARLY, END = date(2019, 1, 1), date(2019, 2, 28), date(2021, 12, 31)
ROOT = Path(__file__).parents[1]
SAMPLE = 40_000
SLICE = 50_000
KEY = ["entry_number", "line_number"]
ITEMS, ONE = "items.json", "one.parquet"
PORT = 17_077
OPTIONS = {
    "spark.driver.memory": "1g",
    "spark.executor.memory": "512m",
    "spark.executor.cores": "1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.log.level": "ERROR",
}


def make(home: Path, lines: int, heavy: float) -> None:
    """A home with a simulated world and a champion."""
    take_in(home, "--lines", lines, "--seed", 1, "--start", START, "--end", END)
    if heavy:
        _weigh(Store(home), heavy)
    champion(home, _sample(Store(home)))


def _weigh(store: Store, share: float) -> None:
    """Give one importer this share of all lines, drawn at random."""
    entries = store.entries()
    drawn = np.random.default_rng(1).random(len(entries)) < share
    importers = np.where(drawn, "99-9999999", np.asarray(entries["importer_number"].to_pandas(), dtype=object))
    place = entries.column_names.index("importer_number")
    store.upsert("entries", entries.set_column(place, entries.field(place), pa.array(importers)).to_batches())


def _sample(store: Store) -> Floats:
    """Features of some early lines."""
    checkpoints, history = Checkpoints(store, START), History()
    seen = checkpoints.replay(history, checkpoints.entries(history, EARLY), EARLY, kept=False)
    return np.vstack([compute(block.lines, block.view) for block in seen])[-SAMPLE:]


def one_slice(home: Path) -> DaysTask:
    """Everything as one slice, from the start."""
    folder = home / "slices" / "nothing"
    snapshot.save(History(), folder, {})
    told = scoring_fields(load_settings(home), champion_path(home).name)
    return DaysTask.model_validate({**told, "first": START, "last": END, "history": folder})


def cut_slices(home: Path, size: int) -> None:
    """Close all days, and keep what was known before each slice under `home/slices`."""
    settings = load_settings(home)
    store = Store(home, settings.memory_limit_gb)
    (home / "slices").mkdir(exist_ok=True)
    with store.writing(), cpu() as spent:
        scorer = Scorer(store, settings, load(champion_path(home)))
        items = days_tasks(InTurn(), scorer, START, END, size=size, staging=home / "slices")
    (home / "slices" / ITEMS).write_text(json.dumps(items))
    print(json.dumps({"slices": len(items), "cpu": round(spent(), 1)}))


def digests(item: str) -> bytes:
    """Of each line of a slice: its key, a digest of its features, its probability; and what the task took."""
    start, used = time.time(), time.process_time()
    table = pa.concat_tables(_digests(DaysTask.model_validate_json(item)))
    times = [start, time.time() - start, time.process_time() - used, os.getpid()]
    columns = {name: table[name].to_numpy() for name in ("line_number", "probability", "one", "other")}
    return packed(
        {**columns, "entry_number": np.array(table["entry_number"].to_pylist(), np.str_), "times": np.array(times)}
    )


def _digests(share: DaysTask) -> Iterator[pa.Table]:
    history = share.known()
    entries = share.entries(history)
    model, first = share.scorer().bundle.model, (share.first - EPOCH).days
    for seen in share.seen(history, entries):
        here = np.flatnonzero(seen.lines.days["entry_date"] >= first)
        matrix = compute(seen.lines, seen.view)[here]
        hashed = b"".join(hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in matrix)
        one, other = np.frombuffer(hashed, np.uint64).reshape(-1, 2).T
        columns = {"probability": model.probability(matrix), "one": one, "other": other}
        yield pa.table({**columns, **{name: entries[name].take(seen.rows[here]) for name in KEY}})


def run(engine: Engine, items: list[str]) -> tuple[pa.Table, Floats]:
    """Digests of all lines by key, and (items, 4): start, seconds, CPU seconds and process of each task."""
    answers = [unpacked(answer) for answer in engine.run(digests, items)]
    names = [name for name in answers[0] if name != "times"]
    table = pa.table({name: np.concatenate([answer[name] for answer in answers]) for name in names})
    return table.sort_by([(name, "ascending") for name in KEY]), np.array([answer["times"] for answer in answers])


def told(seconds: float, table: pa.Table, times: Floats) -> dict[str, Any]:
    """Figures of a run."""
    longest, median = times[:, 2].max(), np.median(times[:, 2])
    return {
        "lines": len(table),
        "tasks": len(times),
        "wall": round(seconds, 1),
        "cpu": round(times[:, 2].sum(), 1),
        "longest task over median, CPU": round(longest / median, 2),
        "processes": len(np.unique(times[:, 3])),
    }


def compare(home: Path, table: pa.Table) -> dict[str, int]:
    """Lines of which features or probability differ in any bit from those of one process."""
    expected = pq.read_table(home / ONE)
    assert table.select(KEY).equals(expected.select(KEY)), "other lines"
    bits = [name for name in table.column_names if name not in KEY]
    same = [np.asarray(table[name]).view(np.uint64) == np.asarray(expected[name]).view(np.uint64) for name in bits]
    return {"differing lines": int((~np.logical_and.reduce(same)).sum())}


@contextmanager
def cluster(executors: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A standalone cluster on loopback: its master's address, and its workers of one core each."""
    home = Path(pyspark.__path__[0])
    logs = Path(tempfile.mkdtemp(prefix="spark-logs-"))
    start = partial(subprocess.Popen, stdout=(logs / "out").open("wb"), stderr=subprocess.STDOUT, env={
        **os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(ROOT),
        "SPARK_WORKER_DIR": str(logs), "PYSPARK_PYTHON": sys.executable})  # fmt: skip
    kind = "org.apache.spark.deploy"
    place = ["--host", "127.0.0.1", "--webui-port", "0"]
    master = start([home / "bin" / "spark-class", f"{kind}.master.Master", *place, "--port", str(PORT)])
    address = f"spark://127.0.0.1:{PORT}"
    worker = [home / "bin" / "spark-class", f"{kind}.worker.Worker", *place, "--cores", "1", "--memory", "1g", address]
    workers = [start(worker) for _ in range(executors)]
    try:
        yield address, workers
    finally:
        for process in (*workers, master):
            process.terminate()
            process.wait()


def kill_one(worker: "subprocess.Popen[bytes]", after: float) -> None:
    """Kill the executor that a worker started, once it has worked for some seconds."""
    time.sleep(after)
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
    threads = Path(f"/proc/{worker.pid}/task").iterdir()
    found = [int(pid) for thread in threads for pid in (thread / children.name).read_text().split()]
    for executor in found:
        os.kill(executor, signal.SIGKILL)
    print(json.dumps({"killed executors": len(found), "after": after}))


def on_spark(home: Path, executors: int, master: str | None, kill: float) -> None:
    """Run all slices and compare."""
    items = json.loads((home / "slices" / ITEMS).read_text())
    placed = cluster(executors) if master is None else nullcontext((master, []))
    with placed as (address, workers), spark(SparkSettings(options=OPTIONS), address) as engine:
        list(engine.run(nothing, [""] * executors))  # executors start
        if kill:
            Thread(target=kill_one, args=(workers[0], kill), daemon=True).start()
        start = time.perf_counter()
        table, times = run(engine, items)
        print(json.dumps({**told(time.perf_counter() - start, table, times), **compare(home, table)}))


def nothing(_item: str) -> bytes:
    """A task that does nothing."""
    return b""


def in_one_process(home: Path) -> None:
    """The same without slices, kept to compare with."""
    start = time.perf_counter()
    table, times = run(InTurn(), [one_slice(home).model_dump_json()])
    pq.write_table(table, home / ONE)
    print(json.dumps(told(time.perf_counter() - start, table, times)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["make", "one", "cut", "run"])
    parser.add_argument("home", type=Path)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--heavy", type=float, default=0.0)
    parser.add_argument("--size", type=int, default=SLICE)
    parser.add_argument("--master")
    parser.add_argument("--executors", type=int, default=2)
    parser.add_argument("--kill", type=float, default=0.0)
    words = parser.parse_args()
    home = words.home.resolve()
    if words.part == "make":
        make(home, words.lines, words.heavy)
    elif words.part == "one":
        in_one_process(home)
    elif words.part == "cut":
        cut_slices(home, words.size)
    else:
        on_spark(home, words.executors, words.master, words.kill)


if __name__ == "__main__":
    main()
