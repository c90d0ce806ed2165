"""Parsers of codes: entry number, HTSUS, ports, countries. Never a guess: a doubtful code is broken."""

import re
from functools import cache
from typing import Final

import pycountry

from originrisk.data.identifiers import entry_number
from originrisk.data.repairs.cell import BrokenCellError, Notes, Parser, noted

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
