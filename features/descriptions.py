"""What a merchant's description says of fibre, food and packing. Text is only read, never trusted."""

import re
from math import nan

_COTTON = r"(?:COTTON|COTT|CTN|COTON|ALGODON)"
_PERCENT = re.compile(rf"(\d{{1,3}}(?:\.\d+)?)\s*(?:%|PCT|PERCENT)\s*(?:\w+\s+){{0,2}}?{_COTTON}\b")
_PERCENT_AFTER = re.compile(rf"\b{_COTTON}\s*:?\s*(\d{{1,3}}(?:\.\d+)?)\s*(?:%|PCT)")
_ANY_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*(?:%|PCT|PERCENT)\s*([A-Z]+)")
_SLASH = re.compile(r"\b(\d{1,2})\s*/\s*(\d{1,2})\s+([A-Z]+)\s*[/ ]\s*([A-Z]+)")
_NEGATED = re.compile(
    rf"\b(?:OTHER THAN|NOT(?: OF)?|EXCL?(?:UDING)?\.?|EXCEPT|NON|NO|W/O|WITHOUT)[ -]+(?:OF )?{_COTTON}\b"
)
_MENTION = re.compile(rf"\b{_COTTON}\b")
_CHIEF_COTTON = re.compile(r"\bCVC\b")
_POLY_COTTON = re.compile(r"\b(?:T/C|TC|POLY ?COTTON|POLYCOTTON|PC BLEND)\b")
_TOMATO = re.compile(r"\b(?:TOMATO(?:ES)?|KETCHUP|CATSUP|PASSATA|POMODOR[OI])\b")
_PACK = re.compile(
    r"\b(?:(\d{1,3})\s*-?\s*(?:PACK|PK|PCS?/PACK|PC PACK|PER PACK|PIECE PACK)|PACK OF (\d{1,3}))\b"
)


def cotton_share(text: str) -> float:
    """Cotton in the goods by the text, 0–1; NaN where the text does not say. `OTHER THAN OF COTTON` is 0."""
    text = text.upper()
    if _NEGATED.search(text):
        return 0.0
    for pattern in (_PERCENT, _PERCENT_AFTER):
        if found := pattern.search(text):
            return min(float(found[1]), 100.0) / 100
    return _blend(text)


def _blend(text: str) -> float:
    if (found := _SLASH.search(text)) and any(_MENTION.match(word) for word in found.groups()[2:]):
        first = bool(_MENTION.match(found[3]))
        return float(found[1 if first else 2]) / 100
    if _CHIEF_COTTON.search(text):
        return 0.6
    if _POLY_COTTON.search(text):
        return 0.35
    if _MENTION.search(text):
        return nan if _ANY_PERCENT.search(text) else 1.0
    return 0.0 if any(float(share) >= 99 for share, _ in _ANY_PERCENT.findall(text)) else nan


def mentions_cotton(text: str) -> bool:
    """True where the text names cotton and does not deny it."""
    text = text.upper()
    return bool(_MENTION.search(text) or _CHIEF_COTTON.search(text)) and not _NEGATED.search(text)


def mentions_tomato(text: str) -> bool:
    """True where the text names tomatoes or a tomato product."""
    return bool(_TOMATO.search(text.upper()))


def pack_count(text: str) -> float:
    """Pieces in a pack by the text (`5-PACK`, `PACK OF 3`); NaN where it names none."""
    found = _PACK.search(text.upper())
    return float(found[1] or found[2]) if found else nan


def word_count(text: str) -> int:
    """Words in the text; few words mean a vague description."""
    return len(text.split())
