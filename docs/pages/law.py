"""The table of `docs/law.md`, made from the hand-made lines of `docs/law.csv`, which are also tests."""

import csv
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).parents[1] / "law.csv"
_HEAD: Final = (
    "goods",
    "HTSUS",
    "origin",
    "party and place",
    "day",
    "covered by",
    "barred",
    "material",
    "content",
    "share",
    "flags",
)
_PARTY: Final = {
    "maker": "",
    "seller": "seller ",
    "mid": "MID ",
    "address": "",
    "city": "",
    "postal_code": "",
    "smelt": "smelted in ",
    "cast": "cast in ",
    "melt_pour": "melted in ",
}


def document() -> str:
    """The lines as a Markdown table, in the order of the file."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [_cells(case) for case in csv.DictReader(file)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (_HEAD, ["---"] * len(_HEAD), *rows))


def _cells(case: dict[str, str]) -> list[str]:
    party = ", ".join(f"{said}{case[column]}" for column, said in _PARTY.items() if case[column])
    told = [case[column] for column in ("day", "instruments", "barred", "material", "content", "share", "flags")]
    return [case["goods"], case["htsus"], case["origin"], party, *(cell or "none" for cell in told)]
