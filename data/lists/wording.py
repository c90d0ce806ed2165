"""The parties that a cell of a published list names, in the wording of CBP, DHS and the Federal Register.

`Ash Co., Ltd. (and two aliases: Ashe; and Asche)`, `Ash Co., Ltd. and its two subsidiaries, which include A and B`,
`Ash, a/k/a Ashe`, `Ash Co., Ltd. (艾什有限公司)`. What is not understood is an error, never half a name.
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

_NUMBERS: Final = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)  # fmt: skip
_NUMBER: Final = {word: number for number, word in enumerate(_NUMBERS.split(), 1)}
_PLAIN: Final = {ord(sign): plain for sign, plain in zip("（）“”„＂；，：", '()"""";,:', strict=True)}
_KNOWN_AS: Final = (
    r"(?:\b(?:[afnd][./]?[kb][./]?a\b\.?|(?:also|formerly|previously|now)\s+(?:known|listed|trading)\s+as|formerly|"
    r"(?:also|formerly|previously|now)\s+(?:named|called)|doing\s+business\s+as|trading\s+as|renamed)|又名|曾用名|原名)"
    r"[:,]?\s*"
)
_AKA: Final = re.compile(rf"(?:^|(?<=[\s,;(]))(?:(?:and|or)\s+)?{_KNOWN_AS}", re.IGNORECASE)
_ALIASES: Final = re.compile(
    r"^(?:and|including|with)?\s*(?:(?:the|its|their)\s+)?(?:following\s+)?(?:(?P<count>\w+)\s+)?"
    r"alias(?P<many>es)?\s*(?:,?\s*(?:including|which\s+(?:include|are)))?\s*:?\s*(?P<names>.+)$",
    re.IGNORECASE,
)
_SUBSIDIARIES: Final = re.compile(
    r"^(?P<parent>.+?),?\s+(?:and|including|with|as\s+well\s+as|together\s+with)\s+(?:(?P<some>\w+)\s+of\s+)?"
    r"(?:(?:its|their)\s+)?(?:(?P<count>\w+)\s+)?(?:[A-Z][\w-]*-based\s+)?"
    r"(?:subsidiaries|subsidiary|affiliates?|(?:subordinate\s+and\s+)?affiliated\s+entities)"
    r"(?:,?\s*(?:(?:which|that|who)\s+(?:include|are)|including|namely)?:?\s+(?P<names>.+))?$",
    re.IGNORECASE,
)
_ENUMERATED: Final = re.compile(r"\b(?:subsidiaries|affiliates|affiliated entities)[^:;]*:[^:]+;[^:]+$", re.IGNORECASE)
_ACRONYM: Final = re.compile(r'[A-Z]{3,}|".+"')
_LATIN: Final = re.compile("[A-Za-z]{2}")
_REMARK: Final = re.compile(
    r"\b(?:alias(?:es)?|known as|listed as|subsidiaries|affiliates|affiliated entities|formerly|previously|"
    r"includ(?:e|es|ing)|renamed|hereinafter|as well as|together with)\b",
    re.IGNORECASE,
)
_FORM: Final = r"(?:Ltd|Limited|Inc|Incorporated|LLC|Corp|Co|L\.?P|S\.?A|Branch|Xinye Branch)\b"
_COMMA: Final = rf"\s*,(?!\s*(?:and\s+)?{_FORM})\s*(?:and\s+)?"
_AFTER_FORM: Final = r"(?<=\b(?:Ltd|Inc)\.)\s+and\s+(?=\S)"
_SEMICOLON: Final = re.compile(rf";\s*(?!\s*(?:and\s+)?{_KNOWN_AS})", re.IGNORECASE)
_AND: Final = re.compile(_AFTER_FORM)
_PARTED: Final = tuple(re.compile(way) for way in (r"\s*;\s*(?:and\s+)?", _AFTER_FORM, _COMMA, rf"{_COMMA}|\s+and\s+"))
"""Ways to part an enumeration: by semicolons, an `and` behind `Ltd.`, commas that are not those of `Co., Ltd.`, commas
and `and`."""


class NotUnderstoodError(ValueError):
    """A cell whose wording is none of the known ones; the text is what could not be read."""


@dataclass(frozen=True, slots=True)
class ListedParty:
    """A party as published; `and_others` is how a cell speaks of more that it does not name: `and its subsidiaries`."""

    name: str
    aliases: tuple[str, ...] = ()
    and_others: str = ""


def parties(text: str) -> list[ListedParty]:
    """The parties of a cell, in its order; none in an empty one. Raises NotUnderstoodError."""
    plain = re.sub(r"(?<=\S)\(", " (", re.sub(r"\s+[—–-]\s+", ", ", text.translate(_PLAIN)))
    found = []
    for cell in [plain] if _ENUMERATED.search(plain) else (cell.strip() for cell in _outside(_SEMICOLON, plain)):
        told = _SUBSIDIARIES.match(cell) if cell else None
        if told is None:
            found += [_party(one.strip()) for one in _outside(_AND, cell) if cell]
            continue
        parent, names = _party(told["parent"]), told["names"]
        if not names:
            others = cell[len(told["parent"]) :].strip(" ,")
            found.append(ListedParty(parent.name, parent.aliases, others))
            continue
        if names.startswith("(") and _last_bracket(names) == 0:
            names = names.rstrip(" .")[1:-1]
        found += [parent, *map(_party, listed(names, _counted(told["some"] or told["count"]), several=True))]
    return found


def listed(text: str, count: int | None = None, *, several: bool = False) -> list[str]:
    """The names of an enumeration: the first way to part it that gives `count` of them, or else, without a count, more
    than one. `several` says that they are more than one, so that an `and` parts them too."""
    ways = [[text.strip(" ;,")]]
    ways += ([part for cell in _outside(way, text) if (part := cell.strip(" ;,"))] for way in _PARTED)
    if count is not None:
        fitting = [parts for parts in ways if len(parts) == count]
        if not fitting:
            raise NotUnderstoodError(f"not {count} names: {text}")
        return fitting[0]
    by_form, by_comma = ways[2], ways[3]
    if not several and ways[4] != by_comma and len(by_comma) > 1 and len(by_form) == 1:
        raise NotUnderstoodError(text)  # `A, B and C`: three names, or two
    return next((parts for parts in ways[1 : 5 if several else 4] if len(parts) > 1), ways[0])


def _party(text: str) -> ListedParty:
    """A name with its remarks in brackets or behind `a/k/a`; brackets that are no remark belong to the name."""
    aliases: list[str] = []
    while (opening := _last_bracket(text)) is not None:
        inner, before = text[opening + 1 :].rstrip(" .")[:-1].strip(), text[:opening].rstrip(" ,")
        if remark := _ALIASES.match(inner):
            aliases[:0] = listed(remark["names"], _counted(remark["count"]), several=bool(remark["many"]))
        elif _AKA.match(inner):
            aliases[:0] = _known_as(inner)
        elif _ACRONYM.fullmatch(inner) or bool(_LATIN.search(inner)) != bool(_LATIN.search(before)):
            aliases[:0] = [inner]
        else:
            break
        text = before
    end = found.start() if (found := _AKA.search(text)) else len(text)
    told = [one.strip(' ,;"') for one in (text[:end], *_known_as(text[end:]), *aliases)]
    for one in told:
        if not one or _REMARK.search(one) or one.count("(") != one.count(")"):
            raise NotUnderstoodError(text)
    return ListedParty(told[0], tuple(dict.fromkeys(told[1:])))


def _known_as(text: str) -> list[str]:
    """The names behind each `also known as` of a remark."""
    return [name for part in _AKA.split(text) if part.strip(" ,;") for name in listed(part)]


def _understood(text: str) -> bool:
    try:
        return bool(parties(text))
    except NotUnderstoodError:
        return False


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


_HEADED: Final = re.compile(r"^.*2\(d\)\(2\)\(B\)\(([iv]+)\).*$", re.MULTILINE)
_EFFECTIVE: Final = re.compile(
    r"(?:effective|applicable)(?:\s+(?:as\s+of|on|date\s+of|date|beginning))?:?\s+([A-Z][a-z]+\s+\d{1,2},\s+\d{4})",
    re.IGNORECASE,
)
_PROSE: Final = re.compile(
    r"\b(?:is|are|was|were|shall|may|must|has|have|will|this notice|following|[Ss]ee)\b|"
    r"^(?:A )?List of\b|^No entit|:$|\bFR \d|\bU\.S\.C\.|^\\\d+\\|^\[\d+\]"
)
_ITEM: Final = re.compile(r"^(?:[•*▪●◦–—-]|\(?(?:\d{1,3}|[ivx]{1,5}|[A-Za-z])[.)])\s+")
_FOOTNOTE: Final = re.compile(r"\s*\\\d+\\|\s*\[\d+\]|(?<=[.);:])\d{1,2}(?=[\s;.]|$)|[¹²³⁰⁴-⁹]+")
_OPEN: Final = re.compile(r"(?:,|\b(?<!; )and|\binclude|\bknown as)$")

_CLOSING: Final = re.compile(r"^(?:\[FR Doc|Dated:|BILLING CODE|Signed|\w.*\bSecretary\b)")


class Notice(NamedTuple):
    """A notice of the Federal Register: the day of its effect as written ("" for none), and the parties that it names:
    number of the line, sublist, text."""

    effective: str
    named: list[tuple[int, str, str]]


def notice(text: str) -> Notice | None:
    """A notice pasted as text: parties stand line by line under the number of their sublist; prose and footnotes are
    passed over. None for a text that names no sublist."""
    found, sublist, item, start, marked = _EFFECTIVE.search(text), "", "", 0, False
    named = []
    for number, raw in enumerate([*text.splitlines(), ""], 1):
        line, begins = raw.strip(), bool(_ITEM.match(raw.strip()))
        headed, prose = _HEADED.match(line), bool(_CLOSING.match(line) or _PROSE.search(line))
        plain = _FOOTNOTE.sub("", item).strip()
        unfinished = plain.count("(") > plain.count(")") or bool(_OPEN.search(plain))
        wrapped = marked and not begins and not prose and not (plain.endswith((".", ";", ")")) and _understood(plain))
        goes_on = item and line and not headed and (unfinished or wrapped)
        if item and not goes_on:
            named.append((start, sublist, re.sub(r"\s*;(?:\s*and)?\.?$", "", plain)))
            item = ""
        if headed or _CLOSING.match(line):
            sublist = headed[1] if headed else ""
        elif goes_on:
            item += f" {line}"
        elif sublist and line and not prose:
            item, start, marked = _ITEM.sub("", line), number, begins
    return Notice(" ".join(found[1].split()) if found else "", named) if _HEADED.search(text) else None
