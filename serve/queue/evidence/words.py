"""Words for people: a probability with its band, and declared text that hides, reorders or runs nothing."""

import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from originrisk.data import reference
from originrisk.data.errors import Problem
from originrisk.models.calibration import NOT_EXAMINED, Calibrator
from originrisk.models.registry import bundle_path

STEPS: Final = (
    (0.5, "more likely than not"),
    (0.2, "quite possible"),
    (0.05, "possible"),
    (0.01, "unlikely"),
    (0.0, "very unlikely"),
)
"""Probability from which each word is used."""

TOO_WIDE: Final = 3
"""A band whose ends are so many words apart says that too few results are known of lines like this one."""


@dataclass(frozen=True, slots=True)
class Said:
    """A probability, its 90 % band, and both in words. `lower` and `upper` are None where no bundle is kept.

    `chapter` is that of goods of which no result taught the model, else empty."""

    probability: float
    lower: float | None
    upper: float | None
    chapter: str = ""

    @property
    def word(self) -> str:
        """The probability as a word."""
        return STEPS[_step(self.probability)][1]

    @property
    def band(self) -> str:
        """The band as a sentence."""
        if self.lower is None or self.upper is None:
            return "The model that gave it is no longer kept, so its band is not known."
        left_open = f"{percent(self.lower)} to {percent(self.upper)} open (90 % band)."
        if self.chapter:
            return f"Insufficient evidence: {NOT_EXAMINED.format(self.chapter)} to the model. It leaves {left_open}"
        if _step(self.lower) - _step(self.upper) >= TOO_WIDE:
            return f"Insufficient evidence: too few results are known of lines like this one. They leave {left_open}"
        return f"The evidence leaves {left_open}"


def said(home: Path, model_version: str, probability: float, htsus: str) -> Said:
    """A probability of a model, with the band that this model's calibration gives to goods of a tariff number."""
    calibrator = _calibrator(bundle_path(home, model_version) / "calibrator.json")
    if calibrator is None:
        return Said(probability, None, None)
    lower, upper = calibrator.band(np.array([probability]), [htsus])
    chapter = htsus[:2] if calibrator.unknown([htsus])[0] else ""
    return Said(probability, float(lower[0]), float(upper[0]), chapter)


def _step(probability: float) -> int:
    return next(place for place, (least, _) in enumerate(STEPS) if probability >= least)


def moment(at: datetime) -> str:
    """A time with its zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def plain(problem: Problem) -> str:
    """A problem of what somebody filled in, as one says it to them."""
    where = problem.where[:1].upper() + problem.where[1:]
    given = "" if problem.found == "none" else f", not {problem.found}"
    return f"{where}: please give {problem.expected}{given}. {problem.next_step}".rstrip()


def percent(share: float) -> str:
    """A share as people write it, with as many digits as it deserves; never a certainty that it is not."""
    if 0 < share < 0.0001:
        return "<0.01%"
    if 0.995 <= share < 1:
        return ">99%"
    if share >= 0.095 or share == 0:
        return f"{share:.0%}"
    return f"{share:.1%}" if share >= 0.0095 else f"{share:.2%}"


@lru_cache(maxsize=64)
def _calibrator(path: Path) -> Calibrator | None:
    return Calibrator.from_json(json.loads(path.read_text("utf-8"))) if path.is_file() else None


HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that leave no mark of their own: control, format (also those that turn the direction)."""
BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u180b\u180c\u180d\u180f")
"""Letters and marks that look like nothing."""
PILE: Final = 2
"""Marks over one letter that are still a spelling."""
FOLDED: Final = 120
"""Characters of a cell that stand in a list; the line page has the rest."""


def visible(text: str, *, lines: bool = False) -> str:
    """The text with every character that cannot be seen written as `‹U+202E›`; with `lines`, but for ends of lines."""
    if text.isascii() and text.isprintable():
        return text
    shown, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        hidden = (_unseen(character) or marks > PILE) and not (lines and character in "\t\n\r")
        shown.append(f"‹U+{ord(character):04X}›" if hidden else character)
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
    # variation selectors change the look of what stands before them
    selects = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return category in HIDDEN or odd_blank or character in BLANK_LETTERS or selects


def port(code: str | None) -> str:
    """A US port with its name."""
    known = reference.us_ports_by_code().get(code or "")
    return f"{code} {known.name}" if known else code or "no port"


def country(code: str | None) -> str:
    """A country with its name."""
    known = reference.countries_by_alpha_2().get(code or "")
    return f"{code} {known.name}" if known else code or "no country"
