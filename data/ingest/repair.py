"""A column of a source to a column of the contract: plain cells as a whole, other texts one by one."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isnan
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from originrisk.data.contract import ARROW_TYPES, LABELS, RULES, TABLES, Column
from originrisk.data.dispositions import DISPOSITIONS
from originrisk.data.errors import Problem
from originrisk.data.identifiers import entry_number
from originrisk.data.ingest import parsers
from originrisk.data.ingest.mapping import Mapping as SourceMapping
from originrisk.data.ingest.mapping import TableMapping
from originrisk.data.ingest.parsers import BrokenCellError, Cell, Notes, Parser, noted
from originrisk.data.ingest.records import UNCALCULATED

PARSERS: Final[Mapping[str, Parser]] = {
    "text": parsers.free_text,
    "entry number": parsers.checked_entry_number,
    "foreign entry number": parsers.matching(r"[A-Z0-9][A-Z0-9_./-]{0,39}", "not letters, digits and hyphens", ""),
    "line number": parsers.line_number,
    "entry type": parsers.digits(2),
    "date": parsers.day(),
    "importer number": parsers.matching(r"[A-Z0-9][A-Z0-9-]{1,19}", "not letters, digits and hyphens", ". "),
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

# Words for "nothing here", of people and of programs, whatever stands around them: `(null)`, `#N/A`, `T.B.D.`.
_WORDS: Final = (
    "NULL|NONE(?: GIVEN| PROVIDED)?|NIL|UNK(?:NO?W?N)?|NO ?DATA|(?:DATA )?NOT (?:KNOWN|AVAILABLE|APPLICABLE|STATED|"
    "DECLARED|PROVIDED|GIVEN|SPECIFIED|ON FILE)|UNDEFINED|T[.]?B[.]?[ACD]|TO BE (?:DETERMINED|ADVISED|CONFIRMED)|"
    "BLANK|EMPTY|MISSING|(?:AS PER|SEE) (?:INVOICE|ATTACHED|ATTACHMENT)|N[./]A|N/D|S/[DN]|"
    "(?:MULTIPLE|VARIOUS|SEVERAL)(?: (?:SUPPLIER|MANUFACTURER|MAKER|SELLER|VENDOR|PRODUCER|FACTOR(?:Y|IE))S?)?|MULTI|"
    "NO DISPONIBLE|DESCONOCIDO|INCONNU|UNBEKANNT"
).replace(" ", "[ _-]*")
_ABROAD: Final = "无|無|没有|沒有|无数据|未知|不明|未定|なし|無し|없음|нет|неизвестно"
_ERRORS: Final = r"#[^\w\s]?\w[\w/]*[!?]|#N/?[ADV]|ERR:\d{3}|[+-]?1[.]#(?:QNAN|SNAN|IND|INF)|\\N"
_AROUND: Final = r"[\s!-/:-@\[-`{-~]*"
NOTHING: Final = rf"(?i)^(?:{_AROUND}(?:{_WORDS}){_AROUND}|[<(\[]NA[>)\]]|{_ERRORS}|X{{3,}}|[0.-]*0[0.-]*)$"
"""In ASCII. A cell of an error (`#REF!`, in any language) is nothing, and so is a text that is all zeros."""
# In texts these letters are names of people, but as programs write them; NA is Namibia among countries.
OF_PROGRAMS: Final = frozenset({"nan", "-nan", "NaN", "NaT"})
OF_CODES: Final = frozenset({"NA", "NAN", "NAT", "-NAN"})
_NOTHING: Final = re.compile(NOTHING)
_NOTHING_ABROAD: Final = re.compile(rf"\W*(?:{_ABROAD})\W*|[\W_]+", re.IGNORECASE)
_SAYS_SOMETHING: Final = re.compile(r"#(?!N/?A|NULL)|SEE|AS PER|XXX|MULTI|VARIOUS|SEVERAL", re.IGNORECASE)
"""In a label: an error or a pointer elsewhere is a result that is not understood, not one that is pending."""
_ZEROS: Final = re.compile("[0.-]+")

_INVISIBLE: Final = re.compile("[\u200b\u2060\ufeff\u00ad]")
_DIRECTION: Final = re.compile("[\u200c-\u200f\u202a-\u202e\u2066-\u2069]")
_AS_FORMULA: Final = re.compile(r'^="([^"]*)"$')
_MARKS: Final = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212\u2019", "------'")


def parse(rule: str, text: str, parser: Parser | None = None) -> Cell:
    """The cell under a rule; `parser` stands in for the rule's own where a mapping states another form."""
    notes: Notes = []
    try:
        if text == INEXACT:
            raise BrokenCellError("a code in a type of number that cannot hold it")
        cleaned = clean(text, notes, keep_direction=rule == "text")
        if is_placeholder(cleaned, rule):
            what = "formula without a result" if cleaned == UNCALCULATED else "placeholder word"
            return Cell(repairs=(*notes, what))
        return Cell((parser or PARSERS[rule])(cleaned, notes) if cleaned else None, tuple(notes))
    except BrokenCellError as error:
        return Cell(broken=str(error))


def is_placeholder(text: str, rule: str) -> bool:
    """Whether the text says "nothing here" in a cell of that rule; zeros do so as a text or as a party's number."""
    word = text.upper()
    if (rule == "country" and word in (*parsers.MANY, "NA")) or (rule in LABELS and _SAYS_SOMETHING.match(text)):
        return False
    if _ZEROS.fullmatch(text) and "0" in text:
        return rule in ("text", "importer number", "manufacturer id")
    if word in OF_CODES:
        return rule != "text" or text in OF_PROGRAMS
    return bool(text) and bool(_NOTHING.search(text) or _NOTHING_ABROAD.fullmatch(text))


def clean(text: str, notes: Notes, *, keep_direction: bool) -> str:
    """Without what carries no meaning. In a text the direction marks stay: they are part of it."""
    if not text.isascii():
        text = noted(text, _INVISIBLE.sub("", text), "zero-width mark", notes)
        if not keep_direction:
            text = noted(text, _DIRECTION.sub("", text), "direction mark", notes)
        text = noted(text, unicodedata.normalize("NFKC", text), "Unicode NFKC", notes)
        if not keep_direction:
            text = noted(text, text.translate(_MARKS), "typographic hyphen or apostrophe", notes)
    text = noted(text, text.strip(), "surrounding blanks", notes)
    text = noted(text, _AS_FORMULA.sub(r"\1", text), "text written as a formula", notes)
    if text.startswith("'"):
        escaped = r"^'(?=[\d=+@-])" if keep_direction else r"^'"
        text = noted(text, re.sub(escaped, "", text), "leading apostrophe", notes)
    return text


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


def is_plain(rule: str, cells: pa.Array) -> NDArray[np.bool_]:
    """Cells that may be cast as they are."""
    if not pa.types.is_string(cells.type):
        least, most = BOUNDS[rule]
        within = pc.and_(pc.greater_equal(cells, least), pc.less_equal(cells, most))
        if pa.types.is_floating(cells.type):
            within = pc.and_(within, pc.is_finite(cells))
        return np.asarray(within.fill_null(False))
    if rule not in PLAIN:
        return np.zeros(len(cells), bool)
    mask = np.asarray(pc.match_substring_regex(cells, PLAIN[rule]).fill_null(False))
    if rule == "entry number":
        mask = mask & entry_number.valid(cells)
    if rule in ("text", "manufacturer id", "importer number"):
        nothing = pc.or_(
            pc.match_substring_regex(cells, NOTHING), pc.is_in(cells, value_set=pa.array(sorted(OF_PROGRAMS)))
        )
        mask = mask & ~np.asarray(pc.or_(nothing, pc.ends_with(cells, ".0")).fill_null(True))
    return mask


INEXACT: Final = "\0inexact"
_EXACT_BELOW: Final = {pa.float16(): 2.0**11, pa.float32(): 2.0**24, pa.float64(): 2.0**53}


def as_text(cells: pa.Array, *, code: bool = False) -> pa.Array:
    """Values as a person would write them; a moment with a zone keeps it, midnight without one is a date.

    NaN is nothing. As a `code`, a number that its type cannot tell from the next one is INEXACT.
    """
    cells = cells.dictionary_decode() if pa.types.is_dictionary(cells.type) else cells
    kind = cells.type
    if pa.types.is_decimal(kind):
        return pa.array([None if value is None else format(value, "f") for value in cells.to_pylist()], pa.string())
    if pa.types.is_floating(kind):
        most = _EXACT_BELOW[kind] if code else float("inf")
        numbers = [None if value is None or isnan(value) else value for value in cells.cast(pa.float64()).to_pylist()]
        return pa.array([None if n is None else repr(n) if abs(n) <= most else INEXACT for n in numbers], pa.string())
    if pa.types.is_timestamp(kind):
        try:
            moments = pc.strftime(cells, "%Y-%m-%d %H:%M:%S" + "%z" * bool(kind.tz))
        except pa.ArrowInvalid:  # a zone that this machine does not know
            moments = pc.strftime(cells.cast(pa.timestamp(kind.unit, "UTC")), "%Y-%m-%d %H:%M:%S%z")
        return pc.replace_substring_regex(moments, r" 00:00:00(\.0+)?$", "")
    return cells.cast(pa.string())


@dataclass(frozen=True, slots=True)
class Judged:
    """A column after its check: `reasons` of the rows whose cell is broken, `repaired` rows, repairs by name.

    `broken` counts the texts that are broken.
    """

    values: pa.Array
    reasons: dict[int, str]
    repaired: NDArray[np.bool_]
    repairs: Counter[str]
    broken: Counter[str]


class ColumnCheck:
    """Check of one column under its rule and what the mapping says of it. Remembers the texts it has judged.

    `delimiter` is that of the file: between semicolons a comma may stand before decimals.
    """

    def __init__(
        self, column: Column, mapping: TableMapping, *, check_digit: bool = True, delimiter: str = ","
    ) -> None:
        foreign = column.rule == "entry number" and not check_digit
        self._rule = "foreign entry number" if foreign else column.rule
        self._type = ARROW_TYPES[column.type]
        self._usual = frozenset(mapping.usual)
        self._factor = mapping.factors.get(column.name)
        self._days = mapping.days_later.get(column.name)
        parser, wary, self._plain_texts = _parsers(column, self._rule, mapping, delimiter)
        self._judge = lru_cache(1 << 17)(lambda text: parse(self._rule, text, parser))
        self._judge_warily = lru_cache(1 << 17)(lambda text: parse(self._rule, text, wary))
        self._shows_doubt = _DOUBTS.get(column.type)
        if column.type == "float" and delimiter == ";":
            self._shows_doubt = parsers.shows_comma

    def __call__(self, cells: pa.Array, typed: NDArray[np.bool_] | None = None) -> Judged:
        """Judge the cells: texts, or values of any type that Parquet has.

        `typed`: of texts, those that the file holds as numbers, so that their way of writing is in no doubt.
        """
        cells = self._values(cells)
        sure = typed if typed is not None and self._type == pa.float64() else np.zeros(len(cells), bool)
        judge, plain = self._judge, is_plain(self._rule, cells)
        if pa.types.is_string(cells.type) and not self._plain_texts:
            plain &= sure
        texts = self._others(cells, plain)
        if self._shows_doubt and any(map(self._shows_doubt, texts.dictionary.to_pylist())):
            judge, plain = self._judge_warily, plain & sure
            texts = self._others(cells, plain)
        judged = [judge(text) for text in texts.dictionary.to_pylist()]
        codes, rows = np.asarray(texts.indices), np.flatnonzero(~plain)
        others = pa.array([cell.value for cell in judged], self._type).take(texts.indices)
        kept = cells if plain.all() else pc.if_else(pa.array(plain), cells, None)
        if self._rule == "entry number":
            kept = pc.replace_substring(kept, "-", "")
        values = pc.replace_with_mask(kept.cast(self._type), pa.array(~plain), others)
        repaired = np.zeros(len(cells), bool)
        changed = [bool({*self._counted(cell)} - {parsers.WRONG_PAGE}) for cell in judged]
        repaired[rows] = np.array(changed, bool)[codes]
        repairs, broken = Counter[str](), Counter[str]()
        times = np.bincount(codes, minlength=len(judged)).tolist()
        for text, cell, count in zip(texts.dictionary.to_pylist(), judged, times, strict=True):
            repairs.update(dict.fromkeys(self._counted(cell), count))
            broken.update({text: count} if cell.broken else {})
        bad = np.array([bool(cell.broken) for cell in judged], bool)[codes]
        reasons = {row: judged[code].broken for row, code in zip(rows[bad].tolist(), codes[bad].tolist(), strict=True)}
        if self._factor is not None:
            values = pc.multiply(values, self._factor)
        if self._days is not None:
            values = pc.add(values.cast(pa.int32()), pa.scalar(self._days, pa.int32())).cast(self._type)
        return Judged(values, reasons, repaired, repairs, broken)

    def _values(self, cells: pa.Array) -> pa.Array:
        """Cells of the column's type, of which typed numbers of another have become numbers; or texts.

        A decimal, and a number of few digits, becomes the number that is written like it: 12.1, not 12.1000003815.
        """
        if cells.type == self._type:
            return cells
        if self._type == pa.float64() and pa.types.is_integer(cells.type):
            return cells.cast(pa.float64(), safe=False)
        if self._type == pa.float64() and (pa.types.is_floating(cells.type) or pa.types.is_decimal(cells.type)):
            return cells.cast(pa.string()).cast(pa.float64())
        return as_text(cells, code=self._type == pa.string())

    def _others(self, cells: pa.Array, plain: NDArray[np.bool_]) -> pa.DictionaryArray:
        """The texts of the cells that are not plain."""
        return as_text(cells.filter(pa.array(~plain))).fill_null("").dictionary_encode()

    def _counted(self, cell: Cell) -> list[str]:
        return [repair for repair in cell.repairs if repair not in self._usual]


_DOUBTS: Final = {"float": parsers.shows_decimal_comma, "date": parsers.shows_moment}


def _parsers(column: Column, rule: str, mapping: TableMapping, delimiter: str) -> tuple[Parser, Parser, bool]:
    """The column's parser as the mapping states it, the one where the column itself shows doubt, and whether plain
    texts are still read as they are."""
    parser = wary = PARSERS[rule]
    words, also = mapping.values.get(column.name, {}), frozenset(mapping.also.get(column.name, ()))
    as_the_rule = not words and not also
    if column.type == "date":
        parser, wary = (parsers.day(mapping.dates, mapping.zone, in_doubt=doubt) for doubt in (False, True))
        as_the_rule = as_the_rule and not mapping.dates
    if column.type == "float":
        least, most = (float(str(bound)) for bound in BOUNDS[rule])
        if mapping.decimal_comma:
            parser = wary = parsers.number(least, most, comma="decimals")
            as_the_rule = False
        elif "thousands separators" not in mapping.usual:
            parser = parsers.number(least, most, comma="in doubt" if delimiter == ";" else "thousands")
            wary = parsers.number(least, most, comma="seen before decimals")

    def with_words(base: Parser) -> Parser:
        def parser(text: str, notes: Notes) -> object:
            bare = text.removesuffix(".0")
            text = words.get(text, words.get(bare, words.get(bare.upper(), text)))
            return text or None if text in also or not text else base(text, notes)

        return parser if words or also else base

    return with_words(parser), with_words(wary), as_the_rule


def wrong_meanings(label: str, mapping: SourceMapping) -> list[Problem]:
    """Constants and meanings of words in a mapping that the rule of their column does not take."""
    problems: list[Problem] = []
    for table in TABLES.values():
        part: TableMapping | None = getattr(mapping, table.name, None)
        for column in table.columns if part else ():
            assert part
            where, also = f"{label}: {table.name}.{column.name}", part.also.get(column.name, ())
            said = {**part.values.get(column.name, {}), "constant": part.constants.get(column.name, "")}
            foreign = column.rule == "entry number" and not mapping.check_digit
            problems += [
                Problem(where, RULES[column.rule], f"`{value[:40]}` for {word[:40]}")
                for word, value in said.items()
                if value
                and value not in also
                and parse("foreign entry number" if foreign else column.rule, value).broken
            ]
    return problems
