"""A block of lines of a text table: a bad record suffers alone.

Plain lines, nearly all, go to Arrow together. A line with anything doubtful (an open quote, foreign bytes, a NUL, a
lone carriage return, another number of cells) is read by itself, with the lines that its open quote takes in.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from originrisk.data.ingest.records import RAW_KEPT, FileLayout, Misfit

NEWLINE, RETURN, QUOTE = b'\n\r"'


@dataclass(frozen=True, slots=True)
class TextLines:
    """Where the lines of a block begin and end (without their line end)."""

    data: bytes
    codes: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def raw(self, first: int, final: int) -> bytes:
        """The bytes from one line to another."""
        return self.data[self.starts[first] : self.ends[final]].removesuffix(b"\r")

    def of(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Line of each place."""
        return np.searchsorted(self.starts, places, side="right") - 1

    def count(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of the sorted places lie in each line."""
        return np.searchsorted(places, self.ends) - np.searchsorted(places, self.starts)

    def places(self, code: int) -> NDArray[np.int64]:
        """Where a byte stands."""
        return np.flatnonzero(self.codes == code) if code in self.data else np.empty(0, np.int64)


def split(block: bytes) -> TextLines:
    """The lines of a block; the last one may lack its line end."""
    codes = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(codes == NEWLINE)
    if block and not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64) if len(ends) else ends
    return TextLines(block, codes, starts, ends)


def blank(lines: TextLines) -> NDArray[np.bool_]:
    """Lines without a character."""
    return np.asarray(lines.ends - lines.starts <= (lines.codes[lines.starts] == RETURN))


def open_ended(lines: TextLines) -> NDArray[np.bool_]:
    """Lines with an odd number of quotes: one of them opens or closes beyond the line."""
    return np.asarray(lines.count(lines.places(QUOTE)) % 2 == 1)


def suspect(lines: TextLines, shape: FileLayout) -> NDArray[np.bool_]:
    """Lines with the wrong number of cells or too long; with a NUL, return or quote out of place; foreign bytes."""
    doubtful: NDArray[np.bool_] = cell_counts(lines, shape) != len(shape.headings)
    doubtful |= lines.ends - lines.starts > shape.longest_record
    returns = lines.places(RETURN)
    for places in (lines.places(0), returns[~np.isin(returns + 1, lines.ends)], _stray_quotes(lines, shape)):
        if len(places):
            doubtful |= lines.count(places) > 0
    if not lines.data.isascii() and not is_utf_8(lines.data):
        for index in np.unique(lines.of(np.flatnonzero(lines.codes > 127))):
            doubtful[index] |= not is_utf_8(lines.raw(index, index))
    return doubtful


def cell_counts(lines: TextLines, shape: FileLayout) -> NDArray[np.int64]:
    """Cells of each line, as far as its quotes are paired."""
    places, quotes = lines.places(ord(shape.delimiter)), lines.places(QUOTE)
    if len(quotes):
        before_line = np.searchsorted(quotes, lines.starts)
        inside = (np.searchsorted(quotes, places) - before_line[lines.of(places)]) % 2 == 1
        places = places[~inside]
    return lines.count(places) + 1


def is_utf_8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 throughout."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _stray_quotes(lines: TextLines, shape: FileLayout) -> NDArray[np.int64]:
    """Places of quotes that neither begin nor end a cell nor stand for a quote within it."""
    edge = np.isin(np.arange(256), [ord(shape.delimiter), QUOTE, NEWLINE, RETURN])
    places = lines.places(QUOTE)
    before, after = np.maximum(places - 1, 0), np.minimum(places + 1, len(lines.codes) - 1)
    stray: NDArray[np.int64] = places[~edge[lines.codes[before]] & ~edge[lines.codes[after]]]
    return stray


@dataclass(frozen=True, slots=True)
class Parsed:
    """Records of a block. `tail`: its last bytes, where a quote is open that the next block may close."""

    table: pa.Table
    rows: NDArray[np.int64]
    misfits: list[Misfit]
    tail: bytes
    next_row: int


@dataclass(frozen=True, slots=True)
class _Record:
    """Lines first to final, read by themselves: cells, or the reason why there are none."""

    first: int
    final: int
    cells: list[str]
    reason: str = ""


def parse(block: bytes, row: int, shape: FileLayout, *, last: bool, one_by_one: bool = False) -> Parsed:
    """The records of a block whose first line has row number `row`; lines before `shape.first_row` are passed."""
    lines = split(block)
    wanted = (np.arange(len(lines.starts)) >= shape.first_row - row) & ~blank(lines)
    unpaired = open_ended(lines)
    doubtful = wanted & (unpaired | suspect(lines, shape) | one_by_one)
    records, open_at = _one_by_one(lines, doubtful, unpaired, shape, last=last)
    plain = wanted & ~doubtful
    plain[open_at:] = False
    for record in records:
        plain[record.first : record.final + 1] = False
    table = _together(lines, plain, shape)
    if table.num_rows != plain.sum():  # quotes that seemed paired were not, and lines ran together
        return parse(block, row, shape, last=last, one_by_one=True)
    whole = [record for record in records if not record.reason]
    rows = np.concatenate([np.flatnonzero(plain), [record.first for record in whole]]).astype(np.int64) + row
    table = pa.concat_tables([table, _table((record.cells for record in whole), shape)])
    misfits = []
    for record in records:
        if record.reason:
            raw = lines.raw(record.first, record.final)[:RAW_KEPT].decode("utf-8", "backslashreplace")
            misfits.append(Misfit(record.first + row, raw, record.reason))
    tail = block[lines.starts[open_at] :] if open_at < len(lines.starts) else b""
    return Parsed(table, rows, misfits, tail, row + open_at)


def _one_by_one(
    lines: TextLines, doubtful: NDArray[np.bool_], unpaired: NDArray[np.bool_], shape: FileLayout, *, last: bool
) -> tuple[list[_Record], int]:
    """Doubtful lines read by themselves, and the line whose quote is still open at the end of the block."""
    records: list[_Record] = []
    openings = np.flatnonzero(unpaired)
    for index in np.flatnonzero(doubtful).tolist():
        if records and index <= records[-1].final:
            continue
        later = openings[np.searchsorted(openings, index, side="right") :] if unpaired[index] else openings[:0]
        near_the_end = len(lines.data) - lines.starts[index] < shape.longest_record
        if unpaired[index] and not len(later) and not last and near_the_end:
            return records, index
        records.append(_record(lines, index, int(later[0]) if len(later) else None, shape))
    return records, len(lines.starts)


def _record(lines: TextLines, index: int, closing: int | None, shape: FileLayout) -> _Record:
    """The record up to the line that closes its quote, if that makes a whole record; else the line alone."""
    if closing is not None and lines.ends[closing] - lines.starts[index] < shape.longest_record:
        cells, reason = _cells(lines.raw(index, closing), shape)
        if not reason:
            return _Record(index, closing, cells)
    return _Record(index, index, *_cells(lines.raw(index, index), shape))


def _cells(raw: bytes, shape: FileLayout) -> tuple[list[str], str]:
    if b"\0" in raw:
        return [], "NUL byte"
    if not is_utf_8(raw):
        return [], "bytes of another encoding"
    if len(raw) > shape.longest_record:
        return [], "endless field"
    try:
        records = list(csv.reader(StringIO(raw.decode(), newline=""), delimiter=shape.delimiter, strict=True))
    except csv.Error:
        return [], "quoted field without a proper end"
    if len(records) != 1:
        return [], "line break outside quotes"
    cells, width = records[0], len(shape.headings)
    wrong = "too few cells" if len(cells) < width else "too many cells" if any(cells[width:]) else ""
    return cells[:width], wrong


def _together(lines: TextLines, plain: NDArray[np.bool_], shape: FileLayout) -> pa.Table:
    """The plain lines through Arrow, every cell a text."""
    edges = np.flatnonzero(np.diff(plain.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    stops = np.append(lines.starts, len(lines.data))
    data = b"".join(lines.data[stops[first] : stops[after]] for first, after in edges.tolist())
    if not data:
        return _table((), shape)
    names = list(shape.headings)
    try:
        return pacsv.read_csv(
            pa.BufferReader(data),
            read_options=pacsv.ReadOptions(column_names=names),
            parse_options=pacsv.ParseOptions(delimiter=shape.delimiter),
            convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
    except pa.ArrowInvalid:
        return _table((), shape)


def _table(rows: Iterable[list[str]], shape: FileLayout) -> pa.Table:
    cells = list(rows)
    columns = [pa.array([row[index] for row in cells], pa.string()) for index in range(len(shape.headings))]
    return pa.table(columns, names=list(shape.headings))
