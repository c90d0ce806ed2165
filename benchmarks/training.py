"""What a training on 50,000 examinations costs, step by step: time, processor seconds, memory.

    python -m benchmarks.training [--lines 1300000] [--variant frequent] [--seed 5] [--home HOME]

A home with a simulated world is made first, in processes of their own, unless HOME has one. The steps are those of
`originrisk train`, in its order; `fit` alone is what a champion's settings take to be learned anew.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from benchmarks.history import cpu, gigabytes
from benchmarks.korea import ROOT
from benchmarks.simulated.trade import take_in
from originrisk.data.console import print_table
from originrisk.data.settings import Settings, load_settings
from originrisk.train.dataset import TrainingTables
from originrisk.train.evaluation.holdout import evaluate_holdout
from originrisk.train.fit import fit
from originrisk.train.pipeline import classifier

CUTOFF = date(2021, 12, 31)
SEED = 0

Steps = list[tuple[str, ...]]


@contextmanager
def step(steps: Steps, name: str) -> Iterator[None]:
    """Note what the block takes."""
    start = time.perf_counter()
    with cpu() as spent:
        yield
        wall = time.perf_counter() - start
        steps.append((name, f"{wall:.1f}", f"{spent():.1f}", f"{gigabytes():.2f}"))


def measure(settings: Settings) -> tuple[int, Steps]:
    """How many examples there are, and what each step takes."""
    steps: Steps = []
    with step(steps, "read the tables"):
        data = TrainingTables.read(settings, CUTOFF)
    with step(steps, "replay, and gather the examples"):
        gathered = data.gather(CUTOFF, SEED)
    examples, unexamined = gathered.examples, gathered.unexamined
    prototype = classifier(settings, SEED)
    with step(steps, "judge on later examples"):
        evaluate_holdout(examples, unexamined, prototype, settings.train, SEED)
    with step(steps, "fit and calibrate on all"):
        fit(examples, unexamined, prototype, settings.train, SEED)
    return len(examples), steps


def main(home: str) -> None:
    """Measure the steps, then the report of the whole training by its command."""
    examples, steps = measure(load_settings(Path(home)))
    whole: Steps = []
    command = [sys.executable, "-m", "originrisk", "--home", home, "train", "--cutoff", str(CUTOFF), "--json"]
    with step(whole, "the whole command, MLflow included"):
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    name, wall, *_ = whole[0]
    headings = ("step", "s", "CPU s of this process", "GB of this process at most by then")
    print_table(f"{examples:,} examples (simulated)", headings, [*steps, (name, wall, "", "")])


if __name__ == "__main__":
    of = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    of.add_argument("--lines", type=int, default=1_300_000)
    of.add_argument("--variant", default="frequent")
    of.add_argument("--seed", type=int, default=5)
    of.add_argument("--home", type=Path, help="make the trade there, or use the one that is there")
    asked = of.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        home = asked.home or Path(folder)
        if not (home / "lake").exists():
            period = ("--start", "2019-01-01", "--end", CUTOFF)
            take_in(home, "--variant", asked.variant, "--seed", asked.seed, "--lines", asked.lines, *period)
        main(str(home))
