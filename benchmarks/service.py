"""The online service: parity with the batch, speed beside model servers, start, memory, fuzzed bodies, a soak.

    python -m benchmarks.service make HOME                      # a home with a simulated trade and a trained model
    python -m benchmarks.service {parity|speed|fuzz|soak} HOME [--seconds N] [--count N] [--mlflow ENV] [--mlserver ENV]
    python -m benchmarks.service start [--pairs N]              # history of 200,000 suppliers

ENV is an environment with `mlflow` or with `mlserver` and `mlserver-lightgbm`: the same booster is served there on
ready features. The server runs on one core and its load on another. Trade and figures are simulated.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.korea import originrisk
from benchmarks.simulated.trade import take_in
from originrisk.data.console import print_table
from originrisk.data.contract import EPOCH
from originrisk.data.identifiers.entry_number import check_digit
from originrisk.data.settings import Settings, load_settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import NAMES, compute
from originrisk.features.history.state import History
from originrisk.features.lines import Floats
from originrisk.models.bundle import load
from originrisk.models.checkpoints import Checkpoints
from originrisk.models.registry import bundle_path, champion_version, versions
from originrisk.serve.online import access
from originrisk.serve.online.client import Client

ROOT = Path(__file__).parents[1]
LAST = date(2021, 12, 31)

NEXT = LAST + timedelta(1)
PEOPLE = {"ORIGINRISK_SERVICE__LINES_PER_SECOND": "1e9", "ORIGINRISK_SERVICE__BURST_LINES": "1000000000"}
MARK = "MARK-9f4c1b"
PARTS = Path(__file__).parent / "service"


def make(home: Path) -> None:
    """A simulated trade up to LAST, a model of one booster, and 10,000 of its lines again on each of two more days."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text("history_start = 2020-07-01\n[train]\nseeds = 1\n")
    take_in(home, "--lines", 60_000, "--seed", 1, "--start", "2020-07-01", "--end", LAST)
    originrisk(str(home), "train", "--cutoff", "2021-10-31")
    again(Store(home))
    originrisk(str(home), "score", "--date", LAST)


def again(store: Store, lines: int = 10_000) -> None:
    """Random lines of the trade under new numbers, on each of the two days after it."""
    held = store.entries(LAST - timedelta(365), LAST)
    random = np.random.default_rng(0)
    for place, day in enumerate((NEXT, NEXT + timedelta(1))):
        rows = held.take(random.choice(len(held), lines, replace=False)).to_pylist()
        for number, row in enumerate(rows):
            sequence = f"{place * lines + number:07d}"
            row |= {"entry_number": f"ZZ9{sequence}{check_digit('ZZ9', sequence)}", "line_number": 1}
            row |= {"entry_date": day, "received_on": day}
        store.upsert("entries", pa.Table.from_pylist(rows, schema=held.schema).to_batches())


def asked(home: Path, day: date) -> list[dict[str, Any]]:
    """The stored lines of a day as a request holds them."""
    rows = Store(home).entries(day, day).to_pylist()
    plain = lambda value: value.isoformat() if isinstance(value, date) else value  # noqa: E731
    return [{name: plain(value) for name, value in row.items() if value is not None} for row in rows]


@contextmanager
def serving(home: Path, workers: int = 1, core: int | None = 0) -> Iterator[tuple[int, str, subprocess.Popen[bytes]]]:
    """The service over a home, on one core: its port and a key. It is ready."""
    port, (key, text) = 18100 + os.getpid() % 500, access.create_key(home, "benchmark", access.SCOPES, 1)
    command = [sys.executable, "-m", "originrisk", "--home", str(home), "serve"]
    words = ["--port", str(port), "--workers", str(workers)]
    with (home / "service.log").open("ab") as log:
        process = subprocess.Popen([*command, *words], cwd=ROOT, env={**os.environ, **PEOPLE}, stderr=log)
        if core is not None:
            os.sched_setaffinity(process.pid, {core})
        try:
            await_answer(f"http://127.0.0.1:{port}/readyz", process)
            yield port, text, process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            access.revoke_key(home, key.id)


def await_answer(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until an address answers 200."""
    for _ in range(3000):
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("it never answered")


def load_with(core: int = 1, **plan: Any) -> dict[str, Any]:
    """What a load came to; it runs on a core of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(plan, file)
        file.flush()
        command = ["taskset", "-c", str(core), sys.executable, str(PARTS / "load.py"), file.name]
        found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return found


def headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}


def to_score(key: str, lines: list[dict[str, Any]], size: int) -> list[tuple[str, dict[str, str], str]]:
    """Requests of so many lines each."""
    starts = range(0, len(lines) - size + 1, size)
    return [("/v1/score", headers(key), json.dumps({"lines": lines[at : at + size]})) for at in starts]


def spent(pid: int) -> float:
    """CPU seconds of a process and of its children that still run."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(spent(int(child)) for child in children)


def replayed(settings: Settings, day: date) -> tuple[pa.Table, Floats]:
    """The lines of a day and their features, as the batch replays them."""
    checkpoints = Checkpoints(Store(settings.home), settings.history_start)
    history = checkpoints.latest(day)
    seen = checkpoints.replay(history, checkpoints.entries(history, day), day, kept=False)
    number = (day - EPOCH).days
    parts = [compute(block.lines, block.view)[block.lines.days["entry_date"] == number] for block in seen]
    return checkpoints.store.entries(day, day), np.vstack(parts)


def parity(home: Path) -> None:
    """10,000 lines over HTTP against the batch of their day; and once more after the history was swapped."""
    from originrisk.serve.scoring.batch import score_period

    settings, rows = load_settings(home), []
    with serving(home, core=None) as (port, key, _), Client(f"http://127.0.0.1:{port}", key, timeout=120) as client:
        for day in (NEXT, NEXT + timedelta(1)):
            lines = asked(home, day)
            parts = [client.score(lines[at : at + 500], features=True) for at in range(0, len(lines), 500)]
            made = {line["entry_number"]: line for part in parts for line in part["lines"]}
            stored, matrix = replayed(settings, day)
            batch = {
                row["entry_number"]: row["probability"] for row in score_period(settings, day, day).scores().to_pylist()
            }
            own = np.array([[made[n]["features"][f] for f in NAMES] for n in stored["entry_number"].to_pylist()], float)
            same = sum(made[number]["probability"] == value for number, value in batch.items())
            alike = (own == matrix) | (np.isnan(own) & np.isnan(matrix))
            rows.append([str(day), str(parts[0]["history_date"]), len(lines), same, int(alike.all(axis=1).sum())])
            while client.model()["history_date"] != str(day):
                time.sleep(0.1)
    heads = ("entry date", "history", "lines", "same probability", "same features, bit for bit")
    print_table("HTTP against batch", heads, rows)


def speed(home: Path, seconds: float, environments: dict[str, str | None]) -> None:
    """Latency and throughput on one core, beside servers of the same booster on ready features."""
    lines, found = asked(home, NEXT), []
    with serving(home) as (port, key, process):
        for size, connections in ((1, 1), (1, 8), (100, 1), (1000, 1)):
            before = spent(process.pid)
            load_with(port=port, requests=to_score(key, lines, size), seconds=1, connections=connections)
            before = spent(process.pid)
            plan = {"requests": to_score(key, lines, size), "seconds": seconds, "connections": connections}
            found.append(speed_row("originrisk, declarations", size, connections, load_with(port=port, **plan)))
            found[-1].append(round(1000 * (spent(process.pid) - before) / max(1, plan_count(found[-1])), 2))
    for name, environment in environments.items():
        if environment:
            found += PEERS[name](home, Path(environment), seconds)
    heads = ("server", "lines", "connections", "requests", "p50 ms", "p99 ms", "lines/s", "not 200", "CPU ms/request")
    print_table("One core serves, one asks", heads, found)


def plan_count(row: list[Any]) -> int:
    return int(row[3])


def speed_row(name: str, size: int, connections: int, load: dict[str, Any]) -> list[Any]:
    """A row of the table of speeds."""
    bad = load["requests"] - load["statuses"].get("200", 0) + load["lost"]
    times = [round(load["p50_ms"], 2), round(load["p99_ms"], 2)]
    return [name, size, connections, load["requests"], *times, round(load["per_second"] * size), bad]


@dataclass(frozen=True)
class Peer:
    """Another server: how it starts in a folder, where it says that it is ready, what it is asked and where."""

    name: str
    command: list[str]
    port: int
    ready: str
    path: str
    body: Callable[[int], Any]


def measure_peer(peer: Peer, seconds: float, folder: Path) -> list[list[Any]]:
    """Rows of another server, which gets ready features."""
    found = []
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(peer.command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    os.sched_setaffinity(process.pid, {0})
    try:
        await_answer(f"http://127.0.0.1:{peer.port}{peer.ready}", process)
        for size, connections in ((1, 1), (1, 8), (100, 1), (1000, 1)):
            requests = [(peer.path, {"Content-Type": "application/json"}, json.dumps(peer.body(size)))]
            load_with(port=peer.port, requests=requests, seconds=1, connections=connections)
            before = spent(process.pid)
            plan = {"requests": requests, "seconds": seconds, "connections": connections}
            found.append(
                speed_row(f"{peer.name}, ready features", size, connections, load_with(port=peer.port, **plan))
            )
            found[-1].append(round(1000 * (spent(process.pid) - before) / max(1, plan_count(found[-1])), 2))
    finally:
        os.killpg(process.pid, signal.SIGKILL)
    return found


def champion(home: Path) -> Path:
    """The champion's first booster as LightGBM's own file."""
    return bundle_path(home, str(champion_version(home))) / "model-0.txt"


def matrix(size: int) -> list[list[float]]:
    """Ready features, made up."""
    return np.random.default_rng(0).uniform(size=(size, len(NAMES))).round(6).tolist()  # type: ignore[no-any-return]


def mlflow_server(home: Path, environment: Path, seconds: float) -> list[list[Any]]:
    """`mlflow models serve` of the booster."""
    with tempfile.TemporaryDirectory() as folder:
        code = (
            "import sys, lightgbm, mlflow.lightgbm;"
            "mlflow.lightgbm.save_model(lightgbm.Booster(model_file=sys.argv[1]), sys.argv[2])"
        )
        saved = str(Path(folder) / "model")
        subprocess.run([environment / "bin/python", "-c", code, champion(home), saved], check=True, capture_output=True)
        os.environ["PATH"] = f"{environment / 'bin'}:{os.environ['PATH']}"
        words = ["models", "serve", "-m", saved, "--env-manager", "local", "-p", "18701", "--workers", "1"]
        body = lambda size: {"inputs": matrix(size)}  # noqa: E731
        command = [str(environment / "bin/mlflow"), *words]
        server = Peer("mlflow models serve", command, 18701, "/ping", "/invocations", body)
        return measure_peer(server, seconds, Path(folder))


def mlserver_server(home: Path, environment: Path, seconds: float) -> list[list[Any]]:
    """MLServer of the booster."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "name": "m",
            "implementation": "mlserver_lightgbm.LightGBMModel",
            "parameters": {"uri": str(champion(home))},
        }
        (Path(folder) / "model-settings.json").write_text(json.dumps(settings))
        (Path(folder) / "settings.json").write_text(
            json.dumps({"http_port": 18702, "grpc_port": 18703, "metrics_port": 18704, "parallel_workers": 0})
        )
        flat = lambda size: [value for row in matrix(size) for value in row]  # noqa: E731
        body = lambda size: {  # noqa: E731
            "inputs": [{"name": "x", "shape": [size, len(NAMES)], "datatype": "FP64", "data": flat(size)}]
        }
        command = [str(environment / "bin/mlserver"), "start", folder]
        server = Peer("MLServer", command, 18702, "/v2/health/ready", "/v2/models/m/infer", body)
        return measure_peer(server, seconds, Path(folder))


PEERS = {"mlflow": mlflow_server, "mlserver": mlserver_server}


def fuzz(home: Path, count: int) -> None:
    """Bodies that are wrong in every way: statuses, memory before and after, and what the log repeats."""
    log, statuses, lost, each = home / "service.log", {}, 0, 5000
    log.unlink(missing_ok=True)
    with serving(home, core=None) as (port, key, process), tempfile.TemporaryDirectory() as folder:
        example = Path(folder) / "example.json"
        example.write_text(json.dumps({**asked(home, NEXT)[0], "entered_value_usd": 21500}))
        memory = []
        for turn in range(-(-count // each)):
            words = [sys.executable, str(PARTS / "fuzz.py"), str(example), str(each), str(turn)]
            bodies = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
            requests = [("/v1/score", headers(key), body) for body in bodies]
            found = load_with(port=port, requests=requests, count=len(bodies), connections=2)
            lost += found["lost"]
            statuses = {
                status: statuses.get(status, 0) + found["statuses"].get(status, 0)
                for status in {*statuses, *found["statuses"]}
            }
            memory.append(resident(process.pid))
    repeated = log.read_bytes().count(MARK.encode())
    audit = sum(path.read_bytes().count(MARK.encode()) for path in (home / "service" / "audit").glob("*"))
    rows = [
        [
            sum(statuses.values()),
            json.dumps(statuses),
            lost,
            repeated + audit,
            *(round(m) for m in (memory[0], memory[len(memory) // 2], memory[-1])),
        ]
    ]
    heads = ("requests", "statuses", "lost", "marks in logs", f"MB after {each}", "MB half-way", "MB at the end")
    print_table("Fuzzed bodies", heads, rows)


def resident(pid: int, of: str = "Rss") -> float:
    """Memory of a process, MB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.split()[0] in {f"{of}:"}) / 1024


def soak(home: Path, seconds: float) -> None:
    """Load at 70 % of what two workers bear, swaps of model and history every 30 s, one worker killed half-way."""
    second = other_model(home)
    lines = asked(home, NEXT + timedelta(1))[:2000]
    later, aside = home / "history" / str(NEXT), home / "history-aside"
    if not later.exists():
        originrisk(str(home), "score", "--date", NEXT)
    models = [str(champion_version(home)), second]
    with serving(home, workers=2, core=None) as (port, key, process):
        right: dict[str, Any] = {}
        with Client(f"http://127.0.0.1:{port}", key, timeout=120) as client:
            for there in (True, False):
                move(later, aside, there=there)
                for version in models:
                    point(home, version)
                    answer = await_charge(port, key, lines, version, str(NEXT if there else LAST))
                    right[f"{answer['model_version']}|{answer['history_version']}"] = {
                        line["entry_number"]: line["probability"] for line in answer["lines"]
                    }
            client.model()
        requests = to_score(key, lines, 10)
        top = load_with(port=port, requests=requests, seconds=10, connections=4)["per_second"]
        swapping = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "benchmarks.service",
                "swap",
                str(home),
                "--seconds",
                str(seconds),
                "--pid",
                str(process.pid),
                "--models",
                *models,
            ],
            cwd=ROOT,
        )
        plan = {"requests": requests, "seconds": seconds, "connections": 4, "rate": 0.7 * top, "right": right}
        found = load_with(port=port, **plan)
        swapping.wait()
    heads = ("full speed, requests/s", "requests", "statuses", "versions", "p50 ms", "p99 ms", "wrong", "lost")
    row = [top, found["requests"], json.dumps(found["statuses"]), json.dumps(found["versions"])]
    print_table("Soak", heads, [[*row, found["p50_ms"], found["p99_ms"], found["wrong"], found["lost"]]])


def other_model(home: Path) -> str:
    """A second model: the champion with another calibration."""
    from originrisk.models.bundle import save

    own = load(bundle_path(home, str(champion_version(home))))
    model = replace(own.model, calibrator=replace(own.model.calibrator, intercept=own.model.calibrator.intercept - 0.5))
    staged = home / "models" / "staged"
    version = save(staged, model, own.settings, np.array(matrix(20)))
    if version in versions(home):
        subprocess.run(["rm", "-r", staged], check=True)
    else:
        staged.rename(bundle_path(home, version))
    return version


def point(home: Path, version: str) -> None:
    """Put a version in charge, as promotion does."""
    staged = home / "models" / "champion.benchmark"
    staged.write_text(version + "\n")
    staged.replace(home / "models" / "champion")


def move(later: Path, aside: Path, *, there: bool) -> None:
    """Let the later history be there, or not."""
    if there and aside.exists():
        aside.rename(later)
    if not there and later.exists():
        later.rename(aside)


def await_charge(port: int, key: str, lines: list[dict[str, Any]], version: str, day: str) -> Any:
    """The answer of a model and a history, once every worker has them."""
    agreed = 0
    while True:
        with Client(f"http://127.0.0.1:{port}", key, timeout=120) as client:
            model = client.model()
            agreed = agreed + 1 if (model["model_version"], model["history_date"]) == (version, day) else 0
            if agreed > 20:
                parts = [client.score(lines[at : at + 1000]) for at in range(0, len(lines), 1000)]
                return {**parts[0], "lines": [line for part in parts for line in part["lines"]]}
        time.sleep(0.05)


def swap(home: Path, seconds: float, pid: int, models: list[str]) -> None:
    """Swap every 30 s; kill one worker half-way."""
    later, aside = home / "history" / str(NEXT), home / "history-aside"
    end, turn, killed = time.monotonic() + seconds, 0, False
    while time.monotonic() < end - 5:
        point(home, models[turn % 2])
        move(later, aside, there=bool(turn // 2 % 2))
        turn += 1
        if not killed and time.monotonic() > end - seconds / 2:
            os.kill(workers_of(pid)[0], signal.SIGKILL)
            killed = True
        time.sleep(min(30, seconds / 8))
    move(later, aside, there=True)
    point(home, models[0])
    print(f"{turn} swaps; a worker killed: {killed}", file=sys.stderr)


def workers_of(pid: int) -> list[int]:
    """Processes that serve."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]


def start(pairs: int) -> None:
    """Time from start to ready, and memory of each worker, with a history of 200,000 suppliers and so many pairs."""
    from originrisk.models import snapshot
    from tests.serve import factory

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        factory.champion(home)
        history = paired(pairs)
        kept = home / "history" / str(LAST)
        snapshot.save(history, kept, {})
        sizes = [len(history.indexes[key].keys) - 1 for key in ("supplier", "supplier*importer")]
        megabytes = sum(path.stat().st_size for path in kept.iterdir()) / 2**20
        del history
        rows = [started(home, workers) for workers in (1, 2, 3)]
    title = f"History of {sizes[0]:,} suppliers and {sizes[1]:,} pairs, {megabytes:,.0f} MB"
    heads = ("workers", "seconds to ready", "CPU seconds", "MB resident", "MB of their own share")
    print_table(title, heads, rows)


def paired(pairs: int) -> History:
    """A history that learned, on one day, a line of each of so many pairs of suppliers and importers."""
    from benchmarks.history import IMPORTERS, SUPPLIERS, world

    history, (lines, _) = History(), world(pairs)
    place = np.arange(pairs)
    for name, number in (("manufacturer_id", SUPPLIERS), ("manufacturer_name", SUPPLIERS)):
        codes = (place % number).astype(np.int32)
        lines.texts[name] = replace(lines.texts[name], codes=codes)
    importer = (place // SUPPLIERS * 7919 + place % SUPPLIERS) % IMPORTERS
    lines.texts["importer_number"] = replace(lines.texts["importer_number"], codes=importer.astype(np.int32))
    day = (LAST - EPOCH).days
    rows = history.admit(lines)
    history.learn(day, rows, dict.fromkeys(history.measures, np.ones(pairs, np.int64)))
    history.close(day)
    history.recent.clear()  # only there to learn: a service maps it and never reads it
    return history


def started(home: Path, workers: int) -> list[Any]:
    """A row of the table of starts."""
    began = time.perf_counter()
    with serving(home, workers=workers, core=None) as (_, _, process):
        ready, cpu = time.perf_counter() - began, spent(process.pid)
        while workers > 1 and len(workers_of(process.pid)) < workers:
            time.sleep(0.1)
        time.sleep(20)
        held = workers_of(process.pid) if workers > 1 else [process.pid]
        memory = [round(sum(resident(one, of) for one in held)) for of in ("Rss", "Pss")]
    return [workers, round(ready, 1), round(cpu, 1), *memory]


def main() -> None:
    """Run one part."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=("make", "parity", "speed", "start", "fuzz", "soak", "swap"))
    parser.add_argument("home", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=2_000_000)
    parser.add_argument("--pid", type=int)
    parser.add_argument("--models", nargs="*")
    for name in PEERS:
        parser.add_argument(f"--{name}")
    given = parser.parse_args()
    parts: dict[str, Callable[[], None]] = {
        "make": lambda: make(given.home),
        "parity": lambda: parity(given.home),
        "speed": lambda: speed(given.home, given.seconds or 10, {name: getattr(given, name) for name in PEERS}),
        "start": lambda: start(given.pairs),
        "fuzz": lambda: fuzz(given.home, given.count),
        "soak": lambda: soak(given.home, given.seconds or 600),
        "swap": lambda: swap(given.home, given.seconds, given.pid, given.models),
    }
    parts[given.part]()


if __name__ == "__main__":
    main()
