"""Words of a record: those by which parties are counted, and those under which its like are looked for."""

import itertools
from collections.abc import Iterator

from originrisk.features.parties.compare import city_letters, house_number, streets
from originrisk.features.parties.hashes import word_hash
from originrisk.features.parties.record import Record
from originrisk.features.vocabulary import GENERIC, PLACES


def counted_words(record: Record) -> Iterator[str]:
    """Every word whose rarity the comparison asks for."""
    yield from record.name.split()
    yield from (f"@{word}" for word in streets(record.address))
    yield f"%{record.city}"
    yield f"%{city_letters(record)}"
    yield f"#{house_number(record)}"
    if record.mid:
        yield f"~{record.mid.name}"


def blocking_words(record: Record) -> Iterator[str]:
    """Two records that share none of these are never compared; each is narrow enough to be shared by few."""
    city, number, country = city_letters(record), house_number(record), record.country
    own = [word for word in record.name.split() if word not in GENERIC and word not in PLACES]
    for word in dict.fromkeys([*own, *map("".join, itertools.pairwise(own))]):
        yield f"{country} {word}"
        yield f"{country} {word} {city}"
    yield f"{country} {''.join(record.name.split())}"
    if record.mid:
        yield f"mid {record.manufacturer_id}"
        yield f"mid {country} {record.mid.name} {city}"
        yield f"mid {country} {record.mid.name} {number}"
    for word in streets(record.address):
        yield f"@ {country} {word} {number}"
        yield f"@ {country} {word} {city}"


def twin_keys(record: Record) -> Iterator[int]:
    """Keys under which records meet that are alike in two of name, address and MID: enough to need no weighing."""
    name = "".join(record.name.split())
    if name and record.address and house_number(record):
        yield word_hash(f"twin {record.country} {name}@{record.address}")
    if name and record.mid:
        yield word_hash(f"twin {name}#{record.manufacturer_id}")
