"""Evidence that two records are one party: name, street, city, postal code, country, and the MID for what is missing.

A MID is made of the name, the largest number of the street line and the city. Where these are declared, it tells
little more; where one is missing, its part of the MID stands in.
"""

from collections.abc import Iterator
from typing import Final

from rapidfuzz.distance import OSA

from originrisk.features.parties.align import align, unmatched
from originrisk.features.parties.compare_names import weigh_names
from originrisk.features.parties.evidence import Evidence, Part
from originrisk.features.parties.rarity import Rarity
from originrisk.features.parties.record import Record
from originrisk.features.vocabulary import STREET

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


def weigh(left: Record, right: Record, rarity: Rarity) -> Evidence:
    """All evidence of two records, part by part, in bits."""
    cities = left.city, right.city
    return Evidence(
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


def _name_parts_of_mids(left: Record, right: Record, rarity: Rarity) -> Iterator[Part]:
    mine, theirs = left.mid, right.mid
    if (left.name and right.name) or not (mine and theirs):
        return
    same = mine.name == theirs.name
    yield Part("MID name", rarity.bits(f"~{mine.name}") if same else _OTHER_STEM, mine.name, theirs.name)


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


def _streets(left: Record, right: Record, rarity: Rarity) -> Iterator[Part]:
    mine, theirs = streets(left.address), streets(right.address)
    if not mine or not theirs:
        return
    matches = [match for match in align(mine, theirs) if match.kind != "initials"]
    if matches:
        bits = sum(
            min(_told(mine, match.left, rarity), _told(theirs, match.right, rarity)) for match in matches
        )
        yield Part("street", bits, " ".join(mine), " ".join(theirs))
    if unmatched(mine, [match.left for match in matches]) and unmatched(
        theirs, [match.right for match in matches]
    ):
        yield Part("other street", _OTHER_STREET, " ".join(mine), " ".join(theirs))


def _told(words: list[str], span: tuple[int, int], rarity: Rarity) -> float:
    return sum(rarity.bits(f"@{word}") for word in words[slice(*span)])


def _numbers(left: Record, right: Record, rarity: Rarity) -> Iterator[Part]:
    mine, theirs = house_number(left), house_number(right)
    if not mine or not theirs:
        return
    if mine == theirs:
        yield Part("house number", rarity.bits(f"#{mine}"), mine, theirs)
    else:
        near = len(mine) > 1 and OSA.distance(mine, theirs) == 1
        yield Part("other house number", _NEAR_NUMBER if near else _OTHER_NUMBER, mine, theirs)


def _cities(left: Record, right: Record, rarity: Rarity) -> Iterator[Part]:
    whole = left.city and right.city
    mine, theirs = (left.city, right.city) if whole else (city_letters(left), city_letters(right))
    if not mine or not theirs:
        return
    if mine == theirs or (len(mine) > 4 and OSA.distance(mine, theirs) == 1):
        yield Part("city", min(rarity.bits(f"%{mine}"), rarity.bits(f"%{theirs}")), mine, theirs)
    else:
        yield Part("other city", _OTHER_CITY, mine, theirs)


def _postal_codes(left: Record, right: Record) -> Iterator[Part]:
    mine, theirs = left.postal_code, right.postal_code
    if not mine or not theirs:
        return
    if mine == theirs:
        yield Part("postal code", _POSTAL_CODE, mine, theirs)
    else:
        near = mine[:4] == theirs[:4]
        yield Part("other postal code", _NEAR_POSTAL_CODE if near else _OTHER_POSTAL_CODE, mine, theirs)


def _mids(left: Record, right: Record) -> Iterator[Part]:
    if left.manufacturer_id and left.manufacturer_id == right.manufacturer_id:
        yield Part("same MID", _SAME_MID, left.manufacturer_id, right.manufacturer_id)


def _countries(left: Record, right: Record) -> Iterator[Part]:
    if left.country and right.country and left.country != right.country:
        yield Part("other country", _OTHER_COUNTRY, left.country, right.country)
