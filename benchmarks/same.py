"""Whether two checkouts do the same: worlds, rejects, features, scores and exit codes of two small worlds, as digests.

python -m benchmarks.same CHECKOUT [CHECKOUT]    # `make same AGAINST=COMMIT` compares this one with a commit

Features are taken where they enter LightGBM, so that no name of ours is needed to find them. Takes about ten
minutes.
"""

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable

WORLDS = (("--seed", "1"), ("--seed", "2", "--variant", "stable_suppliers"))
LINES = "20000"
DAMAGE = {
    "entry_number": ["ABC-1234567-7", "", "Sum:", " abc12345676 "],
    "line_number": ["0", "x", "2.0"],
    "entry_date": ["03/04/2021", "2021-02-30", "20210304", ""],
    "country_of_origin": ["XX", "CHINA", "uk", "n/a"],
    "htsus": ["6109.10.00.12", "61091", "6.1E+09", "7709100012"],
    "entered_value_usd": ["$1,234.50", "1.234,50", "-3", "1e400"],
    "quantity": ["12,5", "nan", "-"],
    "port_of_entry": ["401", "27O4"],
    "manufacturer_name": ["'=1+1", "\u200bACME\u202e", "NULL"],
}
WRONG = (
    ("ingest", "entries", "missing.csv"),
    ("ingest", "entries", "world/truth.parquet"),
    ("ingest", "entries", "world/entries", "--mapping", "nothing"),
    ("score", "--date", "2001-01-01"),
    ("score", "--date", "yesterday"),
    ("card", "nothing"),
    ("nothing",),
)
TAP = """
import hashlib, os
import lightgbm, numpy
def tapped(before, place):
    def call(self, data, *rest, **named):
        matrix = getattr(data, 'to_numpy', lambda: data)()
        if isinstance(matrix, numpy.ndarray):
            bits = numpy.ascontiguousarray(matrix, float).tobytes()
            line = place + str(matrix.shape) + hashlib.sha256(bits).hexdigest()
            with open(os.environ['TAPPED'], 'a') as file: file.write(line + chr(10))
        return before(self, data, *rest, **named)
    return call
lightgbm.Booster.predict = tapped(lightgbm.Booster.predict, 'asked ')
lightgbm.Dataset.__init__ = tapped(lightgbm.Dataset.__init__, 'taught ')
"""


def digest(value: object) -> str:
    """The first twelve digits of the SHA-256 of a value's text."""
    return hashlib.sha256(str(value).encode()).hexdigest()[:12]


def rows(table: pa.Table) -> str:
    """The digest of a table's rows, in any order, without what names a version, a moment or a delivery."""
    kept = [name for name in table.column_names if name not in ("model_version", "delivery") and name[0] != "_"]
    return digest(sorted(map(str, table.select(kept).to_pylist())))


def damaged(source: Path, target: Path) -> Path:
    """The entries of a world as CSV, every fifth with one cell of DAMAGE."""
    entries = pq.read_table(source).to_pylist()
    cells = [(name, text) for name, texts in DAMAGE.items() for text in texts]
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(entries[0]))
        writer.writeheader()
        for place, row in enumerate(entries):
            name, text = cells[place // 5 % len(cells)]
            writer.writerow({**row, name: text} if place % 5 == 0 else row)
    return target


def told(checkout: Path, home: Path, *words: str) -> tuple[int, str, str]:
    """Exit code, standard output and error of a command of a checkout, without what names a place."""
    module, function = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["scripts"][
        "originrisk"
    ].split(":")
    program = f"{TAP}\nfrom {module} import {function}\n{function}()"
    paths = {"PYTHONPATH": str(checkout), "TAPPED": str(home / "tapped"), "ORIGINRISK_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=home,
        env={**os.environ, **paths},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, *(
        text.replace(str(home), "HOME").replace(str(checkout), "") for text in (done.stdout, done.stderr)
    )


def steady(text: str) -> str:
    """The digest of a command's JSON without what names a run, a version or a length of time."""
    found = json.loads(text or "{}")
    return digest({key: value for key, value in found.items() if not re.search("run_id|version|second", key)})


def findings(checkout: Path, home: Path, world: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    """What one checkout makes of one world, step by step."""
    code, _, error = told(
        checkout, home, "world", "--lines", LINES, "--start", "2019-01-01", "--end", "2020-12-31", *world
    )
    yield "world", (code, error)
    for path in sorted((home / "world").rglob("*.parquet")):
        yield str(path.relative_to(home)), rows(pq.read_table(path))
    lines = damaged(home / "world/entries", home / "lines.csv")
    report = next(checkout.rglob("es003.csv"))
    for words in (
        ("entries", str(lines)),
        ("entries", str(report), "--mapping", "ace-es003"),
        ("outcomes", "world/outcomes.parquet"),
        ("listed", "world/listed.parquet"),
    ):
        code, out, error = told(checkout, home, "ingest", *words, "--json")
        yield f"ingest {Path(words[1]).name}", (code, out, error)
    for name in ("entries", "outcomes", "listed", "rejected"):
        place = next(path for path in home.rglob(name) if (path / "_delta_log").is_dir())
        yield f"stored {name}", rows(pa.table(DeltaTable(str(place)).to_pyarrow_table()))
    code, out, error = told(checkout, home, "train", "--cutoff", "2020-10-31", "--json")
    yield "train", (code, steady(out), digest(error))
    code, out, _ = told(
        checkout, home, "score", "--from", "2020-11-02", "--to", "2020-11-06", "--out", "scores.parquet", "--json"
    )
    yield "score", (code, steady(out))
    if (home / "scores.parquet").exists():
        yield "scores", rows(pq.read_table(home / "scores.parquet"))
    if (home / "tapped").exists():
        matrices = (home / "tapped").read_text().splitlines()
        yield "features", (len(matrices), digest(sorted(matrices)))
    for words in WRONG:
        code, _, error = told(checkout, home, *words)
        yield " ".join(words), (code, digest(error))


def main(checkouts: list[Path]) -> int:
    """Print what each checkout gave; 1 where two differ."""
    differ = 0
    for world in WORLDS:
        found = []
        for checkout in checkouts:
            home = Path(tempfile.mkdtemp(prefix="originrisk-same-"))
            found.append(dict(findings(checkout.resolve(), home, world)))
            shutil.rmtree(home)
        for step in dict.fromkeys(step for one in found for step in one):
            values = [str(one.get(step)) for one in found]
            same = len(set(values)) == 1
            differ += not same
            print(
                " ".join(world),
                "|",
                step,
                "|",
                ("same: " if same and len(values) > 1 else "") + " / ".join(dict.fromkeys(values)),
                flush=True,
            )
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main([Path(word) for word in sys.argv[1:]]))
