"""A column of a source to a column of the contract: plain cells as a whole, other texts one by one."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isnan
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from originrisk.data.contract import ARROW_TYPES, Column
from originrisk.data.dispositions import DISPOSITIONS
from originrisk.data.identifiers import entry_number
from originrisk.data.ingest import parsers
from originrisk.data.ingest.mapping import TableMapping
from originrisk.data.ingest.parsers import BrokenCellError, Cell, Notes, Parser, noted

PARSERS: Final[Mapping[str, Parser]] = {
    "text": parsers.free_text,
    "entry number": parsers.checked_entry_number,
    "foreign entry number": parsers.matching(
        r"[A-Z0-9][A-Z0-9_./-]{0,39}", "not letters, digits and hyphens"
    ),
    "line number": parsers.line_number,
    "entry type": parsers.digits(2),
    "date": parsers.day(),
    "importer number": parsers.matching(r"[A-Z0-9][A-Z0-9-]{1,19}", "not letters, digits and hyphens"),
    "manufacturer id": parsers.matching(r"[A-Z0-9]{3,15}", "not 3 to 15 letters and digits"),
    "country": parsers.country,
    "schedule k": parsers.matching(r"\d{5}", "not 5 digits"),
    "schedule d": parsers.digits(4),
    "transport mode": parsers.matching(r"\d{2}", "not 2 digits"),
    "htsus": parsers.tariff_number,
    "unit": parsers.matching(r"[A-Z0-9]{1,10}", "not a unit code"),
    "amount": parsers.number(least=0.0),
    "number": parsers.number(),
    "probability": parsers.number(0.0, 1.0),
    "boolean": parsers.truth,
    "selection": parsers.one_of("random", "targeted", "referral", "mandatory"),
    "method": parsers.one_of("isotopic", "dna", "document_review", "detention", "other"),
    "result": parsers.one_of("xinjiang", "not_xinjiang", "inconclusive"),
    "disposition": parsers.one_of(*DISPOSITIONS),
}

PLACEHOLDERS: Final = frozenset(
    {"N/A", "#N/A", "N.A.", "NULL", "NONE", "UNKNOWN", "NOT AVAILABLE", "-", "--", "---", "."}
)
# Elsewhere these are names: of people, and of Namibia.
NUMERIC_PLACEHOLDERS: Final = frozenset({"NA", "NAN", "NAT", "<NA>"})
NUMERIC: Final = frozenset({"line number", "date", "amount", "number", "probability", "boolean"})

_INVISIBLE: Final = re.compile("[\u200b\u2060\ufeff\u00ad]")
_DIRECTION: Final = re.compile("[\u200c-\u200f\u202a-\u202e\u2066-\u2069]")


def parse(rule: str, text: str, parser: Parser | None = None) -> Cell:
    """The cell under a rule; `parser` stands in for the rule's own where a mapping states another form."""
    notes: Notes = []
    try:
        cleaned = clean(text, notes, keep_direction=rule == "text")
        if is_placeholder(cleaned, rule):
            return Cell(repairs=(*notes, "placeholder word"))
        return Cell((parser or PARSERS[rule])(cleaned, notes) if cleaned else None, tuple(notes))
    except BrokenCellError as error:
        return Cell(broken=str(error))


def is_placeholder(text: str, rule: str) -> bool:
    """Whether the text is a word for "nothing here" in a cell of that rule."""
    word = text.upper()
    return word in PLACEHOLDERS or (rule in NUMERIC and word in NUMERIC_PLACEHOLDERS)


def clean(text: str, notes: Notes, *, keep_direction: bool) -> str:
    """Without what carries no meaning. In a text the direction marks stay: they are part of it."""
    if not text.isascii():
        text = _without_marks(text, notes, keep_direction=keep_direction)
    text = noted(text, text.strip(), "surrounding blanks", notes)
    if text.startswith("'"):
        escaped = r"^'(?=[\d=+@-])" if keep_direction else r"^'"
        text = noted(text, re.sub(escaped, "", text), "leading apostrophe", notes)
    return text


def _without_marks(text: str, notes: Notes, *, keep_direction: bool) -> str:
    """A text of more than ASCII without invisible marks, in the normal form of Unicode."""
    text = noted(text, _INVISIBLE.sub("", text), "zero-width mark", notes)
    if not keep_direction:
        text = noted(text, _DIRECTION.sub("", text), "direction mark", notes)
    return noted(text, unicodedata.normalize("NFKC", text), "Unicode NFKC", notes)


# Cells of this form need no repair and are cast as they are. Days after the 28th may not exist: not here.
PLAIN: Final[dict[str, str]] = {
    "text": r'^[A-Za-z0-9("#][ -~]*[!-~]$',
    "entry number": r"^[A-Z0-9]{3}-?\d{7}-?\d$",
    "line number": r"^[1-9]\d{0,3}$",
    "entry type": r"^\d{2}$",
    "date": r"^(19[89]\d|20\d\d)-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$",
    "importer number": r"^\d[A-Z0-9-]{1,19}$",
    "manufacturer id": r"^[A-Z]{2}[A-Z0-9]{6,13}$",
    "schedule k": r"^\d{5}$",
    "schedule d": r"^\d{4}$",
    "transport mode": r"^\d{2}$",
    "htsus": r"^([1-68-9]\d|0[1-9]|7[0-68-9])(\d{4}|\d{6}|\d{8})$",
    "amount": r"^\d{1,15}(\.\d{1,12})?$",
    "number": r"^-?\d{1,15}(\.\d{1,12})?$",
    "boolean": r"^(true|false)$",
}

# A typed cell between these needs no look at all.
BOUNDS: Final[dict[str, tuple[object, object]]] = {
    "line number": (1, 99_999),
    "date": (parsers.EARLIEST, parsers.LATEST),
    "amount": (0.0, float("inf")),
    "number": (float("-inf"), float("inf")),
    "probability": (0.0, 1.0),
    "boolean": (False, True),
}


def is_plain(rule: str, cells: pa.Array, *, texts: bool = True) -> NDArray[np.bool_]:
    """Cells that may be cast as they are. Where a mapping states another form, no text is plain (`texts`)."""
    if not pa.types.is_string(cells.type):
        return _within(rule, cells)
    if not texts or rule not in PLAIN:
        return np.zeros(len(cells), bool)
    mask = np.asarray(pc.match_substring_regex(cells, PLAIN[rule]).fill_null(False))
    if rule == "entry number":
        mask = mask & entry_number.valid(cells)
    if rule == "text":
        placeholder = pc.is_in(pc.ascii_upper(cells), value_set=pa.array(sorted(PLACEHOLDERS)))
        mask = mask & ~np.asarray(pc.or_(placeholder, pc.ends_with(cells, ".0")).fill_null(True))
    return mask


def as_text(cells: pa.Array) -> pa.Array:
    """Values as a person would write them; a date with a time of midnight is a date, NaN is nothing."""
    if pa.types.is_floating(cells.type):
        numbers = (None if value is None or isnan(value) else value for value in cells.to_pylist())
        return pa.array([None if value is None else repr(value) for value in numbers], pa.string())
    if pa.types.is_timestamp(cells.type):
        moments = pc.strftime(cells, "%Y-%m-%d %H:%M:%S")
        return pc.replace_substring_regex(moments, r" 00:00:00(\.0+)?$", "")
    return cells.cast(pa.string())


def _within(rule: str, cells: pa.Array) -> NDArray[np.bool_]:
    least, most = BOUNDS[rule]
    mask = pc.and_(pc.greater_equal(cells, least), pc.less_equal(cells, most))
    if pa.types.is_floating(cells.type):
        mask = pc.and_(mask, pc.is_finite(cells))
    return np.asarray(mask.fill_null(False))


@dataclass(frozen=True, slots=True)
class Judged:
    """A column after its check: `reasons` of the rows whose cell is broken, `repaired` rows, repairs by name."""

    values: pa.Array
    reasons: dict[int, str]
    repaired: NDArray[np.bool_]
    repairs: Counter[str]


class ColumnCheck:
    """Check of one column under its rule and what the mapping says of it. Remembers the texts it has judged."""

    def __init__(self, column: Column, mapping: TableMapping, *, check_digit: bool = True) -> None:
        foreign = column.rule == "entry number" and not check_digit
        self._rule = "foreign entry number" if foreign else column.rule
        self._type = ARROW_TYPES[column.type]
        self._usual = frozenset(mapping.usual)
        self._factor = mapping.factors.get(column.name)
        self._days = mapping.days_later.get(column.name)
        stated = _stated_parser(column, self._rule, mapping)
        self._as_the_rule = stated is None
        self._judge = lru_cache(1 << 17)(lambda text: parse(self._rule, text, stated))

    def __call__(self, cells: pa.Array) -> Judged:
        """Judge the cells: texts, or values of any type that Parquet has."""
        cells = cells if cells.type == self._type else as_text(cells)
        plain = is_plain(self._rule, cells, texts=self._as_the_rule)
        rows = np.flatnonzero(~plain)
        texts = as_text(cells.filter(pa.array(~plain))).fill_null("").dictionary_encode()
        judged = [self._judge(text) for text in texts.dictionary.to_pylist()]
        codes = np.asarray(texts.indices)
        others = pa.array([cell.value for cell in judged], self._type).take(texts.indices)
        values = pc.replace_with_mask(self._cast(cells, plain), pa.array(~plain), others)
        repaired = np.zeros(len(cells), bool)
        repaired[rows] = np.array([bool(self._counted(cell)) for cell in judged], bool)[codes]
        return Judged(
            self._scaled(values), _reasons(judged, codes, rows), repaired, self._repairs(judged, codes)
        )

    def _cast(self, cells: pa.Array, plain: NDArray[np.bool_]) -> pa.Array:
        kept = cells if plain.all() else pc.if_else(pa.array(plain), cells, None)
        if self._rule == "entry number":
            kept = pc.replace_substring(kept, "-", "")
        return kept.cast(self._type)

    def _scaled(self, values: pa.Array) -> pa.Array:
        if self._factor is not None:
            values = pc.multiply(values, self._factor)
        if self._days is not None:
            values = pc.add(values.cast(pa.int32()), pa.scalar(self._days, pa.int32())).cast(self._type)
        return values

    def _counted(self, cell: Cell) -> list[str]:
        return [repair for repair in cell.repairs if repair not in self._usual]

    def _repairs(self, judged: Sequence[Cell], codes: NDArray[np.int64]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for cell, count in zip(judged, np.bincount(codes, minlength=len(judged)).tolist(), strict=True):
            counts.update(dict.fromkeys(self._counted(cell), count))
        return counts


def _stated_parser(column: Column, rule: str, mapping: TableMapping) -> Parser | None:
    """The parser that a mapping asks for in place of the rule's own, or None."""
    words, also = mapping.values.get(column.name, {}), frozenset(mapping.also.get(column.name, ()))
    base = PARSERS[rule]
    if column.type == "date" and mapping.dates:
        base = parsers.day(mapping.dates)
    if column.type == "float" and mapping.decimal_comma:
        base = parsers.number(*(float(bound) for bound in BOUNDS[rule]), decimal_comma=True)  # type: ignore[arg-type]
    if not words and not also:
        return base if base is not PARSERS[rule] else None

    def parser(text: str, notes: Notes) -> object:
        text = words.get(text, text)
        return text if text in also else base(text, notes)

    return parser


def _reasons(judged: Sequence[Cell], codes: NDArray[np.int64], rows: NDArray[np.int64]) -> dict[int, str]:
    broken = np.array([bool(cell.broken) for cell in judged], bool)[codes]
    return {
        row: judged[code].broken
        for row, code in zip(rows[broken].tolist(), codes[broken].tolist(), strict=True)
    }
