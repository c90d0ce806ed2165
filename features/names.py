"""One form for the spellings of a company name or a street: legal forms, abbreviations and spacing vanish."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from originrisk.features.vocabulary import ABBREVIATIONS, GENERIC, LEGAL_FORMS, STREET_WORDS

_LEGAL_PHRASES: Final = re.compile(
    r"\b(?:CONG TY(?: CO PHAN)?|JOINT STOCK|SP Z O O|(?:S )?DE (?:C V|CV|R L|RL)|SAN (?=VE|TIC)|S A|P T)\b"
)
_JOINED: Final = re.compile(r"\b(HONG|VIET|HAI|HA|DA|SAI|SRI) (KONG|NAM|PHONG|NOI|NANG|GON|LANKA)\b")
_LETTERS: Final = str.maketrans("ıİđĐłŁøØßæÆœŒ", "iIdDlLoOsaAoO")
_WORD: Final = re.compile(r"[A-Z0-9]+")
_INITIALS: Final = re.compile(r"(?<=\b[A-Z])\.(?=[A-Z]\b)|['`]")


def tokens(text: str) -> list[str]:
    """Words of a text in capital ASCII letters and digits; accents and punctuation fall away, `A.B.C.` is one word."""
    plain = text if text.isascii() else _in_ascii(text)
    return _WORD.findall(_INITIALS.sub("", plain.upper()))


def _in_ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()


def company_tokens(name: str) -> list[str]:
    """Words that tell one company from another: abbreviations written out, plurals cut, legal forms left out.

    Numbers stand without `NO`; an ordinal is its number.
    """
    plain = _LEGAL_PHRASES.sub(" ", _JOINED.sub(r"\1\2", " ".join(tokens(name)))).split()
    words = [part for word in plain for part in ABBREVIATIONS.get(word, word).split()]
    words = [word for word, after in zip(words, [*words[1:], ""], strict=False) if not _numbers(word, after)]
    kept = [word for word in words if word not in LEGAL_FORMS] or words
    return [_singular(word) for word in kept]


def _numbers(word: str, after: str) -> bool:
    return word == "NO" and after.isdigit()


def _singular(word: str) -> str:
    plural = word.endswith("S") and (word[:-1] in GENERIC or (len(word) > 4 and not word.endswith("SS")))
    return word[:-1] if plural else word


@lru_cache(1 << 14)
def company_key(name: str) -> str:
    """One form for all spellings of a name that differ in spacing, accents, legal form or common abbreviations."""
    return "".join(company_tokens(name))


def address_tokens(address: str) -> list[str]:
    """Words of a street line in their order, street words abbreviated, numbers without leading zeros."""
    words = [STREET_WORDS.get(word, word) for word in tokens(address)]
    return [word.lstrip("0") or "0" if word.isdigit() else word for word in words]


@lru_cache(1 << 14)
def address_key(address: str) -> str:
    """One form for a street line: its words in order of the alphabet; empty if too vague."""
    words = sorted(address_tokens(address))
    vague = not any(word.isdigit() for word in words) and len(words) < 3
    return "" if vague else " ".join(words)
