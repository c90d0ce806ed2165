"""What history costs: CPU and memory of a replay by number of lines, beside other engines, and of one great day.

    python -m benchmarks.history [--lines N ...] [--day N] [--duckdb N ...] [--pandas N ...] [--polars N ...]
                                 [--polars-python PYTHON]

Every measurement is a process of its own; CPU seconds of all its threads, so that a busy machine changes little.
Peers work out the same columns of the tallies in `SHARED` from ready keys and measures (`benchmarks/history/`), without
outcomes and partners. PYTHON is the interpreter of an environment that has polars.
"""

import argparse
import hashlib
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from lightgbm import Dataset, train

from originrisk.data.contract import ENTRIES
from originrisk.features.catalogue import compute
from originrisk.features.history import replay as replaying
from originrisk.features.history.keys import key_of, keys_of
from originrisk.features.history.replay import Outcomes, close_days, replay
from originrisk.features.history.state import History
from originrisk.features.history.tallies import TALLIES
from originrisk.features.history.view import PointInTimeView
from originrisk.features.lines import NO_DAY, Ints, Lines, Text
from originrisk.features.list_match import ListedNames
from originrisk.features.lists import Listings
from originrisk.models import snapshot

ROOT = Path(__file__).parents[1]
PEERS = ROOT / "benchmarks" / "history"
FIRST_DAY = 17_532  # 2018-01-01
NO_LISTS = Listings({}, ListedNames([]), {})
FIVE_YEARS = range(5)
SHARDS = (4, 16)
COMPARED = 1_000_000
"""Lines up to which all features are computed, to be compared."""
SUPPLIERS, IMPORTERS, PARTNERS = 200_000, 100_000, 12
SHARED = (
    "supplier",
    "importer",
    "supplier*importer",
    "importer*hts6*origin",
    "hts6*origin",
    "origin*export*lading",
    "hts10*origin*unit",
    "hts10*origin*unit*supplier",
)
"""Tallies that the peers work out too: parties, pairs, lanes, price groups, narrow and wide."""

SPELLED: dict[str, tuple[Any, dict[Any, Any]]] = {}
"""Levels of each text column, and what was read from them."""


def world(lines: int, years: range = FIVE_YEARS, last_day: int = 0) -> tuple[Lines, Outcomes]:
    """Lines of some years, in order of day, of which `last_day` enter on one more day; 2 % are examined.

    Popularity is skewed; each supplier deals with at most 12 importers in 3 kinds of goods each, of the 8 that it
    makes. What is late, or found out, is so within these years.
    """
    random = np.random.default_rng(years.start)
    first, end = FIRST_DAY + 365 * years.start, FIRST_DAY + 365 * years.stop
    skewed = lambda most: (most * random.random(lines) ** 2.5).astype(np.int64)  # noqa: E731
    supplier = skewed(SUPPLIERS)
    partner = skewed(PARTNERS)
    importer = _mixed(supplier * PARTNERS + partner) % IMPORTERS
    goods = _mixed(supplier * 8 + (partner + skewed(3)) % 8) % 1500
    origin = np.where(random.random(lines) < 0.05, random.integers(0, 20, lines), _mixed(supplier) % 20)
    export = np.where(random.random(lines) < 0.1, random.integers(0, 20, lines), origin)
    port = export * 10 + skewed(10)
    day = np.sort(random.integers(first, end, lines))
    if last_day:
        day[-last_day:] = end
    received = np.where(random.random(lines) < 0.05, day + random.integers(1, 20, lines), day).clip(
        max=end - 1 + bool(last_day)
    )
    kilos = random.lognormal(5, 1, lines)
    pieces = np.ceil(kilos * 4 * random.lognormal(0, 0.2, lines))
    texts = {
        "entry_number": _entries(lines, years.start),
        "entry_type": _text("entry_type", 2, goods % 2, lambda i: f"0{i + 1}"),
        "importer_number": _text("importer_number", IMPORTERS, importer, lambda i: f"12-{i:07d}00"),
        "consignee_number": _text("consignee_number", IMPORTERS, importer, lambda i: f"12-{i:07d}00"),
        "manufacturer_id": _text(
            "manufacturer_id", SUPPLIERS, supplier, lambda i: f"{_country(i % 20)}{_word(i)[:6]}{i % 9999}CIT"
        ),
        "manufacturer_name": _text(
            "manufacturer_name", SUPPLIERS, supplier, lambda i: f"{_word(i)} {_word(i // 7)} TEXTILE CO LTD"
        ),
        "manufacturer_address": _text(
            "manufacturer_address", SUPPLIERS, supplier, lambda i: f"{i % 900} {_word(i // 3)} ROAD"
        ),
        "manufacturer_city": _text("manufacturer_city", 3000, supplier % 3000, lambda i: f"{_word(i)} CITY"),
        "manufacturer_postal_code": _text("manufacturer_postal_code", 9000, supplier % 9000, lambda i: f"{100000 + i}"),
        "seller_name": _text("seller_name", 60_000, _mixed(supplier // 3) % 60_000, lambda i: f"{_word(i)} TRADING"),
        "consolidator_name": _text(
            "consolidator_name", 2000, port * 10 + supplier % 10, lambda i: f"{_word(i)} LOGISTICS"
        ),
        "country_of_origin": _text("country_of_origin", 20, origin, _country),
        "country_of_export": _text("country_of_export", 20, export, _country),
        "port_of_lading": _text("port_of_lading", 200, port, lambda i: f"{57_000 + i}"),
        "port_of_unlading": _text("port_of_unlading", 80, importer % 80, lambda i: f"{2700 + i}"),
        "port_of_entry": _text("port_of_entry", 80, importer % 80, lambda i: f"{2700 + i}"),
        "mode_of_transport": _text("mode_of_transport", 3, port % 3, lambda i: f"{10 * (i + 1)}"),
        "htsus": _text("htsus", 1500, goods, lambda i: f"{6101 + i % 120}{i // 120:02d}{i % 7}0{i % 10}0"),
        "description": _text(
            "description", 4500, goods * 3 + supplier % 3, lambda i: f"{_word(i)} {10 * (i % 10 + 1)}% COTTON"
        ),
        "unit_of_measure": _text("unit_of_measure", 3, goods % 3, lambda i: ("DOZ", "NO", "KG")[i]),
        "second_unit": _text("second_unit", 1, goods * 0, lambda i: ("KG",)[i]),
        "special_program": _text("special_program", 2, goods % 2, lambda i: ("A", "B")[i]),
    }
    numbers = {
        "line_number": np.arange(lines) % 4 + 1.0,
        "quantity": pieces,
        "second_quantity": np.full(lines, np.nan),
        "gross_weight_kg": np.round(kilos),
        "entered_value_usd": np.round(kilos * (3 + goods % 20) * random.lognormal(0, 0.4, lines), 2),
        "charges_usd": np.round(kilos * 0.3),
        "related_parties": (supplier % 3 == 0).astype(np.float64),
    }
    days = {"entry_date": day, "received_on": received, "export_date": day - 25}
    for unsaid in ENTRIES.schema:  # columns that nobody here declares
        if unsaid.name in {*texts, *numbers, *days}:
            continue
        if pa.types.is_string(unsaid.type):
            texts[unsaid.name] = Text(np.full(lines, -1, np.int32), np.empty(0, object))
        elif pa.types.is_date32(unsaid.type):
            days[unsaid.name] = np.full(lines, NO_DAY)
        else:
            numbers[unsaid.name] = np.full(lines, np.nan)
    examined = np.sort(random.choice(lines, lines // 50, replace=False))
    known = (
        (received[examined] + random.integers(5, 120, len(examined)))
        .clip(max=end - 1 + bool(last_day))
        .astype(np.int32)
    )
    results = Outcomes.conclusive(examined, known, random.random(len(examined)) < 0.1)
    return Lines(lines, texts, numbers, {name: of.astype(np.int32) for name, of in days.items()}), results


def _mixed(numbers: Ints) -> Ints:
    """Numbers spread over all bits, the same ones for the same numbers."""
    return (numbers * 0x9E3779B1 & 0x7FFFFFFF) ^ (numbers >> 7)


def _entries(lines: int, year: int) -> Text:
    """Entry numbers of four lines each."""
    numbers = [f"XX{year}{number:08d}" for number in range(-(-lines // 4))]
    return Text(np.arange(lines, dtype=np.int32) // 4, np.array(numbers, dtype=object))


def _text(name: str, most: int, codes: Ints, spell: Callable[[int], str]) -> Text:
    """A text column. What is read from its levels is read once in a process, as in one table."""
    if name not in SPELLED:
        SPELLED[name] = np.array([spell(number) for number in range(most)], dtype=object), {}
    return Text(codes.astype(np.int32), *SPELLED[name])


def _word(number: int) -> str:
    """A word of letters, different for each number."""
    letters = ""
    while number or not letters:
        number, digit = divmod(number, 26)
        letters = chr(65 + digit) + letters
    return letters.rjust(4, "Q")


def _country(number: int) -> str:
    return ("CN", "VN", "BD", "IN", "MX", "HK", "TR", "PK", "ID", "KH", "TH", "LK", "EG", "JO", "HN", "IT", "KR", "TW",
            "PE", "MY")[number]  # fmt: skip


@contextmanager
def cpu() -> Iterator[Callable[[], float]]:
    """CPU seconds of the block so far."""
    start = time.process_time()
    yield lambda: time.process_time() - start


def gigabytes() -> float:
    """Most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def resident() -> float:
    """Gigabytes that this process holds now, pages of mapped files counted."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**30


def measure_replay(lines: int, shards: str = "1") -> dict[str, Any]:
    """A replay with every declared tally, handed the lines of one year after the other; then it is saved.

    `saw` is a digest of all features of every line, so that runs can be compared.
    """
    history, seen, total, saw = History(shards=int(shards)), 0, 0.0, hashlib.sha256()
    for year in FIVE_YEARS:
        table, outcomes = world(lines // len(FIVE_YEARS), range(year, year + 1))
        with cpu() as spent:
            for block in replay(history, table, outcomes, FIRST_DAY + 365 * (year + 1) - 1, NO_LISTS):
                seen += len(block.rows)
                if lines <= COMPARED:
                    with cpu() as comparing:
                        saw.update(compute(block.lines, block.view).tobytes())
                    total -= comparing()
        total += spent()
        print(f"{seen:>12,} lines {total:8.1f} CPU s {gigabytes():6.2f} GB", file=sys.stderr, flush=True)
    assert seen == lines
    rows, replayed = history.size, gigabytes()
    sizes = dict.fromkeys(("learners", "counts", "keys", "recent"), 0.0)
    largest = defaultdict[str, float](float)
    with tempfile.TemporaryDirectory() as home, cpu() as saving:
        snapshot.save(history, Path(home) / "snapshot", {})
        for file in (Path(home) / "snapshot").glob("*.npy"):
            size, name = file.stat().st_size / 2**30, file.name
            shard = name.split(".")[0] if "-of-" in name else ""
            name = name.removeprefix(f"{shard}.")
            part = "counts" if ".state." in name else "keys" if name[0].isdigit() else name.split(".")[0]
            sizes[part if part in sizes else "learners"] += size
            largest[shard] += size if shard else 0.0
        saved = saving()
    return {
        "cpu": total,
        "gb": replayed,
        "rows": rows,
        "saving": saved,
        "gb_saved": gigabytes(),
        "files": {part: round(size, 3) for part, size in sizes.items()},
        "largest_shard": round(max(largest.values()), 3),
        "saw": saw.hexdigest()[:16],
    }


def measure_ask(lines: int, shards: str) -> dict[str, Any]:
    """What a process holds that maps one shard of so many, or the whole, and asks it for a part of a day."""
    table, outcomes = world(lines)
    history, last = History(shards=int(shards)), int(table.days["entry_date"][-1])
    close_days(history, table, outcomes, last, NO_LISTS)
    with tempfile.TemporaryDirectory() as home:
        snapshot.save(history, Path(home) / "snapshot", {})
        return run("asked", lines, str(Path(home) / "snapshot"))


def measure_asked(lines: int, folder: str) -> dict[str, Any]:
    """The same in a process of its own: gigabytes before and after, mapped pages counted, and CPU seconds."""
    table, _ = world(lines // len(FIVE_YEARS), range(4, 5))
    asked = table.take(np.sort(np.random.default_rng(0).choice(table.size, 20_000, replace=False)))
    keys_of(asked, History().order)
    before = resident()
    with cpu() as loading:
        shard = 0 if snapshot.shards_in(Path(folder)) > 1 else None
        history = snapshot.load(Path(folder), shard=shard)
        loaded = loading()
    after = resident()
    with cpu() as asking:
        told = history.state(history.find(asked))
        spent = asking()
    cells = sum(int(state.any(axis=2).sum()) for state in told)
    return {"loading": loaded, "asking": spent, "before": before, "loaded": after, "gb": resident(), "cells": cells}


def measure_day(lines: int) -> dict[str, float]:
    """A day of `lines` lines against the state of ten times as many."""
    table, outcomes = world(11 * lines, last_day=lines)
    today = int(table.days["entry_date"][-1])
    history = History()
    with cpu() as before:
        close_days(history, table, outcomes, today - 1, NO_LISTS)
    figures = {"before": before()} | {f"{name}s": len(history.indexes[name].keys) - 1.0 for name in SHARED[:3]}
    matrices, seeing, computing = [], 0.0, 0.0
    blocks = replay(history, table, outcomes, today, NO_LISTS)
    while True:
        with cpu() as spent:
            block = next(blocks, None)
        if block is None:
            figures["closing"] = spent()
            break
        seeing += spent()
        with cpu() as spent:
            matrices.append(compute(block.lines, block.view))
        computing += spent()
    return (
        figures
        | {"seeing": seeing, "computing": computing, "predicting": _predicting(np.vstack(matrices))}
        | _saving(history)
    )


def _predicting(matrix: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """CPU seconds of 200 trees with 31 leaves on the matrix."""
    random = np.random.default_rng(0)
    sample = random.choice(len(matrix), min(len(matrix), 50_000))
    labels = random.random(len(sample)) < 0.1 + 0.1 * np.isnan(matrix[sample]).mean(axis=1)
    booster = train({"objective": "binary", "num_leaves": 31, "verbose": -1}, Dataset(matrix[sample], labels), 200)
    with cpu() as spent:
        booster.predict(matrix)
    return spent()


def _saving(history: History) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "snapshot"
        with cpu() as saving:
            snapshot.save(history, folder, {})
        saved = saving()
        with cpu() as loading:
            snapshot.load(folder)
        size = sum(file.stat().st_size for file in folder.iterdir())
        return {"saving": saved, "mapping": loading(), "snapshot_gb": size / 2**30}


def shared(lines: int) -> tuple[Lines, dict[str, Ints]]:
    """The world of the comparison, and measures given for every line."""
    table, _ = world(lines)
    random = np.random.default_rng(1)
    names = {measure for tally in TALLIES if tally.key in SHARED for measure in tally.sums} | {"lines"}
    return table, {
        name: random.integers(0, 1000, lines) if name != "lines" else np.ones(lines, np.int64) for name in sorted(names)
    }


def measure_own(lines: int) -> dict[str, Any]:
    """The columns of the comparison by a replay; texts are spelled before, since the peers get ready keys."""
    table, added = shared(lines)
    for key in SHARED:
        key_of(table, key)
    table.numbers.update({f"given {name}": values for name, values in added.items()})
    replaying.measures = _given  # what a line adds is given to the peers as well
    history = History(tuple(replace(tally, outcomes=()) for tally in TALLIES if tally.key in SHARED), learners={})
    nothing = Outcomes.conclusive(np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.bool_))
    sums = dict.fromkeys(history.names.place, 0)
    with cpu() as spent:
        for block in replay(history, table, nothing, int(table.days["entry_date"][-1]), NO_LISTS):
            for name in sums:
                sums[name] += int(block.view.count(name).astype(np.int64).sum())
    return {"cpu": spent(), "gb": gigabytes(), "sums": sums}


def _given(lines: Lines, view: PointInTimeView) -> dict[str, Ints]:
    del view
    given = {name: values for name, values in lines.numbers.items() if name.startswith("given ")}
    return {name.removeprefix("given "): values.view(np.int64) for name, values in given.items()}


def write_task(lines: int, folder: Path) -> None:
    """What a peer gets: days, ready keys and measures as Parquet, and the columns it is to work out."""
    table, added = shared(lines)
    keys = {f"key {key}": key_of(table, key).astype(np.int64) for key in SHARED}
    pq.write_table(
        pa.table({"entered": table.days["entry_date"], "received": table.days["received_on"], **keys, **added}),
        folder / "lines.parquet",
    )
    chosen = {tally.key: tally for tally in TALLIES if tally.key in SHARED}
    sums = {
        key: {"lines": list(chosen[key].lines), **{m: list(w) for m, w in chosen[key].sums.items()}} for key in SHARED
    }
    (folder / "tallies.json").write_text(json.dumps(sums))


def measure_peer(engine: str, lines: int, python: str) -> dict[str, Any]:
    """The same columns by another engine, in a process of its own."""
    with tempfile.TemporaryDirectory() as home:
        run("write-task", lines, home)
        command = [python, str(PEERS / f"{engine}_windows.py"), home]
        return dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))


def run(what: str, lines: int, *more: str) -> dict[str, Any]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.history", what, str(lines), *more]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    return dict(json.loads(printed or "{}"))


def report_growth(sizes: list[int]) -> None:
    """Replays by size, and how CPU grows from the first to the last."""
    columns = sum(len(columns) for columns in History().columns.values())
    print(f"\nReplay, {len(TALLIES)} tallies, {columns} columns")
    spent = {}
    for size, shards in [*((size, 1) for size in sizes), *((min(sizes), shards) for shards in SHARDS)]:
        found = run("replay", size, str(shards))
        spent[size] = max(found["cpu"], spent.get(size, 0.0)) if shards == 1 else spent[size]
        each = f"{1e6 * found['cpu'] / size:6.1f} µs/line {found['rows']:>12,} rows of counts"
        print(_row(size, "replay", found), each, flush=True)
        saved = f"{found['saving']:.1f} CPU s, {found['gb_saved']:.2f} GB; files {found['files']} GB"
        print(f"{shards:>12} shards, saving {saved}; largest shard {found['largest_shard']} GB; saw {found['saw']}")
    if len(sizes) > 1:
        first, last = min(sizes), max(sizes)
        print(f"growth: n^{math.log(spent[last] / spent[first]) / math.log(last / first):.2f}")


def report_asked(lines: int) -> None:
    """What one process holds that is asked for 20,000 lines."""
    print(f"\nA part of a day asked of the history of {lines:,} lines, by one process")
    for shards in (1, *SHARDS):
        found = run("ask", lines, str(shards))
        held = f"{found['before']:.2f} GB before, {found['loaded']:.2f} mapped, {found['gb']:.2f} when asked"
        print(f"1 of {shards:>3} shards: {found['asking']:.2f} CPU s, {held}; {found['cells']:,} cells", flush=True)


def report_peers(asked: dict[str, list[int]], python: str) -> None:
    """The same columns by others, as ratios of CPU seconds."""
    print(f"\nThe same columns of {len(SHARED)} tallies")
    for size in sorted({size for sizes in asked.values() for size in sizes}):
        own = run("own", size)
        print(_row(size, "replay", own), f"{len(own['sums'])} columns", flush=True)
        for engine in (engine for engine, sizes in asked.items() if size in sizes):
            found = measure_peer(engine, size, python if engine == "polars" else sys.executable)
            differ = [name for name, total in own["sums"].items() if found["sums"].get(name) != total]
            ratio = f"{found['cpu'] / own['cpu']:6.1f} × replay"
            print(_row(size, engine, found), f"{ratio}; differing columns: {differ or 'none'}", flush=True)


def _row(lines: int, engine: str, found: dict[str, Any]) -> str:
    return f"{lines:>12,} lines {engine:<8} {found['cpu']:8.1f} CPU s {found['gb']:6.2f} GB"


def report_day(lines: int) -> None:
    """A day seen, computed, scored and closed."""
    found = run("day", lines)
    scoring = found["seeing"] + found["computing"] + found["predicting"]
    state = f"{found['suppliers']:,.0f} suppliers, {found['supplier*importers']:,.0f} pairs"
    print(f"\nA day of {lines:,} lines; state of {state}")
    for step in ("seeing", "computing", "predicting"):
        share = f"{lines / found[step]:>12,.0f} lines/s {found[step] / scoring:6.0%} of scoring"
        print(f"{step:<12} {found[step]:8.1f} CPU s {share}")
    for step in ("closing", "saving", "mapping"):
        print(f"{step:<12} {found[step]:8.1f} CPU s")
    print(f"snapshot     {found['snapshot_gb']:8.2f} GB")


def main() -> None:
    """Measure and print."""
    of = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    of.add_argument("--lines", type=int, nargs="*", default=[1_000_000, 5_000_000, 20_000_000])
    of.add_argument("--day", type=int, default=1_000_000, help="lines of the great day; 0 leaves it out")
    of.add_argument("--duckdb", type=int, nargs="*", default=[1_000_000, 5_000_000])
    of.add_argument("--pandas", type=int, nargs="*", default=[1_000_000])
    of.add_argument("--polars", type=int, nargs="*", default=[1_000_000])
    of.add_argument("--polars-python", help="an interpreter that has polars; without it that row is left out")
    asked = of.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    peers = {name: getattr(asked, name) for name in ("duckdb", "pandas", "polars")}
    if not asked.polars_python:
        peers.pop("polars")
    if any(peers.values()):
        report_peers(peers, asked.polars_python)
    if asked.day:
        report_day(asked.day)
    if asked.lines:
        report_growth(asked.lines)
        report_asked(min(asked.lines))


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "replay": measure_replay,
    "ask": measure_ask,
    "asked": measure_asked,
    "day": measure_day,
    "own": measure_own,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["write-task"]:
        write_task(int(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1:2] and sys.argv[1] in STEPS:
        print(json.dumps(STEPS[sys.argv[1]](int(sys.argv[2]), *sys.argv[3:])))
    else:
        main()
