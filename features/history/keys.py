"""Whom and what history counts: each key of a line as a 64-bit number, 0 where the line does not say."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from originrisk.features.lines import Ints, Lines, Rows, Text, prefix, unit_dimension
from originrisk.features.names import address_key, company_key, tokens

Keys = npt.NDArray[np.uint64]

_FOLD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(33)
_ONE = np.uint64(1)
_NONE = np.uint64(0)


Spelling = Callable[[str], str]


def join(*parts: Keys) -> Keys:
    """One key of several (n,), sensitive to their order; 0 wherever a part is 0."""
    joined: Keys = _joined(np.array(parts), tuple(np.array([place]) for place in range(len(parts))))[0]
    return joined


def hashed(text: Text, spelling: Spelling = str) -> Keys:
    """Key of each cell (n,) after `spelling` has brought equal things to one form; an empty form is missing."""
    return hashed_all([(text, spelling)])[0]


def spelled(text: Text, spelling: Spelling) -> npt.NDArray[np.object_]:
    """What `spelling` makes of each level, and at the end, where the code -1 of a missing cell looks, an empty text."""
    if (spelled, spelling) not in text.memo:
        text.memo[spelled, spelling] = np.array([*map(spelling, text.levels.tolist()), ""], dtype=object)
    return text.memo[spelled, spelling]


def hashed_all(wanted: list[tuple[Text, Spelling]]) -> list[Keys]:
    """The same for several; what was not asked for before is hashed in one go."""
    new = [(text, spelling) for text, spelling in wanted if (hashed, spelling) not in text.memo]
    if new:
        forms = [spelled(text, spelling) for text, spelling in new]
        joined = np.concatenate(forms)
        keys = np.where(joined == "", _NONE, pd.util.hash_array(joined, categorize=False) | _ONE)
        start = 0
        for (text, spelling), of_text in zip(new, forms, strict=True):
            end = start + len(of_text)
            text.memo[hashed, spelling] = keys[start:end]
            start = end
    return [text.memo[hashed, spelling][text.codes] for text, spelling in wanted]


def numbered(values: Ints) -> Keys:
    """Key of whole numbers (n,); 0 stays missing."""
    spread = values.astype(np.uint64) * _FOLD
    return np.where(values > 0, spread | _ONE, _NONE)


def either(first: Keys, second: Keys) -> Keys:
    """The first key, or the second where the first is missing (n,)."""
    return np.where(first != 0, first, second)


def _digits(text: str) -> str:
    return "".join(filter(str.isalnum, text.upper()))


@cache
def _pseudonym(key: bytes) -> Spelling:
    """Digits of a number that may be a person's, under a secret: nobody tries all numbers without it."""

    def under_key(number: str) -> str:
        digits = _digits(number)
        return blake2b(digits.encode(), key=key, digest_size=16).hexdigest() if digits else ""

    return under_key


TEXTS: dict[str, tuple[str, Spelling]] = {
    "mid": ("manufacturer_id", _digits),
    # country and name: what stays of a MID when only street number or city differ
    "mid_stem": ("manufacturer_id", lambda mid: mid[:8] if len(mid) >= 8 else ""),
    "maker": ("manufacturer_name", company_key),
    "address": ("manufacturer_address", address_key),
    "city": ("manufacturer_city", company_key),
    "seller": ("seller_name", company_key),
    "consolidator": ("consolidator_name", company_key),
    "importer": ("importer_number", _digits),
    "entry": ("entry_number", str),
    "filer": ("entry_number", lambda number: number[:3]),
    "district": ("port_of_entry", lambda port: port[:2]),
    "origin": ("country_of_origin", str),
    "export": ("country_of_export", str),
    "lading": ("port_of_lading", str),
    "hts10": ("htsus", str),
    "text": ("description", lambda text: " ".join(tokens(text))),
}
"""Keys that are a text column, by its name and the spelling under which cells are one."""
PERSONS: Final = ("importer",)
"""Of these, what may name a person: kept as pseudonyms."""

OTHERS: dict[str, Callable[[Lines], Keys]] = {
    "everything": lambda lines: np.ones(lines.size, np.uint64),
    "supplier": lambda lines: either(key_of(lines, "mid"), key_of(lines, "maker")),  # by MID, else by name
    "line": lambda lines: numbered(lines.numbers["line_number"].astype(np.int64)),
    "hts6": lambda lines: numbered(prefix(lines, 6)),
    "hts4": lambda lines: numbered(prefix(lines, 4)),
    "unit": lambda lines: numbered(unit_dimension(lines) + 1),
}


def key_of(lines: Lines, name: str) -> Keys:
    """Key `name` of each line (n,); `a*b` joins the keys a and b. Each is worked out once per set of lines."""
    if "*" not in name:
        return _singles(lines, (name,))[0]
    if (key_of, name) not in lines.memo:
        lines.memo[key_of, name] = keys_of(lines, (name,))[0]
    keys: Keys = lines.memo[key_of, name]
    return keys


def keys_of(lines: Lines, names: tuple[str, ...]) -> Keys:
    """The same keys (names, n), worked out together: what is done to each line is done for all names at once."""
    plan = _plan(names)
    of_parts = np.array(_singles(lines, plan.parts))
    keys = np.empty((len(names), lines.size), np.uint64)
    keys[plan.single] = of_parts[plan.single_parts]
    keys[plan.joint] = _joined(of_parts, plan.joint_parts)
    return keys


def _singles(lines: Lines, names: tuple[str, ...]) -> list[Keys]:
    """Keys of one part."""
    new = [name for name in names if (key_of, name) not in lines.memo]
    texts = [name for name in new if name in TEXTS]
    found = hashed_all(
        [
            (lines.texts[TEXTS[name][0]], _pseudonym(lines.pseudonym_key) if name in PERSONS else TEXTS[name][1])
            for name in texts
        ]
    )
    for name, keys in zip(texts, found, strict=True):
        lines.memo[key_of, name] = keys
    for name in new:
        if name in OTHERS:
            lines.memo[key_of, name] = OTHERS[name](lines)
    return [lines.memo[key_of, name] for name in names]


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """How keys are made of their parts: places of names of one part, and of each its part; places of names of several,
    most parts first, and of these, step by step, the next part: fewer names have one each time."""

    parts: tuple[str, ...]
    single: Rows
    single_parts: Rows
    joint: Rows
    joint_parts: tuple[Rows, ...]


@cache
def _plan(names: tuple[str, ...]) -> KeyPlan:
    split = [name.split("*") for name in names]
    parts = tuple(dict.fromkeys(part for of_name in split for part in of_name))
    single = [place for place, of_name in enumerate(split) if len(of_name) == 1]
    joint = sorted(set(range(len(names))) - set(single), key=lambda place: -len(split[place]))
    most = len(split[joint[0]]) if joint else 0
    steps = [[split[place][step] for place in joint if len(split[place]) > step] for step in range(most)]
    of_single = [split[place][0] for place in single]
    found = [np.array([*map(parts.index, step)], np.intp) for step in (of_single, *steps)]
    return KeyPlan(parts, np.array(single, np.intp), found[0], np.array(joint, np.intp), tuple(found[1:]))


def _joined(parts: Keys, places: tuple[Rows, ...]) -> Keys:
    """Keys joined of parts (parts, n), given the places of their first parts, of their second ones, and so on."""
    if not places:
        return parts[:0]
    joined = parts[places[0]]
    present = joined != 0
    for step in places[1:]:
        part, some = parts[step], joined[: len(step)]
        joined[: len(step)] = (some ^ (some >> _SHIFT)) * _MIX + part * _FOLD
        present[: len(step)] &= part != 0
    return np.where(present, joined | _ONE, _NONE)


def find(lines: Lines, entry_numbers: pa.ChunkedArray, line_numbers: pa.ChunkedArray) -> Rows:
    """Row among `lines` of each entry number and line number (n,); -1 where it is not there."""
    keys = key_of(lines, "entry*line")
    order = np.argsort(keys, kind="stable")
    wanted = join(hashed(Text.of(entry_numbers)), numbered(np.asarray(line_numbers.to_numpy())))
    if not len(keys):
        return np.full(len(wanted), -1, np.intp)
    place = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
    return np.where(keys[order[place]] == wanted, order[place], -1)
