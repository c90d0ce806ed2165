"""The way of the goods as declared: from the maker to the US port, place after place."""

from dataclasses import dataclass
from typing import Any

from originrisk.data import reference
from originrisk.data.reference import country_of_schedule_k
from originrisk.serve.queue.lines.shown_day import country, port


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on the way: what happened there, the place in words, its country (ISO alpha-2) where known."""

    what: str
    place: str
    country: str | None


def route(line: dict[str, Any]) -> list[Stop]:
    """The places that a row of `entries` names, in the order of the way."""
    lading = line["port_of_lading"]
    stops = [
        ("declared origin", country(line["country_of_origin"]), line["country_of_origin"]),
        ("maker's city", line["manufacturer_city"] or "", _of_mid(line["manufacturer_id"])),
        ("exported from", country(line["country_of_export"]), line["country_of_export"]),
        ("loaded at", _foreign(lading), country_of_schedule_k(lading) if lading else None),
        ("unladen at", port(line["port_of_unlading"]), "US"),
        ("entered at", port(line["port_of_entry"]), "US"),
    ]
    named = (line["country_of_origin"], line["manufacturer_city"], line["country_of_export"], lading,
             line["port_of_unlading"], line["port_of_entry"])  # fmt: skip
    return [Stop(*stop) for stop, told in zip(stops, named, strict=True) if told]


def _foreign(code: str | None) -> str:
    known = reference.foreign_ports_by_code().get(code or "")
    return f"{known.name} ({code})" if known else code or ""


def _of_mid(mid: str | None) -> str | None:
    """The country that begins a MID."""
    return mid[:2] if mid and mid[:2] in reference.countries_by_alpha_2() else None
