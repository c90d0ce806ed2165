"""Words as 64-bit numbers that are the same in every run."""

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Literal, NamedTuple, Self

import numpy as np

from originrisk.data.contract import EPOCH
from originrisk.data.identifiers.manufacturer_id import ManufacturerId, normalise, parse
from originrisk.data.store.journal import Decided
from originrisk.features.history.keys import Keys, Spelling, either, hashed_all, spelled
from originrisk.features.lines import Lines
from originrisk.features.names import address_tokens, company_tokens


def word_hash(word: str) -> int:
    """Number of a word: 64 bits, never 0."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little") | 1


_MIX = np.uint64(0xFF51AFD7ED558CCD)
_FOLD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(31)
_ONE = np.uint64(1)


class Record(NamedTuple):
    """A maker as declared. Texts are in one form, words parted by blanks; empty where nothing is declared."""

    name: str
    address: str
    city: str
    postal_code: str
    manufacturer_id: str
    country: str

    @property
    def mid(self) -> ManufacturerId | None:
        """The parts of the MID, or None where it is missing or malformed."""
        return _parsed(self.manufacturer_id)

    @property
    def says(self) -> int:
        """How many of the parts are declared."""
        return sum(map(bool, self))

    def within(self, other: "Record") -> bool:
        """Whether all that this record declares is declared so by the other too."""
        return all(not mine or mine == theirs for mine, theirs in zip(self, other, strict=True))


_KEPT = 1 << 14
_parsed = lru_cache(maxsize=1 << 16)(parse)


@lru_cache(_KEPT)
def name_form(name: str) -> str:
    """Words of a company name."""
    return " ".join(company_tokens(name))


@lru_cache(_KEPT)
def address_form(address: str) -> str:
    """Words of a street line."""
    return " ".join(address_tokens(address))


@lru_cache(_KEPT)
def city_form(city: str) -> str:
    """Letters of a city without the word for city."""
    words = company_tokens(city)
    return "".join([word for word in words if word not in ("CITY", "SHI")] or words)


def postal_form(code: str) -> str:
    """Letters and digits of a postal code."""
    return "".join(filter(str.isalnum, code.upper()))


def country_form(mid: str) -> str:
    """Country of a MID: empty where it is malformed."""
    parsed = _parsed(normalise(mid))
    return parsed.origin if parsed else ""


_FORMS: dict[str, Spelling] = {
    "manufacturer_name": name_form,
    "manufacturer_address": address_form,
    "manufacturer_city": city_form,
    "manufacturer_postal_code": postal_form,
    "manufacturer_id": normalise,
}
_KEYED: list[tuple[str, Spelling]] = [
    *_FORMS.items(),
    ("manufacturer_id", country_form),
    ("country_of_origin", str),
]


@dataclass(frozen=True, slots=True)
class Records:
    """The records of n lines: key of each line's record (n,), never 0; a key is the record's own, on every day."""

    keys: Keys
    lines: Lines = field(repr=False)

    @classmethod
    def of(cls, lines: Lines) -> "Records":
        """Records of entry lines."""
        asked = [(lines.texts[name], form) for name, form in _KEYED]
        *parts, of_mid, origin = hashed_all(asked)
        folded = np.zeros(lines.size, np.uint64)
        for part in (*parts, either(of_mid, origin)):
            folded = (folded ^ (folded >> _SHIFT)) * _MIX + part * _FOLD
        return cls(folded | _ONE, lines)

    def at(self, row: int) -> Record:
        """The record of one line."""
        texts = [(self.lines.texts[name], form) for name, form in _KEYED]
        *parts, of_mid, origin = (spelled(text, form)[text.codes[row]] for text, form in texts)
        return Record._make([*parts, of_mid or origin])


Verb = Literal["join", "split"]


@dataclass(frozen=True, slots=True)
class Decision:
    """Taken effect at the close of `day` (days since 1970).

    `join`: what is of party `other` is of `party` from then on. `split`: the record of key `other` leaves its party and
    founds its own; `record` says how it is written (None for `join`).
    """

    day: int
    verb: Verb
    party: int
    other: int
    record: Record | None = None

    @classmethod
    def of(cls, one: Decided) -> Self:
        """A decision as the journal of a home has it."""
        record = None if one.record is None else Record(*one.record)
        return cls((one.on - EPOCH).days, one.verb, int(one.party, 16), int(one.other, 16), record)
