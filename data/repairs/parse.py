"""A cell of text under a rule of the contract: cleaned, repaired where certain, broken where not."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from originrisk.data.repairs import codes, quantities, words
from originrisk.data.repairs.cell import BrokenCellError, Cell, Notes, Parser, noted

PARSERS: Final[Mapping[str, Parser]] = {
    "text": words.free_text,
    "entry number": codes.checked_entry_number,
    "foreign entry number": codes.matching(r"[A-Z0-9][A-Z0-9_./-]{0,39}", "not letters, digits and hyphens"),
    "line number": codes.line_number,
    "entry type": codes.digits(2),
    "date": quantities.day(),
    "importer number": codes.matching(r"[A-Z0-9][A-Z0-9-]{1,19}", "not letters, digits and hyphens"),
    "manufacturer id": codes.matching(r"[A-Z0-9]{3,15}", "not 3 to 15 letters and digits"),
    "country": codes.country,
    "schedule k": codes.matching(r"\d{5}", "not 5 digits"),
    "schedule d": codes.digits(4),
    "transport mode": codes.matching(r"\d{2}", "not 2 digits"),
    "htsus": codes.tariff_number,
    "unit": codes.matching(r"[A-Z0-9]{1,10}", "not a unit code"),
    "amount": quantities.number(least=0.0),
    "number": quantities.number(),
    "probability": quantities.number(0.0, 1.0),
    "boolean": words.truth,
    "selection": words.one_of("random", "targeted", "referral", "mandatory"),
    "method": words.one_of("isotopic", "dna", "document_review", "detention", "other"),
    "result": words.one_of("xinjiang", "not_xinjiang", "inconclusive"),
}

PLACEHOLDERS: Final = frozenset(
    {"N/A", "#N/A", "N.A.", "NULL", "NONE", "UNKNOWN", "NOT AVAILABLE", "-", "--", "---", "."}
)
# Elsewhere these are names: of people, and of Namibia.
NUMERIC_PLACEHOLDERS: Final = frozenset({"NA", "NAN", "NAT", "<NA>"})
NUMERIC: Final = frozenset({"line number", "date", "amount", "number", "probability", "boolean"})

_INVISIBLE: Final = re.compile("[\u200b\u2060\ufeff\u00ad]")
_DIRECTION: Final = re.compile("[\u200c-\u200f\u202a-\u202e\u2066-\u2069]")


def parse(rule: str, text: str, parser: Parser | None = None) -> Cell:
    """The cell under a rule; `parser` stands in for the rule's own where a mapping states another form."""
    notes: Notes = []
    try:
        cleaned = clean(text, notes, keep_direction=rule == "text")
        if is_placeholder(cleaned, rule):
            return Cell(repairs=(*notes, "placeholder word"))
        return Cell((parser or PARSERS[rule])(cleaned, notes) if cleaned else None, tuple(notes))
    except BrokenCellError as error:
        return Cell(broken=str(error))


def is_placeholder(text: str, rule: str) -> bool:
    """Whether the text is a word for "nothing here" in a cell of that rule."""
    word = text.upper()
    return word in PLACEHOLDERS or (rule in NUMERIC and word in NUMERIC_PLACEHOLDERS)


def clean(text: str, notes: Notes, *, keep_direction: bool) -> str:
    """Without what carries no meaning. In a text the direction marks stay: they are part of it."""
    if not text.isascii():
        text = _without_marks(text, notes, keep_direction=keep_direction)
    text = noted(text, text.strip(), "surrounding blanks", notes)
    if text.startswith("'"):
        escaped = r"^'(?=[\d=+@-])" if keep_direction else r"^'"
        text = noted(text, re.sub(escaped, "", text), "leading apostrophe", notes)
    return text


def _without_marks(text: str, notes: Notes, *, keep_direction: bool) -> str:
    """A text of more than ASCII without invisible marks, in the normal form of Unicode."""
    text = noted(text, _INVISIBLE.sub("", text), "zero-width mark", notes)
    if not keep_direction:
        text = noted(text, _DIRECTION.sub("", text), "direction mark", notes)
    return noted(text, unicodedata.normalize("NFKC", text), "Unicode NFKC", notes)
