"""The declaration as it was filed, what it does not say, and the way of the goods that it tells."""

from dataclasses import dataclass
from typing import Any, Final

from originrisk.data import reference
from originrisk.data.contract import ENTRIES
from originrisk.data.identifiers.importer_number import mask
from originrisk.data.reference import country_of_schedule_k
from originrisk.serve.queue.evidence.words import country, port

MASKED: Final = frozenset({"importer_number", "consignee_number"})
MATTERS: Final = {
    "manufacturer_id": "the maker is known by name alone",
    "manufacturer_name": "the maker is known by its MID alone",
    "manufacturer_address": "ties through an address cannot be seen",
    "manufacturer_city": "homonyms on the lists cannot be told apart",
    "manufacturer_postal_code": "a region cannot be read from it",
    "seller_name": "ties through a seller cannot be seen",
    "consolidator_name": "ties through a consolidator cannot be seen",
    "country_of_export": "the way of the goods has a gap",
    "port_of_lading": "the way of the goods has a gap",
    "description": "what the goods are made of is taken from the tariff number alone",
    "quantity": "there is no price per unit",
    "gross_weight_kg": "there is no price per kilogram",
    "importer_number": "the importer's past cannot be seen",
}
"""What the lack of a column means for a reader."""


@dataclass(frozen=True, slots=True)
class Field:
    """A declared column: its name and meaning in words, and its value as text; None where nothing was declared."""

    name: str
    meaning: str
    text: str | None


def declared(line: dict[str, Any]) -> list[Field]:
    """Every column of a row of `entries`; importer numbers masked."""
    return [
        Field(column.name, column.meaning.replace("`", ""), _text(column.name, line[column.name]))
        for column in ENTRIES.columns
    ]


def missing(line: dict[str, Any]) -> list[tuple[str, str]]:
    """What was not declared and would matter: the column, and what its lack means."""
    return [(name, why) for name, why in MATTERS.items() if line[name] in (None, "")]


def _text(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if name in MASKED:
        return mask(value)
    if isinstance(value, float):
        return f"{value:,.2f}".removesuffix(".00")
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on the way: what happened there, the place in words, its country (ISO alpha-2) where known."""

    what: str
    place: str
    country: str | None


def route(line: dict[str, Any]) -> list[Stop]:
    """The places that a row of `entries` names, in the order of the way."""
    lading, origin_in_mid = line["port_of_lading"], (line["manufacturer_id"] or "")[:2]
    foreign = reference.foreign_ports_by_code().get(lading or "")
    stops = [
        ("declared origin", country(line["country_of_origin"]), line["country_of_origin"]),
        (
            "maker's city",
            line["manufacturer_city"] or "",
            origin_in_mid if origin_in_mid in reference.countries_by_alpha_2() else None,
        ),
        ("exported from", country(line["country_of_export"]), line["country_of_export"]),
        (
            "loaded at",
            f"{foreign.name} ({lading})" if foreign else lading or "",
            country_of_schedule_k(lading) if lading else None,
        ),
        ("unladen at", port(line["port_of_unlading"]), "US"),
        ("entered at", port(line["port_of_entry"]), "US"),
    ]
    named = (line["country_of_origin"], line["manufacturer_city"], line["country_of_export"], lading,
             line["port_of_unlading"], line["port_of_entry"])  # fmt: skip
    return [Stop(*stop) for stop, told in zip(stops, named, strict=True) if told]
