"""The officers' pages before a great day: first byte and size of the queue's page, time of the line page.

    python -m benchmarks.queue [--lines N] [--history N] [--home FOLDER]

The day is scored by the night's own command after a history that is in the store, line by line; then `originrisk queue`
serves it, with SQLite, and one officer asks over HTTP; then a table changes, and the officer goes on while the next is
made ready. Milliseconds on the clock, and those of the server's processor time, which a busy machine changes less. With
--home the folder stays, and is measured as it is when it has been made before.
"""

import argparse
import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import night
from benchmarks.history import FIRST_DAY, world
from originrisk.data.contract import EPOCH, OUTCOMES
from originrisk.data.store.tables import Store

ROOT: Final = Path(__file__).parents[1]
COMMAND: Final = [sys.executable, "-m", "originrisk", "--home"]
PORT: Final = 8391
PASSWORD: Final = "only for this benchmark"
TIMES: Final = 30
CASES: Final = 300
QUERIES: Final = {
    "queue": "",
    "queue, all lines": "scope=all",
    "all lines, page 1,000": "scope=all&page=1000",
    "all lines, one origin, by ring": "scope=all&origin=CN&group=ring",
    "search, all lines, by words": "scope=all&q=cotton",
}


def build(home: Path, history: int, lines: int) -> None:
    """A home with the day scored, and the history's lines in the store, every fiftieth of them examined.

    The kept history has learned a tenth as many: what pages read of it does not grow with its lines. The store gets
    the lines after the night, which would learn them all.
    """
    night.build(home, history // 10, lines)
    night.night(home, 0.0)
    store, years = Store(home), night.FIVE_YEARS
    for year in years:
        table = night.rows(world(history // len(years), range(year, year + 1))[0])
        store.upsert("entries", table.to_batches(max_chunksize=100_000))
        store.upsert("outcomes", examined(table).to_batches())


def examined(entries: pa.Table) -> pa.Table:
    """Outcomes of every fiftieth line, a tenth of them positive, known a month after the line."""
    of = entries.take(pa.array(np.arange(0, len(entries), 50)))
    known = pa.array(np.asarray(of["entry_date"].cast(pa.int32())) + 30, pa.int32()).cast(pa.date32())
    found = np.where(np.arange(len(of)) % 10 == 0, "xinjiang", "not_xinjiang")
    columns = {
        "entry_number": of["entry_number"],
        "line_number": of["line_number"],
        "selected_date": of["entry_date"],
        "outcome_date": known,
        "selection": pa.repeat("targeted", len(of)),
        "result": pa.array(found),
    }
    nothing = pa.nulls(len(of))
    return pa.table([columns.get(name, nothing) for name in OUTCOMES.names], schema=OUTCOMES.schema)


class Officer:
    """Somebody who has logged in, over one connection."""

    def __init__(self, home: Path) -> None:
        create = [*COMMAND, str(home), "accounts", "create", "bench", "officer"]
        subprocess.run(create, cwd=ROOT, input=f"{PASSWORD}\n", text=True, capture_output=True, check=False)
        self._connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=300)
        self._cookies: dict[str, str] = {}
        (token,) = re.findall(r'name="csrf" value="([^"]+)"', self.ask("/login")[2])
        form = {"csrf": token, "name": "bench", "password": PASSWORD, "next": "/queue"}
        status = self.ask("/login", urlencode(form))[3]
        if status != http.client.SEE_OTHER:
            raise SystemExit(f"log-in was answered with {status}")

    def page(self, path: str) -> tuple[float, float, str]:
        """Seconds to the first byte, seconds to the last, text of a page that must be there."""
        first, whole, text, status = self.ask(path)
        if status != http.client.OK:
            raise SystemExit(f"{path} was answered with {status}")
        return first, whole, text

    def ask(self, path: str, form: str | None = None) -> tuple[float, float, str, int]:
        """Seconds to the first byte, seconds to the last, text, status."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        start = time.perf_counter()
        self._connection.request("POST" if form else "GET", path, form, headers)
        answer = self._connection.getresponse()
        first = time.perf_counter() - start
        text = answer.read().decode()
        whole = time.perf_counter() - start
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";")[0].partition("=")
            self._cookies[name] = value
        return first, whole, text, answer.status


@contextmanager
def served(home: Path) -> Iterator[int]:
    """`originrisk queue` over a home, until the block ends; its process."""
    server = subprocess.Popen([*COMMAND, str(home), "queue", "--port", str(PORT)], cwd=ROOT)
    try:
        for _ in range(600):
            try:
                http.client.HTTPConnection("127.0.0.1", PORT).connect()
                break
            except OSError:
                time.sleep(0.1)
        yield server.pid
    finally:
        server.terminate()
        server.wait()


def measure(home: Path, server: int) -> None:
    """Ask, and print."""
    officer, start, spent = Officer(home), time.perf_counter(), cpu(server)
    awaited(officer)
    print(f"ready {time.perf_counter() - start:.1f} s after the start, {cpu(server) - spent:.1f} CPU s")
    print(f"{'page':<40} {'first byte, ms: median':>22} {'99 %':>6} {'worst':>6} {'whole':>6} {'CPU':>6} {'kB':>6}")
    for name, query in QUERIES.items():
        report(name, server, [partial(officer.page, f"/queue?{query}")] * TIMES)
    pages = (officer.page(f"/queue?scope=all&page={page}")[2] for page in range(1, 100))
    found = (address for text in pages for address in re.findall(r'class="open" href="(/lines/[^"]+)"', text))
    addresses = list(islice(found, CASES))
    lines = [partial(officer.page, address) for address in addresses]
    report("line page, a new one each time", server, lines)
    report("line page, seen before", server, lines)
    late = Store(home).entries(end=EPOCH + timedelta(FIRST_DAY + 1)).slice(0, 1)
    Store(home).upsert("entries", changed(late).to_batches())
    report("queue, while the next is made ready", server, [partial(officer.page, "/queue")] * TIMES)
    start = time.perf_counter()
    while "is being made ready" in officer.page("/queue")[2]:
        time.sleep(0.1)
    print(f"the next was ready {time.perf_counter() - start:.1f} s later")


def awaited(officer: Officer) -> None:
    """Ask until the first reading is ready."""
    while officer.ask("/queue")[3] == http.client.SERVICE_UNAVAILABLE:
        time.sleep(0.1)


def changed(line: pa.Table) -> pa.Table:
    """The line with another value: a correction."""
    place = line.column_names.index("entered_value_usd")
    return line.set_column(place, "entered_value_usd", pc.add(line["entered_value_usd"], 1.0))


def cpu(process: int) -> float:
    """Seconds of processor time of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(name: str, server: int, asks: list[Callable[[], tuple[float, float, str]]]) -> None:
    """One row."""
    spent = cpu(server)
    first, whole, texts = zip(*(ask() for ask in asks), strict=True)
    spent = (cpu(server) - spent) / len(asks)
    size = max(len(text.encode()) for text in texts) / 1000
    cells = (np.median(first), np.quantile(first, 0.99), max(first), np.median(whole), spent)
    shown = "".join(f"{1000 * cell:>{width}.0f}" for cell, width in zip(cells, (23, 7, 7, 7, 7), strict=True))
    print(f"{name:<40}{shown}{size:>7.0f}", flush=True)


def main() -> None:
    """Build, serve, measure."""
    of = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    of.add_argument("--lines", type=int, default=100_000)
    of.add_argument("--history", type=int, default=1_000_000)
    of.add_argument("--home", type=Path)
    asked = of.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = asked.home or Path(folder)
        if not (home / "queue.json").exists():
            build(home, asked.history, asked.lines)
        load = f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
        print(f"{load}; {asked.lines:,} lines on the day, {asked.history:,} before")
        subprocess.run([*COMMAND, str(home), "queue", "migrate"], cwd=ROOT, check=True, capture_output=True)
        with served(home) as server:
            measure(home, server)


if __name__ == "__main__":
    main()
