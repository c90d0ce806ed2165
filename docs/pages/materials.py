"""Tables of `docs/materials.md`: each material's figures with their sources, and what is not known."""

from datetime import date
from typing import Final

from originrisk.data import reference

TODAY: Final = date(2026, 11, 1)


def document() -> str:
    """A row a material: tariff prefixes with their content, shares, dependence, words."""
    head = "| material | tariff prefixes (content) | Xinjiang in China | from China | words |\n|---|---|---|---|---|"
    return "\n".join([head, *(_row(row.material, row.name) for row in reference.named_materials())])


def _row(material: str, name: str) -> str:
    prefixes = [row for row in reference.scope() if row.material == material]
    broad = sorted((row for row in prefixes if len(row.hts_prefix) < 10), key=lambda row: -(row.content or 0))
    shown = ", ".join(f"{row.hts_prefix} ({row.content:g})" for row in broad[:12])
    more = len(prefixes) - len(broad[:12])
    cells = [
        name,
        shown + (f" and {more} more" if more else ""),
        _shares(material),
        _dependence(material),
        _words(material),
    ]
    return f"| {' | '.join(cells)} |"


def _shares(material: str) -> str:
    rows = [row for row in reference.xinjiang_shares() if row.material == material and row.known_from < TODAY]
    latest = {row.measure: row for row in sorted(rows, key=lambda row: row.known_from)}
    told = [
        f"{row.share:g} of {row.measure} ({row.year}, {row.confidence}, {row.source}, known {row.known_from})"
        for row in latest.values()
    ]
    without = next(row for row in reference.named_materials() if row.material == material)
    return "; ".join(told) or ("not known" if without.xinjiang_input else f"no input: moved labour ({without.source})")


def _dependence(material: str) -> str:
    rows = [row for row in reference.exposures() if row.material == material]
    latest = {row.country: row for row in sorted(rows, key=lambda row: row.known_from)}
    return ", ".join(f"{row.country} {row.china_dependence:g}" for row in latest.values()) or "not known"


def _words(material: str) -> str:
    words = [row.word for row in reference.material_words() if material in row.materials]
    return ", ".join(words[:6]) + (" …" if len(words) > 6 else "")
