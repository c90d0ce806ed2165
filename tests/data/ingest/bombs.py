"""Files that unfold: of a few kB or MB each, of what a reader would take for gigabytes, or for hours.

`python -m tests.data.ingest.bombs` reads each in a process of its own, tells how it ended and what it took, and fails
where one took more than `SECONDS` of CPU or `MEGABYTES` over the process's own. Part of `make abuse`.
"""

import gzip
import multiprocessing
import re
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from originrisk.data.console import print_table
from originrisk.data.errors import BadInputError
from originrisk.data.ingest.run import ingest
from originrisk.data.store.tables import Store

SECONDS: Final = 60
MEGABYTES: Final = 1000
ROW: Final = {
    "entry_number": "ABC00000010",
    "line_number": "1",
    "entry_date": "2021-07-01",
    "manufacturer_name": "Acme",
    "country_of_origin": "CN",
    "htsus": "6109100012",
    "entered_value_usd": "100",
}
HEAD: Final = ",".join(ROW).encode() + b"\n"


def _gzip(path: Path, *parts: bytes, times: int = 1) -> None:
    with gzip.open(path, "wb", 6) as file:
        for part in (HEAD, *parts * times):
            file.write(part)


def _parquet(path: Path, rows: int, **more: pa.Array) -> None:
    """The row many times over by one dictionary entry each, and other columns."""
    same = {
        name: pa.DictionaryArray.from_arrays(pa.repeat(0, rows).cast("int32"), [value]) for name, value in ROW.items()
    }
    pq.write_table(pa.table(same | more), path, compression="zstd", row_group_size=rows)


def _book(path: Path, change: Callable[[str, str], str], **more: bytes) -> None:
    """A workbook with the row, its parts changed by name and text, and parts of other names."""
    book = openpyxl.Workbook()
    assert book.active
    for row in (list(ROW), list(ROW.values())):
        book.active.append(row)
    book.save(path)
    with ZipFile(path) as whole:
        parts = {name: whole.read(name).decode() for name in whole.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as whole:
        for name, text in parts.items():
            whole.writestr(name, change(name, text))
        for name, content in more.items():
            whole.writestr(name, content)


def _sheet(path: Path, rows: str) -> None:
    _book(path, lambda _, text: text.replace("</sheetData>", f"{rows}</sheetData>"))


def _shared(path: Path, texts: str, rows: str = "", declared: str = "") -> None:
    """A workbook with texts that its cells share: the maker is the first of them."""
    own, office = "spreadsheetml", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = f"application/vnd.openxmlformats-officedocument.{own}.sharedStrings+xml"
    more = {
        "</Types>": f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>',
        "</sheetData>": f"{rows}</sheetData>",
    }

    def change(name: str, text: str) -> str:
        for end, content in more.items():
            text = text.replace(end, content)
        if name.endswith("workbook.xml.rels"):
            link = f'<Relationship Id="rId99" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
            text = text.replace("</Relationships>", f"{link}</Relationships>")
        return re.sub(r't="inlineStr"><is><t>Acme</t></is>', 't="s"><v>0</v>', text)

    names = f'xmlns="http://schemas.openxmlformats.org/{own}/2006/main"'
    content = f"{declared}<sst {names}>{texts}</sst>".encode()
    _book(path, change, **{"xl/sharedStrings.xml": content})


_LAUGHS: Final = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
_DECLARED: Final = f'<!DOCTYPE x [<!ENTITY e0 "ha">{_LAUGHS}]>'


def _entities(path: Path) -> None:
    """The same in the sheet itself."""

    def change(name: str, text: str) -> str:
        return _DECLARED + text.replace("Acme", "&e9;") if "sheet1" in name else text

    _book(path, change)


def _deep(levels: int) -> pa.Array:
    value: Any = pa.array([1])
    for _ in range(levels):
        value = pa.ListArray.from_arrays(pa.array([0, 1], "int32"), value)
    return value


def _zipped(path: Path) -> None:
    inner = gzip.compress(gzip.compress(HEAD + bytes(300_000_000), 6), 6)
    path.write_bytes(gzip.compress(inner, 6))


def _once(text: str, rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.repeat(0, rows).cast("int32"), [text])


def _far(ref: str, kind: str, numbers: range) -> str:
    return "".join(f'<row r="{n}"><c r="{ref}{n}"{kind}><v>10</v></c></row>' for n in numbers)


def _headings(path: Path) -> None:
    path.write_bytes(b",".join(b"h%d" % n for n in range(300_000)) + b"\n1\n")


_NULLS: Final = {f"c{n}": pa.nulls(50, pa.string()) for n in range(10_000)}
_ATTRIBUTES: Final = " ".join(f'a{n}="1"' for n in range(300_000))

BOMBS: Final[dict[str, tuple[str, Callable[[Path], None]]]] = {
    "an endless line": (".csv.gz", lambda at: _gzip(at, b"a" * 2**24, times=60)),
    "an open quote before many lines": (".csv.gz", lambda at: _gzip(at, b'A,"' + b"a,b\n" * 2**22, times=30)),
    "blank lines": (".csv.gz", lambda at: _gzip(at, b"\n" * 2**24, times=20)),
    "rows of quotes": (".csv.gz", lambda at: _gzip(at, b'"' * 2**24, times=20)),
    "a row of millions of cells": (".csv.gz", lambda at: _gzip(at, b"," * 2**24, b"\n")),
    "gzip in gzip in gzip": (".csv.gz", _zipped),
    "hundreds of thousands of headings": (".csv", _headings),
    "a text once for many rows": (".parquet", lambda at: _parquet(at, 200_000, x=_once("x" * 100_000, 200_000))),
    "… of a column that is read": (
        ".parquet",
        lambda at: _parquet(at, 200_000, description=_once("x" * 100_000, 200_000)),
    ),
    "ten thousand columns": (".parquet", lambda at: _parquet(at, 50, **_NULLS)),
    "lists of millions": (".parquet", lambda at: _parquet(at, 10, description=pa.array([["x"] * 2_000_000] * 10))),
    "a list in a hundred lists": (".parquet", lambda at: _parquet(at, 1, description=_deep(100))),
    "millions of like rows": (".parquet", lambda at: _parquet(at, 10_000_000)),
    "XML entities in the sheet": (".xlsx", _entities),
    "XML entities in the shared texts": (".xlsx", lambda at: _shared(at, "<si><t>&e9;</t></si>", declared=_DECLARED)),
    "a file in a workbook": (
        ".xlsx",
        lambda at: _book(at, lambda _, text: text, **{"xl/inner.xlsx": bytes(300_000_000)}),
    ),
    "sixteen thousand columns": (".xlsx", lambda at: _sheet(at, _far("XFD", "", range(3, 2000)))),
    "one shared text in many cells": (
        ".xlsx",
        lambda at: _shared(
            at, f"<si><t>{'x' * 1_000_000}</t></si>", _far("D", ' t="s"', range(3, 3000)).replace(">10<", ">0<")
        ),
    ),
    "elements within elements": (
        ".xlsx",
        lambda at: _sheet(at, "<row>" + "<c>" * 300_000 + "</c>" * 300_000 + "</row>"),
    ),
    "attributes without an end": (".xlsx", lambda at: _sheet(at, f"<row {_ATTRIBUTES}/>")),
}
"""By what unfolds, how the file is named and who makes it."""


def told(name: str, folder: Path) -> list[str]:
    """How reading a bomb ended, its size in bytes, CPU seconds, and MB beyond what the process had."""
    kind, make = BOMBS[name]
    path = folder / f"bomb{kind}"
    make(path)
    # a process that has read no such file knows its own peak
    receiving, sending = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(target=_read, args=[path, sending])
    child.start()
    child.join(SECONDS * 20)
    child.kill()
    ended = receiving.recv() if receiving.poll() else [f"ended with {child.exitcode}", "", ""]
    return [name, f"{path.stat().st_size:,}", *ended]


def _read(path: Path, sending: Any) -> None:
    before, own = resource.getrusage(resource.RUSAGE_SELF), path.parent / "home"
    try:
        done = ingest(Store(own), "entries", [path], "contract").counts
        ended = f"taken: {done.read:,} = {done.accepted:,} + {done.rejected:,}"
        assert done.read == done.accepted + done.rejected
    except BadInputError as error:
        ended = f"refused: {str(error.problems[0])[:60]}"
        assert not (own / "lake" / "entries").exists()
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    sending.send([ended, f"{used:.1f}", str((after.ru_maxrss - before.ru_maxrss) // 1024)])


def main() -> int:
    """Read all and tell."""
    rows = []
    for name in sys.argv[1:] or BOMBS:
        with TemporaryDirectory() as folder:
            rows.append(told(name, Path(folder)))
            print(*rows[-1], sep=" | ", file=sys.stderr, flush=True)
    print_table("Bombs for the readers", ("bomb", "bytes", "ended", "CPU, s", "memory, MB"), rows)
    return int(any(not row[3] or float(row[3]) > SECONDS or int(row[4]) > MEGABYTES for row in rows))


if __name__ == "__main__":
    sys.exit(main())
