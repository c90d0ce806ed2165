"""How a MID is made from country, name, street line and city, and where filers read the rules differently.

Rules: appendix to 19 CFR part 102 and the instructions to CBP form 7501. `build` follows them to the letter;
`variants` adds the readings that filers use instead, for matching.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import groupby, product
from typing import Final

from originrisk.data.identifiers.manufacturer_id import CANADA, ManufacturerId

_OPENINGS: Final = re.compile(r"(?:FABRICA DE ARTIGOS DE VESTUARIO|PT|JSC|OAO|OOO|ZAO) (?=\S)")
_IGNORED: Final = frozenset({"A", "AN", "AND", "OF", "THE"})
_LEGAL: Final = frozenset(
    "BV CO COMPANY CORP CORPORATION GMBH INC INCORPORATED LIMITED LLC LTD SA SPA SRL".split()  # noqa: SIM905
)
_CITY_STATES: Final = {"HK": "HON", "MO": "MAC", "SG": "SIN"}
_ORDINAL: Final = re.compile(r"\b[0-9]+(?:ST|ND|RD|TH)\b")
_POSTAL: Final = re.compile(r"\b[0-9]{5,6}\b(?!.*\b[0-9]{5,6}\b)")
_JOINT: Final = re.compile(r"(?<=[0-9])[^\w\s]+\s*(?=[0-9])")
_TIGHT_JOINT: Final = re.compile(r"(?<=[0-9])[^\w\s]+(?=[0-9])")


def name_part(name: str) -> str:
    """At most 6 characters: the first 3 of each of the first two words that count. Legal forms do count."""
    return _initials(_words(name))


@lru_cache(1 << 14)
def number_part(address: str) -> str:
    """At most 4 digits of the numerically largest number on the street line; empty without one.

    Punctuation between digits is ignored, blanks separate.
    """
    return _largest(_JOINT.sub("", _plain(address)))


@lru_cache(1 << 14)
def city_part(city: str, country: str = "") -> str:
    """The first 3 letters of the city, without an article; Hong Kong, Macao, Singapore have one code each."""
    letters = re.sub(r"[^A-Z]", "", re.sub(r"^THE ", "", _plain(city).strip()))
    return _CITY_STATES.get(country.upper(), letters[:3])


def build(country: str, name: str, address: str, city: str, province: str = "") -> str | None:
    """The MID by the letter of the rules, or None where a part that every MID has cannot be made.

    `country` is ISO alpha-2; Canada needs its `province` (two letters).
    """
    return _joined(
        _country_part(country, province), name_part(name), number_part(address), city_part(city, country)
    )


def variants(country: str, name: str, address: str, city: str, province: str = "") -> frozenset[str]:
    """Every MID that some filer would make of this party, the one of `build` among them; for matching."""
    parts = product(
        [_country_part(country, province)],
        name_variants(name),
        number_variants(address),
        [city_part(city, country)],
    )
    return frozenset(mid for part in parts if (mid := _joined(*part)))


def name_variants(name: str) -> frozenset[str]:
    """Name parts in use: by the rules, without legal forms, without single digits."""
    words = _words(name)
    readings = [
        words,
        _unless(words, _LEGAL.__contains__),
        _unless(words, lambda word: re.fullmatch(r"\d", word)),
    ]
    return frozenset(filter(None, map(_initials, readings)))


def number_variants(address: str) -> frozenset[str]:
    """Numbers in use: by the rules; without ordinal or postal code; commas as blanks; no leading zeros."""
    text = _plain(address)
    lines = {text, _ORDINAL.sub(" ", text), _POSTAL.sub(" ", text)}
    found = {_largest(joint.sub("", line)) for line in lines for joint in (_JOINT, _TIGHT_JOINT)}
    if number_part(address):
        found.discard("")
    return frozenset(found | {number.lstrip("0") for number in found})


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark)).upper()


def _words(name: str) -> list[str]:
    joined = re.sub(r"[.'’`-]", "", _plain(name))
    text = " ".join(re.findall(r"[A-Z0-9]+", joined))
    return _unless(
        _with_initials_joined(_OPENINGS.sub("", text, count=1) if _OPENINGS.match(text) else text),
        _is_ignored,
    )


def _with_initials_joined(text: str) -> list[str]:
    """A B C COMPANY → ABC COMPANY: neighbouring single letters are one word."""
    words: list[str] = []
    for single, run in groupby(text.split(), key=_is_letter):
        letters_or_words = list(run)
        words.extend(["".join(letters_or_words)] if single else letters_or_words)
    return words


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _is_ignored(word: str) -> bool:
    return word in _IGNORED or _is_letter(word)


def _unless(words: Iterable[str], dropped: Callable[[str], object]) -> list[str]:
    return [word for word in words if not dropped(word)]


def _initials(words: list[str]) -> str:
    return "".join(word[:3] for word in words[:2])


def _largest(text: str) -> str:
    return max(re.findall(r"[0-9]+", text), key=_size, default="")[:4]


def _size(digits: str) -> tuple[int, str]:
    """Orders digits as the numbers they are: `int` refuses thousands of them."""
    told = digits.lstrip("0")
    return len(told), told


def _country_part(country: str, province: str) -> str:
    code = country.upper()
    return CANADA.get(province.upper(), "") if code == "CA" else code


def _joined(country: str, name: str, number: str, city: str) -> str | None:
    if len(country) != 2 or not name or not city:
        return None
    return str(ManufacturerId(country, name, number, city))
