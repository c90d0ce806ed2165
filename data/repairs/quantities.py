"""Parsers of numbers and dates. A decimal comma and the order of day and month are never guessed."""

import re
from datetime import date, datetime
from typing import Final

from originrisk.data.repairs.cell import BrokenCellError, Notes, Parser, noted

EARLIEST: Final = date(1980, 1, 1)
LATEST: Final = date(2100, 12, 31)

_DOLLARS: Final = re.compile(r"^(-?)(?:US\$|USD|\$)\s*|\s*(?:US\$|USD|\$)$", re.IGNORECASE)
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(?:([,' ])\d{3})(?:\1\d{3})*(\.\d+)?", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?[\d.]*\d,\d+", re.ASCII)
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ISO_WITH_TIME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*", re.ASCII)
_YEAR_FIRST: Final = re.compile(r"(\d{4})[/.]?(\d{2})[/.]?(\d{2})", re.ASCII)


def number(
    least: float = float("-inf"), most: float = float("inf"), *, decimal_comma: bool = False
) -> Parser:
    """Parser of a decimal number between two bounds, both allowed; a mapping may state a decimal comma."""

    def parser(text: str, notes: Notes) -> float:
        if decimal_comma:
            text = text.translate({ord("."): None, ord(","): "."})
        value = float(_decimal(text, notes))
        if not least <= value <= most:
            raise BrokenCellError("out of range")
        return value + 0.0  # no negative zero

    return parser


def _decimal(text: str, notes: Notes) -> str:
    text = noted(text, _DOLLARS.sub(r"\1", text), "currency sign", notes)
    if _THOUSANDS.fullmatch(text):
        text = noted(text, re.sub(r"[,' ]", "", text), "thousands separators", notes)
    if _DECIMAL.fullmatch(text):
        return text
    if _DECIMAL_COMMA.fullmatch(text):
        raise BrokenCellError("decimal comma in doubt")
    return _scientific(text, notes)


def _scientific(text: str, notes: Notes) -> str:
    """A machine's own notation is exact; a spreadsheet's (`1.23E+05`) has lost digits."""
    try:
        exact = repr(float(text)) == text and text[-1].isdigit()
    except ValueError:
        raise BrokenCellError("not a number") from None
    if not exact:
        raise BrokenCellError("scientific notation" if "e" in text.lower() else "not a finite number")
    notes.append("scientific notation of a machine")
    return text


def day(layout: str | None = None) -> Parser:
    """Parser of dates: ISO, or in the layout (as in strptime) that a mapping states."""

    def parser(text: str, notes: Notes) -> date:
        found = _stated(text, layout) if layout else None
        found = found or _iso(text, notes)
        if not EARLIEST <= found <= LATEST:
            raise BrokenCellError("out of range")
        return found

    return parser


def _stated(text: str, layout: str) -> date | None:
    try:
        return datetime.strptime(text, layout).date()
    except ValueError:
        return None


def _iso(text: str, notes: Notes) -> date:
    text = noted(text, _ISO_WITH_TIME.sub(r"\1", text), "date with a time", notes)
    text = noted(text, _YEAR_FIRST.sub(r"\1-\2-\3", text), "year first without hyphens", notes)
    if not _ISO.fullmatch(text):
        doubtful = re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", text, re.ASCII)
        raise BrokenCellError("order of day and month in doubt" if doubtful else "not a date")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BrokenCellError("no such day") from None
