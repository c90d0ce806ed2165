"""MID: manufacturer identification code, as on an entry line: `CNXINTIA16KOR`.

Country (2), name (up to 6), number (up to 4 digits), city (up to 3 letters): 15 characters at most.
Different firms share a MID by design: **a match is a lead, never an identity**. Rules: appendix to 19 CFR
part 102 and the instructions to CBP form 7501.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

CANADA: Final = {
    "AB": "XA", "BC": "XC", "MB": "XM", "NB": "XB", "NL": "XW", "NT": "XT", "NS": "XN", "NU": "XV", "ON": "XO",
    "PE": "XP", "QC": "XQ", "SK": "XS", "YT": "XY",
}  # fmt: skip
"""Province to the code that stands in place of a country."""

_FORM: Final = re.compile(r"([A-Z]{2})([A-Z0-9]+?)([0-9]*)([A-Z]{1,3})", re.ASCII)
_LONGEST: Final = 15
_NAME_LONGEST: Final = 6
_NUMBER_LONGEST: Final = 4


@dataclass(frozen=True, slots=True)
class ManufacturerId:
    """A MID in its parts; `number` is empty where the address had none."""

    country: str
    name: str
    number: str
    city: str

    def __str__(self) -> str:
        return f"{self.country}{self.name}{self.number}{self.city}"

    @property
    def origin(self) -> str:
        """ISO alpha-2 country: CA for the codes of Canadian provinces."""
        return "CA" if self.country in CANADA.values() else self.country


def normalise(text: str) -> str:
    """Upper case without blanks."""
    return re.sub(r"\s", "", text).upper()


@lru_cache(1 << 14)
def parse(text: str) -> ManufacturerId | None:
    """The parts, or None if the text is not a well-formed MID.

    Nothing marks where a part ends. The city is the last letters, three at most; the number is the digits
    before it; of more than four, the first fill the name up to its sixth place.
    """
    code = normalise(text)
    match = _FORM.fullmatch(code)
    if not match or len(code) > _LONGEST:
        return None
    country, name, number, city = match.groups()
    if len(number) > _NUMBER_LONGEST:
        keep = _NAME_LONGEST - len(name)
        name, number = name + number[:keep], number[keep:]
    fits = len(name) <= _NAME_LONGEST and len(number) <= _NUMBER_LONGEST
    return ManufacturerId(country, name, number, city) if fits else None


_OPENINGS: Final = re.compile(r"^(?:FABRICA DE ARTIGOS DE VESTUARIO|PT|JSC|OAO|OOO|ZAO) (?=\S)")
_IGNORED: Final = frozenset({"A", "AN", "AND", "OF", "THE"})
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH"}
    | dict(zip("ıİđĐðÐłŁøØ", "iIdDdDlLoO", strict=True))
)
CITY_STATES: Final = {"HK": "HON", "MO": "MAC", "SG": "SIN"}
_JOINT: Final = re.compile(r"(?<=[0-9])[^\w\s]+\s*(?=[0-9])")


def name_part(name: str) -> str:
    """At most 6 characters: the first 3 of each of the first two words that count. Legal forms do count."""
    text = " ".join(re.findall(r"[A-Z0-9]+", re.sub(r"[.'’`-]", "", _plain(name))))
    words: list[str] = []
    for single, group in groupby(_OPENINGS.sub("", text, count=1).split(), key=_is_letter):
        run = list(group)
        words.extend(["".join(run)] if single else run)  # A B C COMPANY is ABC COMPANY
    counted = [word for word in words if word not in _IGNORED and not _is_letter(word)]
    return "".join(word[:3] for word in counted[:2])


@lru_cache(1 << 14)
def number_part(address: str) -> str:
    """At most 4 digits of the numerically largest number on the street line; empty without one.

    Punctuation between digits is ignored, blanks separate.
    """
    numbers = re.findall(r"[0-9]+", _JOINT.sub("", _plain(address)))
    # `int` refuses thousands of digits; of two that are as large the one with more zeros in front is no larger
    return max(numbers, key=lambda digits: (len(told := digits.lstrip("0")), told), default="")[:4]


@lru_cache(1 << 14)
def city_part(city: str, country: str = "") -> str:
    """The first 3 letters of the city, without an article; Hong Kong, Macao, Singapore have one code each."""
    letters = re.sub(r"[^A-Z]", "", re.sub(r"^THE ", "", _plain(city).strip()))
    return CITY_STATES.get(country.upper(), letters[:3])


def unaccented(text: str) -> str:
    """The text without accents, those of Đ, Ł, Ø and ı among them, which Unicode does not take apart; ß is ss."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def _plain(text: str) -> str:
    return unaccented(text).upper()


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()
