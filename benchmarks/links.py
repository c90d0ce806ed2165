"""Links: parties behind the spellings, successors, what both bring, whom they flag wrongly, laws, time at full size.

    python -m benchmarks.links [--world links 2] [--lines 400000] [--suppliers 1000000] [--ties 10000000]

All trade is simulated.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks import parties, parties_on_trade
from benchmarks.link_parts import size, successors, worth

ROOT = Path(__file__).parent.parent
WORLDS = (("links", 2), ("default", 1))
LAWS = ("features/graph", "features/parties/test_tallied.py", "features/test_laws.py")


def main(given: argparse.Namespace) -> None:
    """Everything, one after another."""
    parties_on_trade.main()
    for variant, seed in given.world or WORLDS:
        successors.main(variant, int(seed), given.lines)
        worth.main(variant, int(seed), given.lines)
    planted = [ROOT / "tests" / path for path in LAWS]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *planted, "-k", "caught or catches"], check=True, cwd=ROOT
    )
    size.main(given.suppliers, given.ties)
    parties.main(given.known, 10_000)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--world", nargs=2, action="append", metavar=("VARIANT", "SEED"))
    parser.add_argument("--lines", type=int, default=400_000)
    parser.add_argument("--suppliers", type=int, default=1_000_000)
    parser.add_argument("--ties", type=int, default=10_000_000)
    parser.add_argument("--known", type=int, default=100_000)
    main(parser.parse_args())
