"""Parsers: the text of one cell to its value. Never a guess: a doubtful text is broken."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from gettext import translation
from typing import Final, Literal
from zoneinfo import ZoneInfo

import pycountry

from originrisk.data.identifiers import entry_number
from originrisk.data.identifiers.manufacturer_id import CANADA, unaccented
from originrisk.data.reference import country_names

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
    **dict.fromkeys(("TRUE", "T", "YES", "Y", "1", "1.0"), True),
    **dict.fromkeys(("FALSE", "F", "NO", "N", "0", "0.0"), False),
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


WRONG_PAGE: Final = "looks like text of another encoding"
_PAGES: Final = ("cp1252", "latin-1", "cp1250", "cp1251", "cp1254", "cp437", "cp850")
_OF_OTHERS: Final = re.compile(
    "\ufffd|[\xc0-\xd6\xd8-\xf6\xf8-\xff]{4}|[A-Za-z][£¥¯][A-Za-z]|"
    r"(?i:ÞTÝ|ÞÝRKET|SANAYÝ|TÝCARET|\bTÝC\b|TEKSTÝL|ÝTHALAT|ÝHRACAT|\bA\.? ?Þ\.)"
)
"""Lost letters; four accented ones in a row, as Cyrillic or Chinese looks; Polish, and words of Turkish firms."""


def free_text(text: str, notes: Notes) -> str:
    """Text as it is, without the `.0` that a spreadsheet puts behind a number."""
    if not text.isascii() and (_OF_OTHERS.search(text) or any(_was_utf_8(text, page) for page in _PAGES)):
        notes.append(WRONG_PAGE)
    return noted(text, re.sub(r"^(\d{2,})\.0$", r"\1", text), "`.0` behind a code", notes)


def _was_utf_8(text: str, page: str) -> bool:
    """Whether the text is what UTF-8 looks like when it is read as a code page."""
    try:
        return text.encode(page).decode() != text
    except UnicodeError:
        return False


EARLIEST: Final = date(1980, 1, 1)
LATEST: Final = date(2100, 12, 31)

_DOLLARS: Final = re.compile(r"^(-?)(?:US\$|USD|\$)\s*|\s*(?:US\$|USD|\$)$", re.IGNORECASE)
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(?:([,' ])\d{3})(?:\1\d{3})*(\.\d+)?", re.ASCII)
_ONE_COMMA: Final = re.compile(r"[+-]?\d{1,3},\d{3}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?[\d.]*\d,\d+", re.ASCII)
_WITH_COMMA: Final = re.compile(r"([+-]?)(\d{1,3}(?:([.' ])\d{3})(?:\3\d{3})*|\d*)(?:,(\d+))?", re.ASCII)
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WITH_TIME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AP]M)?)(.*)", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/.]?(\d{2})[/.]?(\d{2})", re.ASCII)
_MIDNIGHT: Final = re.compile(r"00:00(:00(\.0+)?)?", re.ASCII)
_COMMA_BEFORE_DECIMALS: Final = re.compile(r"\D{0,4}(\d[\d.]*,(\d{1,2}|\d{4,})|\d+\.\d{3},\d+)\D{0,4}", re.ASCII)


def shows_decimal_comma(text: str) -> bool:
    """Whether the text puts a comma before decimals: then no other comma or point of its column is certain."""
    return bool(_COMMA_BEFORE_DECIMALS.fullmatch(text))


def shows_comma(text: str) -> bool:
    """Whether the text has a comma that may stand before decimals, as it does between semicolons."""
    return bool(_ONE_COMMA.fullmatch(text)) or shows_decimal_comma(text)


def shows_moment(text: str) -> bool:
    """Whether the text is a moment with a zone that is no midnight there: then its column does not hold days."""
    found = _WITH_TIME.fullmatch(text)
    return bool(found and found[3] and not _MIDNIGHT.fullmatch(found[2]))


Comma = Literal["thousands", "decimals", "in doubt", "seen before decimals"]


def number(least: float = float("-inf"), most: float = float("inf"), *, comma: Comma = "thousands") -> Parser:
    """Parser of a decimal number between two bounds, both allowed.

    `comma`: what a comma means. In doubt, `12,500` is broken; where a comma is seen before decimals elsewhere in
    the column, `12.500` too.
    """

    def parser(text: str, notes: Notes) -> float:
        text = noted(text, _DOLLARS.sub(r"\1", text), "currency sign", notes)
        value = float(_with_decimal_comma(text) if comma == "decimals" else _decimal(text, comma, notes))
        if not least <= value <= most:
            raise BrokenCellError("out of range")
        return value + 0.0  # no negative zero

    return parser


def _decimal(text: str, comma: Comma, notes: Notes) -> str:
    doubtful = comma != "thousands" and _ONE_COMMA.fullmatch(text)
    if doubtful or (comma == "seen before decimals" and "." in text and _WITH_COMMA.fullmatch(text)):
        raise BrokenCellError("decimal comma in doubt")
    if _THOUSANDS.fullmatch(text):
        text = noted(text, re.sub(r"[,' ]", "", text), "thousands separators", notes)
    if _DECIMAL.fullmatch(text):
        return text
    if _DECIMAL_COMMA.fullmatch(text):
        raise BrokenCellError("decimal comma in doubt")
    return _scientific(text, notes)


def _with_decimal_comma(text: str) -> str:
    """A point may only stand between groups of three digits: `4,321.50` and `12.5` are not written so."""
    found = _WITH_COMMA.fullmatch(text)
    if not found or not text.strip("+-"):
        raise BrokenCellError(
            "decimal comma in doubt" if _THOUSANDS.fullmatch(text) else "no number with a decimal comma"
        )
    sign, whole, _, decimals = found.groups()
    return f"{sign}{re.sub('[^0-9]', '', whole) or '0'}.{decimals or '0'}"


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


def day(layout: str | None = None, zone: str | None = None, *, in_doubt: bool = False) -> Parser:
    """Parser of dates: ISO, or in the layout (as in strptime) that a mapping states.

    A moment with a zone is the day that it is in `zone`. Where none is stated, midnight in its own zone is a day;
    `in_doubt`: the column holds other moments, so that midnight proves nothing.
    """

    def parser(text: str, notes: Notes) -> date:
        try:
            found = datetime.strptime(text, layout or "%Y-%m-%d")
        except ValueError:
            found = _iso(text, notes)
        if found.tzinfo and zone:
            found = found.astimezone(ZoneInfo(zone))
        elif found.tzinfo and (in_doubt or found.time() != time()):
            raise BrokenCellError("the day depends on a time zone that is not stated")
        if not EARLIEST <= found.date() <= LATEST:
            raise BrokenCellError("out of range")
        return found.date()

    return parser


def _iso(text: str, notes: Notes) -> datetime:
    moment = _WITH_TIME.fullmatch(text)
    if moment and moment[3]:
        notes.append("date with a time")
        try:
            return datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", ""))
        except ValueError:  # a zone by a name, which may be that of several
            raise BrokenCellError("the day depends on a time zone that is not stated") from None
    text = noted(text, _WITH_TIME.sub(r"\1", text), "date with a time", notes)
    text = noted(text, _YEAR_FIRST.sub(r"\1-\2-\3", text), "year first without hyphens", notes)
    if not _ISO.fullmatch(text):
        doubtful = re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", text, re.ASCII)
        raise BrokenCellError("order of day and month in doubt" if doubtful else "not a date")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BrokenCellError("no such day") from None


# A filer code may be `12E`, so an E between digits is no exponent without a sign or a decimal point.
_SCIENTIFIC: Final = re.compile(r"\d+(\.\d+)?E[+-]\d+|\d+\.\d+E\d+", re.ASCII | re.IGNORECASE)
_POINT_ZERO: Final = re.compile(r"^(\d+)\.0+$")
# Codes of the US customs service that are none of ISO 3166-1: each is given with the repair that it is.
_OF_CBP: Final = {
    **dict.fromkeys(CANADA.values(), ("CA", "a province for Canada")),
    "WE": ("PS", "the West Bank for Palestine"),
    "GZ": ("PS", "Gaza for Palestine"),
    "KV": ("XK", "`KV` for Kosovo"),
    "UK": ("GB", "`UK` for `GB`"),
    # codes that ISO 3166 has withdrawn, of countries that live on whole under another
    **{
        old: (new, "a withdrawn code")
        for old, new in map(str.split, ("BU MM", "TP TL", "ZR CD", "DD DE", "DY BJ", "HV BF", "RH ZW"))
    },
}
MANY: Final = frozenset({"MULTI", "MULTIPLE", "VARIOUS", "SEVERAL", "**"})
"""Words for more than one: of an origin that is not what it is, of anything else nothing."""


def plain(text: str, notes: Notes, without: str = "") -> str:
    """In capitals, without the `.0` that a spreadsheet puts behind a code, and without the characters `without`."""
    if _SCIENTIFIC.fullmatch(text):
        raise BrokenCellError("scientific notation")
    text = noted(text, _POINT_ZERO.sub(r"\1", text), "`.0` behind a code", notes)
    text = noted(text, text.upper(), "letter case", notes)
    return noted(text, text.translate(dict.fromkeys(map(ord, without))), "dots, hyphens or blanks in a code", notes)


def matching(pattern: str, reason: str, without: str = ".- ") -> Parser:
    """Parser of a code that has the form of the pattern once `without` is taken away."""
    form = re.compile(pattern, re.ASCII)

    def parser(text: str, notes: Notes) -> str:
        code = plain(text, notes, without)
        if not form.fullmatch(code):
            raise BrokenCellError(reason)
        return code

    return parser


def digits(width: int) -> Parser:
    """Parser of so many digits; a code that is one short has lost its leading zero."""
    exact = matching(rf"\d{{{width}}}", f"not {width} digits")

    def parser(text: str, notes: Notes) -> object:
        code = plain(text, notes, ".- ")
        lost = "0" if re.fullmatch(rf"\d{{{width - 1}}}", code, re.ASCII) else ""
        return exact(noted(code, lost + code, "lost leading zero", notes), notes)

    return parser


def checked_entry_number(text: str, notes: Notes) -> str:
    """The 11 characters of a CBP entry number, hyphens away, its check digit proved."""
    code = entry_number.normalise(plain(text, notes, ". "))
    if code is None:
        raise BrokenCellError("not 3 letters or digits, 7 digits and a check digit")
    if entry_number.check_digit(code[:3], code[3:10]) != int(code[10]):
        raise BrokenCellError("wrong check digit")
    return code


def tariff_number(text: str, notes: Notes) -> str:
    """The 6, 8 or 10 digits of an HTSUS number."""
    code = plain(text, notes, ".- ")
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
    """ISO alpha-2, also from codes of the US customs service, alpha-3 and the country's name however written."""
    code = re.sub(r"\s+", " ", text.upper())
    if code in MANY:
        raise BrokenCellError("several countries, where one is expected")
    if code in _alpha_2():
        return noted(text, code, "letter case", notes)
    if (bare := re.sub("[ .-]", "", code)) in _alpha_2():
        return noted(code, bare, "dots, hyphens or blanks in a code", notes)
    if code in _OF_CBP:
        found, repair = _OF_CBP[code]
        return noted(code, found, repair, notes)
    forms = () if re.search(r"[\d#/;|?!]", code) else _forms(code)
    kinds = (_names,) if re.fullmatch("[A-Z]{0,3}", code) else (_names, _names_abroad)
    named = next((code_of for known in kinds for form in forms if (code_of := known().get(form))), None)
    if named is None and len(said := [part for part in re.split(r" [-:] |[()/]", code) if part.strip()]) == 2:
        named, other = (country(part.strip(), []) for part in said)  # `CN - China`, `China (PRC)`
        named = named if named == other else None
    if named is None:
        raise BrokenCellError("unknown country")
    return noted(code, named, "alpha-3 code or name of a country", notes)


_SPOKEN: Final = {"ST": "SAINT", "REP": "REPUBLIC", "DEM": "DEMOCRATIC", "IS": "ISLANDS", "ISL": "ISLANDS"}
_LANGUAGES: Final = (
    "ar bn cs da de el es fi fr he hi hu id it ja km ko nb_NO nl pl pt pt_BR ro ru sv th tr uk vi zh_CN zh_TW"
)


def _forms(name: str) -> tuple[str, str]:
    """A country's name for comparison: its letters without accents and `THE` in front; and its words sorted."""
    plain_name = unaccented(name.upper().replace("&", " AND ")).upper()
    words = [_SPOKEN.get(word, word) for word in re.findall(r"[^\W\d_]+", re.sub("['`’]", "", plain_name))]
    return "".join(words[words[:1] == ["THE"] :]), " ".join(sorted({*words} - {"THE", "OF", "AND"}))


@cache
def _alpha_2() -> frozenset[str]:
    return frozenset({country.alpha_2 for country in pycountry.countries} | {"XK"})


@cache
def _names() -> dict[str, str]:
    kinds = ("alpha_3", "name", "common_name", "official_name")
    listed = [
        (name, country.alpha_2)
        for country in pycountry.countries
        for kind in kinds
        if (full := getattr(country, kind, None))
        for name in (full, " ".join(reversed(full.split(", "))))
    ]
    listed += [(row.name, row.alpha_2) for row in country_names()]
    return {form: code for name, code in listed for form in _forms(name)}


@cache
def _names_abroad() -> dict[str, str]:
    """Names in other languages, but for those that mean two countries and short ones that may be codes."""
    found = defaultdict[str, set[str]](set)
    for language in _LANGUAGES.split():
        told = translation("iso3166-1", pycountry.LOCALES_DIR, [language], fallback=True).gettext
        for country in pycountry.countries:
            for name in (country.name, getattr(country, "common_name", country.name)):
                found[_forms(told(name))[0]].add(country.alpha_2)
    return {
        name: min(codes) for name, codes in found.items() if len(codes) == 1 and not re.fullmatch("[A-Z]{0,3}", name)
    }
