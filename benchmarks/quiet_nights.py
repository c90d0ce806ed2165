"""Sixty nights in which nothing is wrong, on several simulated worlds: how often the night job warns or stops.

    python -m benchmarks.quiet_nights [--seed N ...] [--lines 100000] [--nights 60]

Each world is taken in whole, trained on what was known at the cut-off, and its nights are filled in by the command.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from benchmarks.korea import ROOT, originrisk
from benchmarks.simulated.trade import take_in
from originrisk.data.console import print_table

CUTOFF = date(2021, 8, 31)
PERIOD = ("--start", "2019-01-01", "--end", "2021-12-31")


def main(seed: int, lines: int, nights: int) -> tuple[str, ...]:
    """One world: nights, how many warned, how many were stopped, and by which measures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        take_in(home, "--seed", seed, "--lines", lines, *PERIOD)
        originrisk(folder, "train", "--cutoff", CUTOFF)
        fill_in(home, nights)
        raised = [json.loads(file.read_text()) for file in sorted(home.glob("nights/*/manifest.json"))]
    assert len(raised) == nights, f"{len(raised)} nights of {nights} left a record"
    why = Counter(word for night in raised for word in {words.split()[0] for words in night["ended"]["why"]})
    codes = Counter(night["ended"]["exit_code"] for night in raised)
    told = ", ".join(f"{measure} {number}" for measure, number in why.most_common()) or "-"
    return str(seed), str(nights), str(codes[0]), str(codes[6]), str(nights - codes[0] - codes[6]), told


def fill_in(home: Path, nights: int) -> None:
    """The nights after the cut-off, by the command; warnings and refusals are what is counted."""
    first, last = CUTOFF + timedelta(1), CUTOFF + timedelta(nights)
    words = ["--home", home, "night", "--from", first, "--to", last]
    command = [sys.executable, "-m", "originrisk", *map(str, words)]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    of = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    of.add_argument("--seed", type=int, nargs="*", default=[1, 2, 3])
    of.add_argument("--lines", type=int, default=100_000)
    of.add_argument("--nights", type=int, default=60)
    asked = of.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    headings = ("seed", "nights", "quiet", "warned", "stopped", "measures that were above their level")
    rows = [main(seed, asked.lines, asked.nights) for seed in asked.seed]
    print_table(f"Quiet nights, simulated worlds of {asked.lines:,} lines", headings, rows)
