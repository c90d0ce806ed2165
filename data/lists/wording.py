"""The parties that a cell of a published list names, in the wording of CBP, DHS and the Federal Register.

`Ash Co., Ltd. (and two aliases: Ashe; and Asche)`, `Ash Co., Ltd. and its two subsidiaries, which include A and B`,
`Ash, a/k/a Ashe`. What is not understood is an error, never half a name.
"""

import re
from dataclasses import dataclass
from typing import Final

_NUMBERS: Final = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)  # fmt: skip
_NUMBER: Final = {word: number for number, word in enumerate(_NUMBERS.split(), 1)}
_AKA: Final = re.compile(
    r",?\s*\b(?:[afd][./]?[kb][./]?a\b\.?|(?:also|formerly|previously|now)\s+(?:known|listed|trading)\s+as|formerly|"
    r"(?:also|formerly|previously|now)\s+(?:named|called)|doing\s+business\s+as|trading\s+as|renamed)[:,]?\s*",
    re.IGNORECASE,
)
_ALIASES: Final = re.compile(
    r"^(?:and|including|with)?\s*(?:(?:the\s+)?(?:following\s+)?(?P<count>\w+)\s+)?alias(?:es)?\s*:?\s*(?P<names>.+)$",
    re.IGNORECASE,
)
_SUBSIDIARIES: Final = re.compile(
    r"^(?P<parent>.+?),?\s+and\s+(?:(?:its|their)\s+)?(?:(?P<count>\w+)\s+)?(?:[A-Z][\w-]*-based\s+)?"
    r"(?:subsidiaries|subsidiary|affiliates?|(?:subordinate\s+and\s+)?affiliated\s+entities)"
    r"(?:,?\s*(?:(?:which|that|who)\s+(?:include|are)|including|namely)?:?\s+(?P<names>.+))?$",
    re.IGNORECASE,
)
_ACRONYM: Final = re.compile(r"[A-Z]{3,}")
_REMARK: Final = re.compile(
    r"\b(?:alias(?:es)?|known as|listed as|subsidiaries|affiliates|affiliated entities|formerly|previously|"
    r"includ(?:e|es|ing)|renamed|hereinafter|as well as|together with)\b",
    re.IGNORECASE,
)
_FORM: Final = r"(?:Ltd|Limited|Inc|Incorporated|LLC|Corp|Co|L\.?P|S\.?A|Branch|Xinye Branch)\b"
_COMMA: Final = rf"\s*,(?!\s*(?:and\s+)?{_FORM})\s*(?:and\s+)?"
_SEMICOLON: Final = re.compile(r";\s*")
_AND: Final = re.compile(r"(?<=Ltd\.)\s+and\s+(?=[A-Z])")
_PARTED: Final = tuple(map(re.compile, (r"\s*;\s*(?:and\s+)?", _COMMA, rf"{_COMMA}|\s+and\s+")))
"""Ways to part an enumeration: by semicolons, by commas that are not those of `Co., Ltd.`, by commas and `and`."""


class NotUnderstoodError(ValueError):
    """A cell whose wording is none of the known ones; the text is what could not be read."""


@dataclass(frozen=True, slots=True)
class Party:
    """A party as published; `and_others` is how a cell speaks of more that it does not name: `and its subsidiaries`."""

    name: str
    aliases: tuple[str, ...] = ()
    and_others: str = ""


def parties(text: str) -> list[Party]:
    """The parties of a cell, in its order; none in an empty one. Raises NotUnderstoodError."""
    cells = (cell.strip() for cell in _outside(_SEMICOLON, text))
    return [party for cell in cells if cell for party in _with_subsidiaries(cell)]


def listed(text: str, count: int | None = None) -> list[str]:
    """The names of an enumeration; of several ways to part it the first that gives `count` of them."""
    ways = [
        [part.strip(" .;,") if way is _PARTED[0] else part.strip(" ;,") for part in _outside(way, text)]
        for way in _PARTED
    ]
    ways = [[part for cell in _outside(way, text) if (part := cell.strip(" ;,"))] for way in _PARTED]
    if count is None:
        return ways[0] if ";" in text else ways[1]
    fitting = [[text.strip(" ;,")]] * (count == 1) + [parts for parts in ways if len(parts) == count]
    if not fitting:
        raise NotUnderstoodError(f"not {count} names: {text}")
    return fitting[0]


def _with_subsidiaries(text: str) -> list[Party]:
    found = _SUBSIDIARIES.match(text)
    if not found:
        return [_party(one.strip()) for one in _outside(_AND, text)]
    parent, names = _party(found["parent"]), found["names"]
    if not names:
        return [Party(parent.name, parent.aliases, text[len(found["parent"]) :].strip(" ,"))]
    return [parent, *(_party(name) for name in listed(names, _counted(found["count"])))]


def _party(text: str) -> Party:
    """A name with its remarks in brackets or behind `a/k/a`; brackets that are no remark belong to the name."""
    aliases: list[str] = []
    while (opening := _last_bracket(text)) is not None:
        inner = text[opening + 1 :].rstrip(" .")[:-1].strip()
        remark = _ALIASES.match(inner)
        if remark:
            aliases[:0] = listed(remark["names"], _counted(remark["count"]))
        elif _AKA.match(inner):
            aliases[:0] = [name for name in _AKA.split(inner) if name]
        elif _ACRONYM.fullmatch(inner):
            aliases[:0] = [inner]
        else:
            break
        text = text[:opening].rstrip(" ,")
    name, *others = _AKA.split(text)
    told = [one.strip(" ,;") for one in (name, *others, *aliases)]
    for one in told:
        if not one or _REMARK.search(one) or one.count("(") != one.count(")"):
            raise NotUnderstoodError(text)
    return Party(told[0], tuple(dict.fromkeys(told[1:])))


def _last_bracket(text: str) -> int | None:
    """Where the bracket opens that closes at the end of the text."""
    depth, end = 0, text.rstrip(" .")
    if not end.endswith(")"):
        return None
    for place in range(len(end) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(end[place], 0)
        if not depth:
            return place
    raise NotUnderstoodError(text)


def _outside(separator: re.Pattern[str], text: str) -> list[str]:
    """The text parted by a separator where it stands outside all brackets."""
    parts, start = [], 0
    for found in separator.finditer(text):
        before = text[: found.start()]
        if before.count("(") == before.count(")"):
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]


def _counted(word: str | None) -> int | None:
    if not word or word.casefold() in ("the", "several", "various"):
        return None
    number = int(word) if word.isascii() and word.isdigit() else _NUMBER.get(word.casefold())
    if number is None:
        raise NotUnderstoodError(word)
    return number
