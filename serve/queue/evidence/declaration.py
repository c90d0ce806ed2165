"""The declaration as it was filed, what it does not say, and the way of the goods that it tells."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from originrisk.data import reference
from originrisk.data.contract import ENTRIES
from originrisk.data.identifiers.importer_number import mask
from originrisk.data.reference import country_of_schedule_k
from originrisk.serve.queue.evidence.store_reader import StoreReader
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


LABELS: Final = {
    "entry_number": "Entry", "line_number": "Line", "entry_date": "Entered", "received_on": "Received here",
    "manufacturer_id": "Maker's MID", "manufacturer_name": "Maker", "manufacturer_address": "Maker's street",
    "manufacturer_city": "Maker's city", "manufacturer_postal_code": "Maker's postal code",
    "seller_name": "Seller", "consolidator_name": "Consolidator", "importer_number": "Importer of record",
    "consignee_number": "Consignee", "country_of_origin": "Declared origin", "country_of_export": "Exported from",
    "port_of_lading": "Loaded at", "port_of_unlading": "Unladen at", "port_of_entry": "Entered at",
    "htsus": "HTSUS", "entered_value_usd": "Entered value, USD", "gross_weight_kg": "Gross weight, kg",
}  # fmt: skip
"""Columns in plain words; others are called by their name."""
USUAL: Final = ("manufacturer_name", "importer_number", "country_of_origin", "unit_of_measure")
"""Columns in which a line is set beside its supplier's others."""
LEAST: Final = 5
"""Lines of a supplier from which something is usual; it is so in at least four of five."""


@dataclass(frozen=True, slots=True)
class Field:
    """A declared column: label, name and meaning, its value as text (None where nothing was declared).

    `usual` says what this supplier's other lines declare, where this one differs.
    """

    label: str
    name: str
    meaning: str
    text: str | None
    usual: str


def declared(reader: StoreReader, line: dict[str, Any], others: pa.Table) -> list[Field]:
    """Every column of a row of `entries`, beside the `others` of its supplier; importers by their alias."""

    def text(name: str, value: Any) -> str | None:
        if value is None:
            return None
        if name in MASKED:
            return f"Importer {reader.alias(value)}" if name == "importer_number" else mask(value)
        if isinstance(value, float):
            return f"{value:,.2f}".removesuffix(".00")
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

    def usual(name: str) -> str:
        if name not in USUAL or len(others) < LEAST:
            return ""
        ((most, lines),) = Counter(others[name].to_pylist()).most_common(1)
        if most == line[name] or lines < 0.8 * len(others):
            return ""
        return f"{lines:,} of {len(others):,} earlier lines: {text(name, most) or 'not declared'}"

    return [
        Field(
            LABELS.get(one.name, one.name.replace("_", " ").capitalize()),
            one.name,
            one.meaning.replace("`", ""),
            text(one.name, line[one.name]),
            usual(one.name),
        )
        for one in ENTRIES.columns
    ]


def missing(line: dict[str, Any]) -> list[tuple[str, str]]:
    """What was not declared and would matter: the column, and what its lack means."""
    return [(name, why) for name, why in MATTERS.items() if line[name] in (None, "")]


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
