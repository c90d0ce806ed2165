"""The declaration as it was filed, and what it does not say."""

from dataclasses import dataclass
from typing import Any, Final

from originrisk.data.contract import ENTRIES
from originrisk.data.identifiers.importer_number import mask

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
