"""Parsers of words and texts: enumerations, truth values, names."""

import re
from typing import Final

from originrisk.data.repairs.cell import BrokenCellError, Notes, Parser, noted

_TRUTH: Final = {
    **dict.fromkeys(("TRUE", "T", "YES", "Y", "1"), True),
    **dict.fromkeys(("FALSE", "F", "NO", "N", "0"), False),
}


def one_of(*words: str) -> Parser:
    """Parser of a word from a list; blanks and hyphens stand for underscores."""

    def parser(text: str, notes: Notes) -> str:
        word = noted(text, text.lower(), "letter case", notes)
        word = noted(word, re.sub(r"[\s-]+", "_", word), "blanks or hyphens in a word", notes)
        if word not in words:
            raise BrokenCellError("unknown word")
        return word

    return parser


def truth(text: str, notes: Notes) -> bool:
    """True or false, also from yes and no."""
    value = _TRUTH.get(text.upper())
    if value is None:
        raise BrokenCellError("neither true nor false")
    noted(text, str(value).lower(), "another word for true or false", notes)
    return value


def free_text(text: str, notes: Notes) -> str:
    """Text as it is, without the `.0` that a spreadsheet puts behind a number."""
    return noted(text, re.sub(r"^(\d{2,})\.0$", r"\1", text), "`.0` behind a code", notes)
