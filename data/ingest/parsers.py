"""Parsers: the text of one cell to its value. Never a guess: a doubtful text is broken."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

import pycountry

from originrisk.data.identifiers import entry_number

Notes = list[str]
Parser = Callable[[str, Notes], object]


class BrokenCellError(ValueError):
    """The cell has no certain reading; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of a cell: its value (None = missing), the repairs made, the reason where it is broken."""

    value: object = None
    repairs: tuple[str, ...] = ()
    broken: str = ""


def noted(before: str, after: str, repair: str, notes: Notes) -> str:
    """The text after a repair, which is noted where it changed anything."""
    if after != before:
        notes.append(repair)
    return after


_TRUTH: Final = {
    **dict.fromkeys(("TRUE", "T", "YES", "Y", "1"), True),
    **dict.fromkeys(("FALSE", "F", "NO", "N", "0"), False),
}


def one_of(*words: str) -> Parser:
    """Parser of a word from a list; blanks and hyphens stand for underscores."""

    def parser(text: str, notes: Notes) -> str:
        word = noted(text, text.lower(), "letter case", notes)
        word = noted(word, re.sub(r"[\s-]+", "_", word), "blanks or hyphens in a word", notes)
        if word not in words:
            raise BrokenCellError("unknown word")
        return word

    return parser


def truth(text: str, notes: Notes) -> bool:
    """True or false, also from yes and no."""
    value = _TRUTH.get(text.upper())
    if value is None:
        raise BrokenCellError("neither true nor false")
    noted(text, str(value).lower(), "another word for true or false", notes)
    return value


def free_text(text: str, notes: Notes) -> str:
    """Text as it is, without the `.0` that a spreadsheet puts behind a number."""
    return noted(text, re.sub(r"^(\d{2,})\.0$", r"\1", text), "`.0` behind a code", notes)


EARLIEST: Final = date(1980, 1, 1)
LATEST: Final = date(2100, 12, 31)

_DOLLARS: Final = re.compile(r"^(-?)(?:US\$|USD|\$)\s*|\s*(?:US\$|USD|\$)$", re.IGNORECASE)
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(?:([,' ])\d{3})(?:\1\d{3})*(\.\d+)?", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?[\d.]*\d,\d+", re.ASCII)
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_WITH_TIME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/.]?(\d{2})[/.]?(\d{2})", re.ASCII)


def number(
    least: float = float("-inf"), most: float = float("inf"), *, decimal_comma: bool = False
) -> Parser:
    """Parser of a decimal number between two bounds, both allowed; a mapping may state a decimal comma."""

    def parser(text: str, notes: Notes) -> float:
        if decimal_comma:
            text = text.translate({ord("."): None, ord(","): "."})
        value = float(_decimal(text, notes))
        if not least <= value <= most:
            raise BrokenCellError("out of range")
        return value + 0.0  # no negative zero

    return parser


def _decimal(text: str, notes: Notes) -> str:
    text = noted(text, _DOLLARS.sub(r"\1", text), "currency sign", notes)
    if _THOUSANDS.fullmatch(text):
        text = noted(text, re.sub(r"[,' ]", "", text), "thousands separators", notes)
    if _DECIMAL.fullmatch(text):
        return text
    if _DECIMAL_COMMA.fullmatch(text):
        raise BrokenCellError("decimal comma in doubt")
    return _scientific(text, notes)


def _scientific(text: str, notes: Notes) -> str:
    """A machine's own notation is exact; a spreadsheet's (`1.23E+05`) has lost digits."""
    try:
        exact = repr(float(text)) == text and text[-1].isdigit()
    except ValueError:
        raise BrokenCellError("not a number") from None
    if not exact:
        raise BrokenCellError("scientific notation" if "e" in text.lower() else "not a finite number")
    notes.append("scientific notation of a machine")
    return text


def day(layout: str | None = None) -> Parser:
    """Parser of dates: ISO, or in the layout (as in strptime) that a mapping states."""

    def parser(text: str, notes: Notes) -> date:
        found = _stated(text, layout) if layout else None
        found = found or _iso(text, notes)
        if not EARLIEST <= found <= LATEST:
            raise BrokenCellError("out of range")
        return found

    return parser


def _stated(text: str, layout: str) -> date | None:
    try:
        return datetime.strptime(text, layout).date()
    except ValueError:
        return None


def _iso(text: str, notes: Notes) -> date:
    text = noted(text, _ISO_WITH_TIME.sub(r"\1", text), "date with a time", notes)
    text = noted(text, _YEAR_FIRST.sub(r"\1-\2-\3", text), "year first without hyphens", notes)
    if not _ISO.fullmatch(text):
        doubtful = re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", text, re.ASCII)
        raise BrokenCellError("order of day and month in doubt" if doubtful else "not a date")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BrokenCellError("no such day") from None


# A filer code may be `12E`, so an E between digits is no exponent without a sign or a decimal point.
_SCIENTIFIC: Final = re.compile(r"\d+(\.\d+)?E[+-]\d+|\d+\.\d+E\d+", re.ASCII | re.IGNORECASE)
_POINT_ZERO: Final = re.compile(r"^(\d+)\.0+$")
# Everyday names that the ISO list does not carry.
_EVERYDAY_NAMES: Final = {"TURKEY": "TR", "RUSSIA": "RU", "LAOS": "LA", "SOUTH KOREA": "KR", "BURMA": "MM"}


def plain(text: str, notes: Notes) -> str:
    """In capitals, without the `.0` that a spreadsheet puts behind a code."""
    if _SCIENTIFIC.fullmatch(text):
        raise BrokenCellError("scientific notation")
    text = noted(text, _POINT_ZERO.sub(r"\1", text), "`.0` behind a code", notes)
    return noted(text, text.upper(), "letter case", notes)


def matching(pattern: str, reason: str) -> Parser:
    """Parser of a code that has the form of the pattern."""
    form = re.compile(pattern, re.ASCII)

    def parser(text: str, notes: Notes) -> str:
        code = plain(text, notes)
        if not form.fullmatch(code):
            raise BrokenCellError(reason)
        return code

    return parser


def digits(width: int) -> Parser:
    """Parser of so many digits; a code that is one short has lost its leading zero."""
    exact = matching(rf"\d{{{width}}}", f"not {width} digits")

    def parser(text: str, notes: Notes) -> object:
        code = plain(text, notes)
        lost = "0" if re.fullmatch(rf"\d{{{width - 1}}}", code, re.ASCII) else ""
        return exact(noted(code, lost + code, "lost leading zero", notes), notes)

    return parser


def checked_entry_number(text: str, notes: Notes) -> str:
    """The 11 characters of a CBP entry number, hyphens away, its check digit proved."""
    code = entry_number.normalise(plain(text, notes))
    if code is None:
        raise BrokenCellError("not 3 letters or digits, 7 digits and a check digit")
    if entry_number.check_digit(code[:3], code[3:10]) != int(code[10]):
        raise BrokenCellError("wrong check digit")
    return code


def tariff_number(text: str, notes: Notes) -> str:
    """The 6, 8 or 10 digits of an HTSUS number."""
    code = plain(text, notes)
    code = noted(code, re.sub(r"[.\s]", "", code), "dots or blanks in a code", notes)
    if not re.fullmatch(r"\d+", code, re.ASCII):
        raise BrokenCellError("letters among digits")
    if len(code) not in (6, 8, 10):
        raise BrokenCellError("not 6, 8 or 10 digits")
    if code[:2] in ("00", "77"):
        raise BrokenCellError("no such chapter")
    return code


def line_number(text: str, notes: Notes) -> int:
    """A line of an entry summary, from 1."""
    code = plain(text, notes)
    if not re.fullmatch(r"-?\d+", code, re.ASCII):
        raise BrokenCellError("not a whole number")
    # a text of very many digits is no number to `int`
    if not re.fullmatch(r"0*[1-9]\d{0,4}", code, re.ASCII):
        raise BrokenCellError("out of range")
    return int(code[-5:])


def country(text: str, notes: Notes) -> str:
    """ISO alpha-2, also from `UK`, alpha-3 and the country's name."""
    code = re.sub(r"\s+", " ", text.upper())
    if code in _alpha_2():
        return noted(text, code, "letter case", notes)
    if code == "UK":
        return noted(code, "GB", "`UK` for `GB`", notes)
    found = _names().get(code)
    if found is None:
        raise BrokenCellError("unknown country")
    return noted(code, found, "alpha-3 code or name of a country", notes)


@cache
def _alpha_2() -> frozenset[str]:
    return frozenset({country.alpha_2 for country in pycountry.countries} | {"XK"})


@cache
def _names() -> dict[str, str]:
    kinds = ("alpha_3", "name", "common_name", "official_name")
    listed = {
        getattr(country, kind).upper(): country.alpha_2
        for country in pycountry.countries
        for kind in kinds
        if hasattr(country, kind)
    }
    return listed | _EVERYDAY_NAMES
