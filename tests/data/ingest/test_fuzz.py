"""Damaged files of every kind: each is taken with read = accepted + rejected, or refused whole, the store unchanged."""

import csv
import gzip
import re
import shutil
from collections.abc import Callable
from datetime import date
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
    [f"ABC{n:07d}{check_digit('ABC', f'{n:07d}')}", "1", "2021-03-05", f"ŞTİ {n}, CO.", "CN", "610910", "21.5"]
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


_ODD = [
    "",
    "nan",
    "=1+1",
    "#REF!",
    "12,5",
    "1e5",
    "\u202eabc",
    "a\0b",
    "x" * 3000,
    "ÞTÝ",
    "\udcff",
    "宁波",
    "0",
    "-",
    "1.#IND",
]


def _rewritten(random: Random) -> list[list[str]]:
    """Headings and rows with odd cells, rows doubled or cut short, headings after a title, a line of totals."""
    rows = [[random.choice(_ODD) if random.random() < 0.1 else cell for cell in row] for row in ROWS]
    rows += random.choices(rows, k=random.choice([0, 0, 3]))
    rows += [["Total", "", "", "", "", "", "99"], ROWS[0][:3]] * (random.random() < 0.3)
    return (
        [["Report"], []] * (random.random() < 0.2)
        + [random.sample(HEADINGS, 7)] * (random.random() < 0.2)
        + [HEADINGS, *rows]
    )


def _text_in_any_encoding(_content: bytes, random: Random) -> bytes:
    text = StringIO()
    ends = random.choice(["\n", "\r\n", "\r", "\n\r"])
    csv.writer(text, delimiter=random.choice(",;\t|"), lineterminator=ends).writerows(_rewritten(random))
    names = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1254", "cp1252", "gb18030", "shift-jis", "cp500"]
    return text.getvalue().encode(random.choice(names), "replace")


def _parquet_of_any_type(_content: bytes, random: Random) -> bytes:
    head, *rows = [row for row in _rewritten(random) if len(row) == len(HEADINGS)]
    kinds = [pa.large_string(), pa.string_view(), pa.binary(), pa.int64(), pa.float32(), pa.float64(), pa.date32()]
    kinds += [
        pa.decimal128(38, 9),
        pa.timestamp("us", "UTC"),
        pa.timestamp("ns"),
        pa.bool_(),
        pa.time64("us"),
        pa.null(),
    ]
    columns = []
    for cells in zip(*rows, strict=True):
        texts = [cell.encode("utf-8", "replace").decode() or None for cell in cells]
        column = pa.array(texts, pa.string())
        if random.random() < 0.4:
            kind = random.choice(kinds)
            try:
                column = column.cast(kind)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                whole = pa.array([random.randrange(-9, 10**10) for _ in texts])
                column = whole.cast(pa.float64()).cast(kind, safe=False) if kind in kinds[3:6] else pa.nulls(len(texts))
        columns.append(
            # Arrow itself cannot write a dictionary of views
            column.dictionary_encode()
            if random.random() < 0.1 and column.type not in {pa.null(), pa.string_view(), pa.binary_view()}
            else column
        )
    content = BytesIO()
    pq.write_table(pa.table(columns, names=head), content, row_group_size=random.choice([3, 100]))
    return content.getvalue()


def _workbook_of_any_cells(_content: bytes, random: Random) -> bytes:
    book, content = openpyxl.Workbook(), BytesIO()
    for sheet in [book.active, *(book.create_sheet() for _ in range(random.choice([0, 0, 1, 2])))]:
        for row in _rewritten(random):
            typed = [
                random.choice([7, 1.5, True, date(2021, 3, 5), None, "=1/0"]) if random.random() < 0.1 else cell
                for cell in row
            ]
            sheet.append(
                [cell if not isinstance(cell, str) else cell.replace("\0", "").replace("\udcff", "") for cell in typed]
            )
        sheet.sheet_state = random.choice(["visible", "visible", "hidden", "veryHidden"])
    book.active.sheet_state = "visible"
    book.save(content)
    return content.getvalue()


KINDS: dict[str, tuple[str, Callable[[], bytes], Callable[[bytes, Random], bytes]]] = {
    "csv": ("lines.csv", _csv, _mutated),
    "gzip": ("lines.csv.gz", lambda: gzip.compress(_csv()), _mutated),
    "packed csv": ("lines.csv.gz", _csv, lambda content, random: gzip.compress(_mutated(content, random))),
    "parquet": ("lines.parquet", _parquet, _mutated),
    "plain parquet": ("LINES.PQ", lambda: _parquet(use_dictionary=False, compression="none"), _mutated),
    "xlsx": ("lines.xlsx", _workbook, _mutated),
    "xlsx parts": ("lines.xlsx", _workbook, _part_mutated),
    "encodings": ("lines.csv", bytes, _text_in_any_encoding),
    "types": ("lines.parquet", bytes, _parquet_of_any_type),
    "cells": ("lines.xlsx", bytes, _workbook_of_any_cells),
}


def _fuzz(folder: Path, kind: str, seeds: range, stored: int = 4) -> dict[str, int]:
    """Counts of files taken and refused. Of those taken every `stored`th goes into a store of its own, the others
    as far as `--check`; what is refused is refused of a store."""
    name, make, mutate = KINDS[kind]
    whole, counts = make(), {"taken": 0, "refused": 0}
    for seed in seeds:
        (folder / name).write_bytes(mutate(whole, Random(seed)))
        shutil.rmtree(folder / "home", ignore_errors=True)
        store = Store(folder / "home")
        try:
            found = ingest(store, "entries", [folder / name], "contract", check=bool(seed % stored))
        except BadInputError:
            with pytest.raises(BadInputError, match=re.escape(name)):
                ingest(store, "entries", [folder / name], "contract")
            assert not (folder / "home" / "lake").exists(), seed
            counts["refused"] += 1
            continue
        counts["taken"] += 1
        read, accepted, rejected = found.counts.read, found.counts.accepted, found.counts.rejected
        assert read == accepted + rejected, seed
        if seed % stored == 0:
            assert (store.entries().num_rows, store.rejected().num_rows) == (accepted, rejected), seed
    return counts


@pytest.mark.parametrize(
    ("kind", "files"), [(kind, 100 if kind in {"csv", "types", "xlsx parts"} else 20) for kind in KINDS]
)
def test_a_hundred_damaged_files_for_each_reader(tmp_path: Path, kind: str, files: int) -> None:
    assert sum(_fuzz(tmp_path, kind, range(files)).values()) == files


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_two_thousand_damaged_files(tmp_path: Path, kind: str) -> None:
    counts = _fuzz(tmp_path, kind, range(100, 2100))
    print(kind, counts)
    assert sum(counts.values()) == 2000
