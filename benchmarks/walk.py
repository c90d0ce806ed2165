"""How much code three errands cross: a line from its file to its page, a training, a request over HTTP.

    python -m benchmarks.walk [CHECKOUT]...    # this one where none is named; each needs its environment in .venv

Counted are modules and functions of the five packages that are entered in the processes of the commands (not in those
that a training starts beside itself), and pairs of modules that call one another both ways. A world of 20,000
simulated lines; takes some minutes.
"""

import csv
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow.parquet as pq

ROOT = Path(__file__).parents[1]
PACKAGES = ("data", "features", "models", "train", "serve")
DAY, NEXT_DAY = "2021-01-05", "2021-01-06"
PASSWORD = "copper-kettle-on-the-hill-71"
PORT = 18900 + os.getpid() % 500
TRACER = """
import json, os, signal, sys, threading
from pathlib import Path
root, packages = Path(os.environ['WALKED']), os.environ['PACKAGES'].split()
seen, places, on = {}, {}, [os.environ['FROM_START'] == '1']
def place(code):
    if code not in places:
        path = Path(code.co_filename).resolve()
        inside = path.is_relative_to(root) and path.relative_to(root).parts[0] in packages
        module = code.co_name == '<module>'
        places[code] = (str(path.relative_to(root)), f'{code.co_qualname}:{code.co_firstlineno}') \\
            if inside and not module else None
    return places[code]
def step(frame, event, argument):
    if event == 'call' and on[0] and (to := place(frame.f_code)):
        back = frame.f_back
        while back and not place(back.f_code): back = back.f_back
        seen[to[0], to[1], place(back.f_code)[0] if back else ''] = 1
def write():
    with open(os.environ['SEEN'], 'w') as file: json.dump(list(seen), file)
signal.signal(signal.SIGUSR1, lambda *_: on.__setitem__(0, True))
threading.setprofile(step); sys.setprofile(step)
from MODULE import FUNCTION
try: FUNCTION()
finally: sys.setprofile(None); write()
"""

Step = tuple[str, str, str]
"""A function that was entered: its module, its name, and the module that it was called from."""


class Walker:
    """Runs commands of a checkout over a home, and keeps what they crossed."""

    def __init__(self, checkout: Path, home: Path) -> None:
        self.home, self.checkout = home, checkout.resolve()
        entry = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["scripts"]["originrisk"]
        module, function = entry.split(":")
        self.program = TRACER.replace("MODULE", module).replace("FUNCTION", function)

    def start(self, *words: str, from_start: bool = True, **options: Any) -> subprocess.Popen[str]:
        """A command under the tracer."""
        told = {"WALKED": str(self.checkout), "PACKAGES": " ".join(PACKAGES), "SEEN": str(self.home / "seen.json")}
        told |= {"FROM_START": str(int(from_start)), "ORIGINRISK_HOME": str(self.home)}
        command = [str(self.checkout / ".venv/bin/python"), "-c", self.program, *words]
        return subprocess.Popen(command, cwd=self.home, env={**os.environ, **told}, text=True, **options)

    def seen(self) -> set[Step]:
        """What the last command crossed."""
        return {(to, function, by) for to, function, by in json.loads((self.home / "seen.json").read_text())}

    def run(self, *words: str, told: str = "") -> set[Step]:
        """What a command crosses that must end well."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = self.start(*words, **pipes)
        out, error = process.communicate(told)
        if process.returncode:
            raise SystemExit(f"{' '.join(words)} ended with {process.returncode}\n{out}\n{error}")
        return self.seen()

    @contextmanager
    def served(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """A server that is ready; it writes what it crosses from SIGUSR1 to its end."""
        server = self.start(*words, "--port", str(PORT), from_start=False, stdout=subprocess.DEVNULL)
        for _ in range(600):
            time.sleep(0.1)
            try:
                http.client.HTTPConnection("127.0.0.1", PORT).connect()
                break
            except OSError:
                continue
        try:
            yield server
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def ask(cookies: dict[str, str], path: str, body: str | None = None, tries: int = 120, **headers: str) -> str:
    """The text of an answer below 400; a server that is being made ready is asked again."""
    given = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), **headers}
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=300)
    connection.request("POST" if body else "GET", path, body, given)
    answer = connection.getresponse()
    text = answer.read().decode()
    for cookie in answer.headers.get_all("Set-Cookie") or ():
        name, _, value = cookie.split(";")[0].partition("=")
        cookies[name] = value
    if answer.status == http.client.SERVICE_UNAVAILABLE and tries:
        time.sleep(0.5)
        return ask(cookies, path, body, tries - 1, **headers)
    if answer.status >= http.client.BAD_REQUEST:
        raise SystemExit(f"{path} was answered with {answer.status}: {text[:500]}")
    return text


def line(walker: Walker, path: Path, row: dict[str, Any]) -> set[Step]:
    """From the file of a line to its page in the queue."""
    steps = walker.run("ingest", "entries", str(path)) | walker.run("score", "--date", DAY)
    walker.run("queue", "migrate")
    walker.run("accounts", "create", "walker", "officer", told=f"{PASSWORD}\n")
    with walker.served("queue") as server:
        cookies: dict[str, str] = {}
        (token,) = re.findall(r'name="csrf" value="([^"]+)"', ask(cookies, "/login"))
        form = urlencode({"csrf": token, "name": "walker", "password": PASSWORD, "next": "/queue"})
        ask(cookies, "/login", form, **{"Content-Type": "application/x-www-form-urlencoded"})
        ask(cookies, "/queue")
        server.send_signal(signal.SIGUSR1)
        time.sleep(0.5)
        ask(cookies, f"/queue?day={DAY}")
        ask(cookies, f"/lines/{row['entry_number']}/{row['line_number']}")
    return steps | walker.seen()


def request(walker: Walker, row: dict[str, Any]) -> set[Step]:
    """From the body of a request to its answer."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    out, error = walker.start("keys", "create", "--purpose", "walk", "--scope", "score", **pipes).communicate()
    key = max(re.findall(r"\S{20,}", out), key=len, default="")
    if not key:
        raise SystemExit(f"no key in: {out}{error}")
    with walker.served("serve") as server:
        server.send_signal(signal.SIGUSR1)
        time.sleep(0.5)
        body = json.dumps({"lines": [row]}, default=str)
        ask({}, "/v1/score", body, Authorization=f"Bearer {key}", **{"Content-Type": "application/json"})
    return walker.seen()


def figures(steps: set[Step]) -> tuple[int, int, list[str]]:
    """Modules, functions, and the pairs of modules that call one another both ways."""
    calls = {(by, to) for to, _, by in steps if by and by != to}
    both = sorted(f"{by} and {to}" for by, to in calls if by < to and (to, by) in calls)
    return len({to for to, _, _ in steps}), len({(to, function) for to, function, _ in steps}), both


def walks(checkout: Path) -> dict[str, tuple[int, int, list[str]]]:
    """The three errands of a checkout."""
    with tempfile.TemporaryDirectory(prefix="originrisk-walk-") as folder:
        walker = Walker(checkout, home := Path(folder))
        period = ("--start", "2019-01-01", "--end", "2020-12-31")
        walker.run("world", "--lines", "20000", "--seed", "1", *period)
        row = pq.read_table(home / "world/entries").slice(0, 1).to_pylist()[0] | {"entry_date": DAY}
        row |= {name: None for name in row if name.endswith("_date") and name != "entry_date"}
        with (home / "line.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(row))
            writer.writeheader()
            writer.writerow(row)
        for name in ("entries", "outcomes.parquet", "listed.parquet"):
            walker.run("ingest", name.split(".")[0], str(home / "world" / name))
        training = walker.run("train", "--cutoff", "2020-10-31")
        return {
            "line, file → page": figures(line(walker, home / "line.csv", row)),
            "training": figures(training),
            "request": figures(request(walker, row | {"entry_date": NEXT_DAY})),
        }


if __name__ == "__main__":
    found = {path: walks(Path(path)) for path in sys.argv[1:] or [str(ROOT)]}
    print("| checkout | errand | modules | functions | pairs that call both ways |\n|---|---|--:|--:|--:|")
    for path, errands in found.items():
        for errand, (modules, functions, both) in errands.items():
            print(f"| {Path(path).resolve().name} | {errand} | {modules} | {functions} | {len(both)} |")
    for path, errands in found.items():
        for errand, (_, _, both) in errands.items():
            print(f"\n{Path(path).resolve().name}, {errand}, both ways:\n  " + "\n  ".join(both or ["none"]))
