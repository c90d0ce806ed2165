"""One form for the spellings of a company name or a street: legal forms, abbreviations and spacing vanish.

Chinese is read as pinyin, so that a name meets its romanised spelling; names in other scripts keep their letters.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from html import unescape
from html.entities import html5
from itertools import groupby
from typing import Final

from originrisk.data.identifiers.manufacturer_id import unaccented
from originrisk.features.vocabulary import ABBREVIATIONS, GENERIC, LEGAL_FORMS, STREET_WORDS

_LEGAL_PHRASES: Final = re.compile(
    r"^M S (?=\w)|"
    r"\b(?:CONG TY(?: CO PHAN)?|JOINT STOCK|SP Z O O|(?:S )?DE (?:C V|CV|R L|RL)|SAN (?=VE|TIC)|(?<=\w )S A|P T)\b"
)
_ABROAD: Final = re.compile(
    "股份有限公司|有限责任公司|有限責任公司|有限公司|株式会社|주식회사|[(]주[)]|บริษัท|จํากัด|شركة|المحدودة|"
    r"\b(?:ООО|ОАО|ЗАО|ПАО|АО)\b"
)
"""Legal forms in other scripts."""
_INITIAL_FORMS: Final = LEGAL_FORMS - {"PT", "CV", "CO", "OF"}
"""Of these the ones of one or two letters are a person's initials where they begin a name: `S.A. KHAN`."""
_ROLE: Final = "(?:CONSIGNEE|CNEE|SHIPPER|SELLER|BUYER|IMPORTER|EXPORTER|MANUFACTURER|SUPPLIER|MAKER|NOTIFY(?: PARTY)?)"
_NOBODY: Final = re.compile(
    rf"(?:UN)?TO (?:THE )?ORDERS?(?: (?:OF|BY|FOR|BANK)\b.*)?|ORDER|SAME(?: AS (?:ABOVE|(?:THE )?{_ROLE}))?|AS ABOVE|"
    rf"DITTO|TB[ACD]|TO BE (?:ADVISED|CONFIRMED|ANNOUNCED)|(?:VARIOUS|MULTIPLE|SEVERAL|UNKNOWN)(?: {_ROLE}S?)?|{_ROLE}|"
    r"N ?A|NONE|NIL|NULL|NOT (?:AVAILABLE|APPLICABLE|KNOWN|DECLARED|STATED|PROVIDED)|(?:AS )?PER (?:THE )?INVOICE|"
    r"(?:AS )?SEE (?:ATTACHED|BELOW|INVOICE|LIST)|X{3,}"
)
"""What bills of lading say in place of a party."""
_JOINED: Final = re.compile(r"\b(HONG|VIET|HAI|HA|DA|SAI|SRI) (KONG|NAM|PHONG|NOI|NANG|GON|LANKA)\b")
_LEADING_LETTERS: Final = re.compile(r"^(?:[A-Z] ){2,}(?=\w{2})")
_WORD: Final = re.compile(r"(?:[^\W_]|[\u0900-\u0dff\u0e30-\u0e4e\u0eb0-\u0ecd])+")
"""Letters and digits, with the vowel signs that scripts of South and Southeast Asia write as marks."""
_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_ENTITY: Final = re.compile(r"&(?:#\w+|[A-Za-z]\w*)(?:;|(?!\w))")
_INITIALS: Final = re.compile(r"(?<=\b[A-Z])\.(?=[A-Z]\b)|['`’]")


def tokens(text: str) -> list[str]:
    """Words of a text in capital letters and digits; accents and punctuation fall away, `A.B.C.` is one word.

    Chinese becomes words in pinyin; letters of other scripts stay.
    """
    return _words(text, _pinyin_words)


def syllables(text: str) -> list[str]:
    """The words of a text (see `tokens`), Chinese by the syllable: a place may stand anywhere in a run of it."""
    return _words(text, lambda han: " ".join(_pinyin(han)))


def _words(text: str, romanised: Callable[[str], str]) -> list[str]:
    if "&" in text:
        text = _ENTITY.sub(_character, _ENTITY.sub(_character, text))  # some systems escape twice
    if not text.isascii():
        bare = "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in unaccented(text))
        text = _HAN.sub(lambda han: f" {romanised(han[0])} ", unicodedata.normalize("NFC", bare))
    return _WORD.findall(_INITIALS.sub("", text.upper()))


def _character(entity: re.Match[str]) -> str:
    """What a whole entity stands for, also in capitals: `&EACUTE;`. HTML would read `B&LTD` as `B<D`, `B&LT CO` too."""
    name = entity[0][1:]
    if name.startswith("#"):
        return unescape(entity[0])
    if name.endswith(";"):
        return html5.get(name) or html5.get(name.lower(), entity[0])
    return html5.get(name if name == "AMP" or not name.isupper() else "", entity[0])


def _pinyin_words(han: str) -> str:
    """A run of Chinese in pinyin: words of the dictionary one by one, what stands between them as one word."""
    from pypinyin.seg.mmseg import seg

    runs = groupby(seg.cut(han), key=lambda word: len(word) > 1)
    words = (word for known, run in runs for word in (run if known else ["".join(run)]))
    return " ".join("".join(_pinyin(word)) for word in words)


def _pinyin(han: str) -> list[str]:
    return [syllable.replace("ü", "u") for syllable in _reader()(han, v_to_u=True)]


@cache
def _reader() -> Callable[..., list[str]]:
    """pypinyin, whose dictionary is large and which few texts need, with the readings that names have."""
    from pypinyin import lazy_pinyin, load_single_dict

    load_single_dict({ord("勒"): "lè", ord("什"): "shí", ord("伽"): "jiā"})
    reader: Callable[..., list[str]] = lazy_pinyin
    return reader


def company_tokens(name: str) -> list[str]:
    """Words that tell one company from another: abbreviations written out, plurals cut, legal forms left out.

    Numbers stand without `NO`; an ordinal is its number. Empty where the name says that there is none: `TO ORDER`.
    """
    own = name if name.isascii() else _ABROAD.sub(" ", unicodedata.normalize("NFKC", name))
    said = " ".join(tokens(own) or tokens(name))
    if _NOBODY.fullmatch(said):
        return []
    said = _LEADING_LETTERS.sub(
        lambda letters: letters[0].replace(" ", "") + " ", _LEGAL_PHRASES.sub(" ", _JOINED.sub(r"\1\2", said)).strip()
    )
    words = [part for word in said.split() for part in ABBREVIATIONS.get(word, word).split()]
    words = [word for word, after in zip(words, [*words[1:], ""], strict=False) if word != "NO" or not after.isdigit()]
    kept = [word for word in words if word not in LEGAL_FORMS]
    if kept and words[0] in _INITIAL_FORMS and len(words[0]) <= 2:
        kept = [words[0], *kept]
    return [_singular(word) for word in kept or words]


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
