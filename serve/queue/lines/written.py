"""Declared text as people may safely look at it: what would hide, reorder or pile up is shown as its code point."""

import unicodedata
from typing import Final

HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that leave no mark of their own: control, format (also those that turn the direction)."""
BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u180b\u180c\u180d\u180f")
"""Letters and marks that look like nothing."""
PILE: Final = 2
"""Marks over one letter that are still a spelling."""
FOLDED: Final = 120
"""Characters of a cell that stand in a list; the line page has the rest."""


def visible(text: str) -> str:
    """The text with every character that cannot be seen written as `‹U+202E›`."""
    shown, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        shown.append(_code(character) if _unseen(character) or marks > PILE else character)
    return "".join(shown)


def folded(text: str | None, most: int = FOLDED) -> str:
    """At most that many characters of a text, visible, with how many more there are; empty for none."""
    if text is None:
        return ""
    over = len(text) - most
    return visible(text[:most]) + (f"… (+{over:,} characters)" if over > 0 else "")


def cut(text: str, most: int) -> str:
    """A label of at most about that many characters, visible."""
    return visible(text) if len(text) <= most else f"{visible(text[: most - 1]).rstrip()}…"


def _unseen(character: str) -> bool:
    category = unicodedata.category(character)
    odd_blank = category == "Zs" and character not in " \u3000"
    return category in HIDDEN or odd_blank or character in BLANK_LETTERS or _selects(character)


def _selects(character: str) -> bool:
    """Variation selectors change the look of what stands before them."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _code(character: str) -> str:
    return f"‹U+{ord(character):04X}›"
