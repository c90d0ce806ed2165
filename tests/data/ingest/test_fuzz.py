"""Damaged files of every kind: each is taken with read = accepted + rejected, or refused whole, the store unchanged."""

import csv
import gzip
import shutil
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from originrisk.data.errors import BadInputError
from originrisk.data.identifiers.entry_number import check_digit
from originrisk.data.ingest.run import ingest
from originrisk.data.store.tables import Store

HEADINGS = ["entry_number", "line_number", "entry_date", "manufacturer_name", "country_of_origin", "htsus"]
ROWS = [
    [
        f"ABC{n:07d}{check_digit('ABC', f'{n:07d}')}",
        "1",
        "2021-03-05",
        f"ŞTİ {n}, CO.",
        "CN",
        "610910",
        "21.5",
    ]
    for n in range(12)
]
HEADINGS += ["entered_value_usd"]


def _csv() -> bytes:
    text = StringIO()
    csv.writer(text).writerows([HEADINGS, *ROWS])
    return text.getvalue().encode()


def _parquet(**options: object) -> bytes:
    content = BytesIO()
    columns = dict(zip(HEADINGS, zip(*ROWS, strict=True), strict=True))
    pq.write_table(pa.table({name: list(cells) for name, cells in columns.items()}), content, **options)
    return content.getvalue()


def _workbook() -> bytes:
    book, content = openpyxl.Workbook(), BytesIO()
    for row in [HEADINGS, *ROWS]:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


def _mutated(content: bytes, random: Random) -> bytes:
    """Bytes flipped, cut out, doubled, cut off, and marks of other encodings put in."""
    for _ in range(random.choice([1, 1, 2, 5, 30])):
        at, length = random.randrange(len(content) or 1), random.randrange(1, 200)
        noise = random.choice([b'"', b"\0", b"\r", b"\n", b"\xff\xfe", b",", b"\xef\xbb\xbf", b"\xc3", b";"])
        content = random.choice(
            [
                content[:at] + bytes([random.randrange(256)]) + content[at + 1 :],
                content[:at] + content[at + length :],
                content[:at] + noise + content[at:],
                content[: at + length] + content[at:],
                content[:at],
            ]
        )
    return content


def _part_mutated(content: bytes, random: Random) -> bytes:
    """A workbook with one of its parts mutated, or lost."""
    changed = BytesIO()
    with ZipFile(BytesIO(content)) as book, ZipFile(changed, "w", ZIP_DEFLATED) as other:
        chosen = random.choice(book.namelist())
        for name in book.namelist():
            if name != chosen or random.random() > 0.05:
                part = book.read(name)
                other.writestr(name, _mutated(part, random) if name == chosen else part)
    return changed.getvalue()


KINDS: dict[str, tuple[str, Callable[[], bytes], Callable[[bytes, Random], bytes]]] = {
    "csv": ("lines.csv", _csv, _mutated),
    "gzip": ("lines.csv.gz", lambda: gzip.compress(_csv()), _mutated),
    "packed csv": ("lines.csv.gz", _csv, lambda content, random: gzip.compress(_mutated(content, random))),
    "parquet": ("lines.parquet", _parquet, _mutated),
    "plain parquet": ("LINES.PQ", lambda: _parquet(use_dictionary=False, compression="none"), _mutated),
    "xlsx": ("lines.xlsx", _workbook, _mutated),
    "xlsx parts": ("lines.xlsx", _workbook, _part_mutated),
}


def _fuzz(folder: Path, kind: str, seeds: range) -> dict[str, int]:
    name, make, mutate = KINDS[kind]
    whole, counts = make(), {"taken": 0, "refused": 0}
    for seed in seeds:
        (folder / name).write_bytes(mutate(whole, Random(seed)))
        shutil.rmtree(folder / "home", ignore_errors=True)
        store = Store(folder / "home")
        try:
            found = ingest(store, "entries", [folder / name], "contract")
        except BadInputError as error:
            said = str(error)
        else:
            counts["taken"] += 1
            read, accepted, rejected = found.counts.read, found.counts.accepted, found.counts.rejected
            assert (store.entries().num_rows, store.rejected().num_rows) == (accepted, rejected), seed
            assert read == accepted + rejected, seed
            continue
        counts["refused"] += 1
        assert name in said, seed
        assert not (folder / "home" / "lake").exists(), seed
    return counts


@pytest.mark.parametrize(
    ("kind", "files"), [(kind, 100 if kind in {"csv", "parquet", "xlsx parts"} else 20) for kind in KINDS]
)
def test_a_hundred_damaged_files_for_each_reader(tmp_path: Path, kind: str, files: int) -> None:
    assert sum(_fuzz(tmp_path, kind, range(files)).values()) == files


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_two_thousand_damaged_files(tmp_path: Path, kind: str) -> None:
    assert sum(_fuzz(tmp_path, kind, range(100, 2100)).values()) == 2000
