"""A maker as declared, and what speaks for and against two such records being one party."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from rapidfuzz.distance import OSA

from originrisk.data.identifiers.manufacturer_id import ManufacturerId, normalise, parse
from originrisk.features.history.keys import Keys, Spelling, either, hashed_all, spelled
from originrisk.features.lines import Lines
from originrisk.features.names import address_tokens, company_tokens
from originrisk.features.parties.align import align, unmatched
from originrisk.features.parties.compare import EvidencePart, MatchEvidence, Rarity, weigh_names
from originrisk.features.vocabulary import STREET

_MIX = np.uint64(0xFF51AFD7ED558CCD)
_FOLD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(31)
_ONE = np.uint64(1)


class Record(NamedTuple):
    """A maker as declared. Texts are in one form, words parted by blanks; empty where nothing is declared."""

    name: str
    address: str
    city: str
    postal_code: str
    manufacturer_id: str
    country: str

    @property
    def mid(self) -> ManufacturerId | None:
        """The parts of the MID, or None where it is missing or malformed."""
        return _parsed(self.manufacturer_id)

    @property
    def says(self) -> int:
        """How many of the parts are declared."""
        return sum(map(bool, self))

    def within(self, other: "Record") -> bool:
        """Whether all that this record declares is declared so by the other too."""
        return all(not mine or mine == theirs for mine, theirs in zip(self, other, strict=True))


_KEPT = 1 << 14
_parsed = lru_cache(maxsize=1 << 16)(parse)


@lru_cache(_KEPT)
def name_form(name: str) -> str:
    """Words of a company name."""
    return " ".join(company_tokens(name))


@lru_cache(_KEPT)
def address_form(address: str) -> str:
    """Words of a street line."""
    return " ".join(address_tokens(address))


@lru_cache(_KEPT)
def city_form(city: str) -> str:
    """Letters of a city without the word for city."""
    words = company_tokens(city)
    return "".join([word for word in words if word not in ("CITY", "SHI")] or words)


def postal_form(code: str) -> str:
    """Letters and digits of a postal code."""
    return "".join(filter(str.isalnum, code.upper()))


def country_form(mid: str) -> str:
    """Country of a MID: empty where it is malformed."""
    parsed = _parsed(normalise(mid))
    return parsed.origin if parsed else ""


_FORMS: dict[str, Spelling] = {
    "manufacturer_name": name_form,
    "manufacturer_address": address_form,
    "manufacturer_city": city_form,
    "manufacturer_postal_code": postal_form,
    "manufacturer_id": normalise,
}
_KEYED: list[tuple[str, Spelling]] = [*_FORMS.items(), ("manufacturer_id", country_form), ("country_of_origin", str)]


@dataclass(frozen=True, slots=True)
class Records:
    """The records of n lines: key of each line's record (n,), never 0; a key is the record's own, on every day."""

    keys: Keys
    lines: Lines = field(repr=False)

    @classmethod
    def of(cls, lines: Lines) -> "Records":
        """Records of entry lines."""
        asked = [(lines.texts[name], form) for name, form in _KEYED]
        *parts, of_mid, origin = hashed_all(asked)
        folded = np.zeros(lines.size, np.uint64)
        for part in (*parts, either(of_mid, origin)):
            folded = (folded ^ (folded >> _SHIFT)) * _MIX + part * _FOLD
        return cls(folded | _ONE, lines)

    def at(self, row: int) -> Record:
        """The record of one line."""
        texts = [(self.lines.texts[name], form) for name, form in _KEYED]
        *parts, of_mid, origin = (spelled(text, form)[text.codes[row]] for text, form in texts)
        return Record._make([*parts, of_mid or origin])


_OTHER_STREET: Final = -8.0
_OTHER_NUMBER: Final = -8.0
_NEAR_NUMBER: Final = -2.0
_OTHER_CITY: Final = -8.0
_OTHER_POSTAL_CODE: Final = -5.0
_NEAR_POSTAL_CODE: Final = -1.0
_OTHER_COUNTRY: Final = -12.0
_OTHER_STEM: Final = -14.0
_SAME_MID: Final = 2.0
_POSTAL_CODE: Final = 7.0
"""Agreement on a code: most name a district, not a house."""


def weigh(left: Record, right: Record, rarity: Rarity) -> MatchEvidence:
    """All evidence of two records, part by part, in bits."""
    cities = left.city, right.city
    return MatchEvidence(
        (
            *weigh_names(left.name, right.name, rarity, cities),
            *_name_parts_of_mids(left, right, rarity),
            *_streets(left, right, rarity),
            *_numbers(left, right, rarity),
            *_cities(left, right, rarity),
            *_postal_codes(left, right),
            *_mids(left, right),
            *_countries(left, right),
        )
    )


def _name_parts_of_mids(left: Record, right: Record, rarity: Rarity) -> Iterator[EvidencePart]:
    mine, theirs = left.mid, right.mid
    if (left.name and right.name) or not (mine and theirs):
        return
    same = mine.name == theirs.name
    yield EvidencePart("MID name", rarity.bits(f"~{mine.name}") if same else _OTHER_STEM, mine.name, theirs.name)


def streets(address: str) -> list[str]:
    """Words of a street line that name the street."""
    return [word for word in address.split() if not word.isdigit() and word not in STREET]


def house_number(record: Record) -> str:
    """The largest number of the street line, as in a MID; else the MID's; else empty."""
    numbers = [int(word[:9]) for word in record.address.split() if word.isdigit()]
    if numbers:
        return str(max(numbers))[:4]
    return record.mid.number if record.mid else ""


def city_letters(record: Record) -> str:
    """The first three letters of the city, as in a MID; else the MID's; else empty."""
    return record.city[:3] or (record.mid.city if record.mid else "")


def _streets(left: Record, right: Record, rarity: Rarity) -> Iterator[EvidencePart]:
    mine, theirs = streets(left.address), streets(right.address)
    if not mine or not theirs:
        return
    matches = [match for match in align(mine, theirs) if match.kind != "initials"]
    if matches:
        bits = sum(min(_told(mine, match.left, rarity), _told(theirs, match.right, rarity)) for match in matches)
        yield EvidencePart("street", bits, " ".join(mine), " ".join(theirs))
    if unmatched(mine, [match.left for match in matches]) and unmatched(theirs, [match.right for match in matches]):
        yield EvidencePart("other street", _OTHER_STREET, " ".join(mine), " ".join(theirs))


def _told(words: list[str], span: tuple[int, int], rarity: Rarity) -> float:
    return sum(rarity.bits(f"@{word}") for word in words[slice(*span)])


def _numbers(left: Record, right: Record, rarity: Rarity) -> Iterator[EvidencePart]:
    mine, theirs = house_number(left), house_number(right)
    if not mine or not theirs:
        return
    if mine == theirs:
        yield EvidencePart("house number", rarity.bits(f"#{mine}"), mine, theirs)
    else:
        near = len(mine) > 1 and OSA.distance(mine, theirs) == 1
        yield EvidencePart("other house number", _NEAR_NUMBER if near else _OTHER_NUMBER, mine, theirs)


def _cities(left: Record, right: Record, rarity: Rarity) -> Iterator[EvidencePart]:
    whole = left.city and right.city
    mine, theirs = (left.city, right.city) if whole else (city_letters(left), city_letters(right))
    if not mine or not theirs:
        return
    if mine == theirs or (len(mine) > 4 and OSA.distance(mine, theirs) == 1):
        yield EvidencePart("city", min(rarity.bits(f"%{mine}"), rarity.bits(f"%{theirs}")), mine, theirs)
    else:
        yield EvidencePart("other city", _OTHER_CITY, mine, theirs)


def _postal_codes(left: Record, right: Record) -> Iterator[EvidencePart]:
    mine, theirs = left.postal_code, right.postal_code
    if not mine or not theirs:
        return
    if mine == theirs:
        yield EvidencePart("postal code", _POSTAL_CODE, mine, theirs)
    else:
        near = mine[:4] == theirs[:4]
        yield EvidencePart("other postal code", _NEAR_POSTAL_CODE if near else _OTHER_POSTAL_CODE, mine, theirs)


def _mids(left: Record, right: Record) -> Iterator[EvidencePart]:
    if left.manufacturer_id and left.manufacturer_id == right.manufacturer_id:
        yield EvidencePart("same MID", _SAME_MID, left.manufacturer_id, right.manufacturer_id)


def _countries(left: Record, right: Record) -> Iterator[EvidencePart]:
    if left.country and right.country and left.country != right.country:
        yield EvidencePart("other country", _OTHER_COUNTRY, left.country, right.country)
