"""Importer of record number: an EIN with suffix, a number assigned by CBP, or a social security number.

It may be personal data. Outside the store only `mask` of it is shown.
"""

import re
from typing import Final, Literal

Form = Literal["EIN", "CBP", "SSN"]

_FORMS: Final[tuple[tuple[Form, re.Pattern[str]], ...]] = (
    ("EIN", re.compile(r"[0-9]{2}-[0-9]{7}(?:[A-Z0-9]{2})?", re.ASCII)),
    ("CBP", re.compile(r"[0-9]{6}-[0-9]{5}", re.ASCII)),
    ("SSN", re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}", re.ASCII)),
)

_OWN: Final[dict[Form | None, int]] = {"EIN": 10, "CBP": 12}
"""Characters that are the firm's own."""


def normalise(text: str) -> str:
    """Upper case without blanks; hyphens stay, because they alone tell the forms apart."""
    return re.sub(r"\s", "", text).upper()


def form(text: str) -> Form | None:
    """Which of the three forms the number has; None if it has none of them or came without its hyphens."""
    number = normalise(text)
    return next((name for name, pattern in _FORMS if pattern.fullmatch(number)), None)


def mask(text: str | None) -> str:
    """What may be shown: form and last two digits of a firm's number, without its suffix; nothing of any other.

    The suffix of an EIN names a branch, `00` as a rule: it would tell no two firms apart.
    A number of no known form may be a social security number without its hyphens, so it is hidden whole.
    """
    if not text:
        return ""
    kind = form(text)
    if kind in (None, "SSN"):
        return f"{kind or 'number'} ***"
    return f"{kind} ***{normalise(text)[: _OWN[kind]][-2:]}"
