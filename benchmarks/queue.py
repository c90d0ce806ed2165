"""The officers' pages before a great day: first byte and size of the queue's page, time of the line page.

    python -m benchmarks.queue [--lines N] [--history N] [--home FOLDER]

The day is scored by the night's own command after a history that is in the store, line by line; then `originrisk queue`
serves it, with SQLite, and one officer asks over HTTP. The first answer after a night is told apart: it makes what the
pages keep in memory. With --home the folder stays, and is measured as it is when it has been made before.
"""

import argparse
import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa

from benchmarks import night
from benchmarks.history import world
from data.contract import OUTCOMES
from data.store import Store

ROOT: Final = Path(__file__).parents[1]
COMMAND: Final = [sys.executable, "-m", "originrisk", "--home"]
PORT: Final = 8391
PASSWORD: Final = "only for this benchmark"
TIMES: Final = 30
QUERIES: Final = {
    "queue": "",
    "queue, all lines": "scope=all",
    "all lines, page 1,000": "scope=all&page=1000",
    "all lines, one origin, by ring": "scope=all&origin=CN&group=ring",
}


def build(home: Path, history: int, lines: int) -> None:
    """A home with the day scored, and the history's lines in the store, every fiftieth of them examined.

    The kept history has learned a tenth as many: what pages read of it does not grow with its lines. The store gets
    the lines after the night, which would learn them all.
    """
    night.build(home, history // 10, lines)
    night.night(home)
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
def served(home: Path) -> Iterator[None]:
    """`originrisk queue` over a home, until the block ends."""
    server = subprocess.Popen([*COMMAND, str(home), "queue", "--port", str(PORT)], cwd=ROOT)
    try:
        for _ in range(600):
            try:
                http.client.HTTPConnection("127.0.0.1", PORT).connect()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait()


def measure(home: Path) -> None:
    """Ask, and print."""
    officer = Officer(home)
    print(f"{'page':<32} {'first byte, ms: first':>22} {'median':>7} {'worst':>7} {'kB':>6}")
    for name, query in QUERIES.items():
        cold, *warm = (officer.ask(f"/queue?{query}") for _ in range(TIMES))
        report(name, [cold[0]], [answer[0] for answer in warm], len(warm[-1][2].encode()))
    addresses = re.findall(r'class="open" href="(/lines/[^"]+)"', officer.ask("/queue")[2])[:TIMES]
    cold, *others = (officer.ask(address) for address in addresses)
    size = max(len(answer[2].encode()) for answer in others)
    report("line page, a new one each time", [cold[1]], [answer[1] for answer in others], size)


def report(name: str, first: list[float], others: list[float], size: int) -> None:
    """One row."""
    cells = (1000 * first[0], 1000 * float(np.median(others)), 1000 * max(others), size / 1000)
    print("{:<32} {:>22.0f} {:>7.0f} {:>7.0f} {:>6.0f}".format(name, *cells), flush=True)


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
        with served(home):
            measure(home)


if __name__ == "__main__":
    main()
