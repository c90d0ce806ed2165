"""Cuts of power: steps run in a process that ends at some change of a file, and what of its files was on the disk.

A server with everything imported runs each try in a child of its own, under `power_cut.c`. What was not synced is
gone; or, as chance will have it, some of it is there: names without content, content torn off, the new beside the old.
"""

import ctypes
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


class Cutter:
    """Runs steps over a home until power is cut, and puts what was on the disk in its place."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process, self._folder = process, folder

    def run(
        self, template: Path, steps: str, cut: int, chance: random.Random | None = None
    ) -> tuple[Path, list[str], int]:
        """The home as it was found after the cut, the steps that were acknowledged, and how many events there were.

        With `chance`, some of what was not synced is there.
        """
        live, shadow, found = (self._folder / name for name in ("live", "shadow", "found"))
        for old in (live, shadow, found):
            shutil.rmtree(old, ignore_errors=True)
        live.mkdir()
        if template.exists():
            shutil.copytree(template, live / "home")
        _settle(live, shadow)
        asked = {"root": str(live), "shadow": str(shadow), "cut": cut, "steps": steps}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        assert "error" not in told, told
        _rebuild(live, live.stat().st_ino, shadow, found, chance)
        return found / "home", told["done"], told["events"]


@contextmanager
def cutter(folder: Path) -> Iterator[Cutter]:
    """A cutter that works in a folder on tmpfs."""
    library = folder / "power_cut.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, HERE / "power_cut.c", "-ldl"], check=True)
    environment = os.environ | {"LD_PRELOAD": str(library), "PYTHONDONTWRITEBYTECODE": "1"}
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.serve.power_cut", str(library)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        cwd=HERE.parents[1],
        text=True,
    )
    try:
        yield Cutter(server, folder)
    finally:
        server.communicate(timeout=60)


def _settle(live: Path, shadow: Path) -> None:
    """All that is there is on the disk."""
    for name in ("data", "dirs"):
        (shadow / name).mkdir(parents=True)
    for folder, _, files in os.walk(live):
        names = b"".join(
            f"{entry.inode()} {int(entry.is_dir())} {entry.name}\0".encode() for entry in os.scandir(folder)
        )
        (shadow / "dirs" / str(Path(folder).stat().st_ino)).write_bytes(names)
        for file in files:
            path = Path(folder, file)
            shutil.copyfile(path, shadow / "data" / str(path.stat().st_ino))


def _rebuild(live: Path | None, number: int, shadow: Path, found: Path, chance: random.Random | None) -> None:
    """Make the folder of this inode as it was on the disk; `live` is where it was, if it still is."""
    found.mkdir()
    names = _names(shadow / "dirs" / str(number))
    there = {one.name: (one.inode(), one.is_dir()) for one in os.scandir(live)} if live and live.is_dir() else {}
    if chance:
        for name in sorted(names.keys() | there.keys()):
            if names.get(name) != there.get(name) and chance.random() < 0.5:
                names.pop(name, None)
                names |= {name: there[name]} if name in there else {}
    for name, (inode, is_folder) in names.items():
        same = live / name if live and there.get(name) == (inode, is_folder) else None
        if is_folder:
            _rebuild(same, inode, shadow, found / name, chance)
        else:
            (found / name).write_bytes(_content(same, shadow / "data" / str(inode), chance))
            (found / name).chmod(0o600)


def _content(live: Path | None, synced: Path, chance: random.Random | None) -> bytes:
    content = synced.read_bytes() if synced.exists() else b""
    if chance is None or live is None:
        return content
    now = live.read_bytes()
    if synced.exists():
        return chance.choice([content, now])
    return chance.choice([content, now, now[: chance.randrange(len(now) + 1)]])


def _names(listing: Path) -> dict[str, tuple[int, bool]]:
    found: dict[str, tuple[int, bool]] = {}
    for row in listing.read_bytes().split(b"\0")[:-1] if listing.exists() else ():
        number, is_folder, name = row.decode().split(" ", 2)
        found[name] = int(number), is_folder == "1"
    return found


def _serve(library: str) -> None:
    """Answer each line of standard input: run its steps in a child, tell which were acknowledged."""
    from tests.serve import test_power_cut

    shim = ctypes.CDLL(library)
    shim.powercut_events.restype = ctypes.c_long
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
                os.umask(0o077)
                shim.powercut_arm(asked["root"].encode(), asked["shadow"].encode(), ctypes.c_long(asked["cut"]))
                for step in test_power_cut.STEPS[asked["steps"]]:
                    step(Path(asked["root"]) / "home")
                    os.write(writing, f"{step.__name__}\n".encode())
                os.write(writing, f"events {shim.powercut_events()}\n".encode())
                os._exit(0)
            except BaseException as error:
                os.write(writing, f"error {type(error).__name__}: {error}".replace("\n", " ").encode() + b"\n")
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading) as told:
            said = told.read().splitlines()
        os.waitpid(child, 0)
        done = [one for one in said if " " not in one]
        rest = dict(one.split(" ", 1) for one in said if " " in one)
        answer: dict[str, Any] = {"done": done, "events": int(rest.get("events", 0))}
        print(json.dumps(answer | ({"error": rest["error"]} if "error" in rest else {})), flush=True)


if __name__ == "__main__":
    _serve(sys.argv[1])
