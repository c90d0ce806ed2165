"""What a merchant's description says of fibres and materials, and of packs. Text is only read, never trusted.

A small grammar over the words of `material_words.csv`. Numbers and names that stand together are a *run*:
`60% COTTON 40% POLY`, `COTTON 60 POLY 40`, `65/35 POLY/COTTON`, `T/C 65/35`, `60C/40P`. Runs that come to 100 % are
components (shell and lining, the pieces of a set). What is not said is NaN: neither 0 nor 1.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from math import fsum, isclose, nan
from typing import Final, NamedTuple

from originrisk.data import reference

Shares = dict[str, float]

_LETTERS: Final = {"C": "cotton", "P": "polyester", "S": "spandex", "N": "nylon", "V": "viscose", "R": "viscose"}
_NOT: Final = (
    r"OTH(?:ER)?\.?\s+THAN|O/T|EXCL?(?:UD\w+)?\.?|EXCE[PT]+\w*|NOT|NON|NO|W/O|WITHOUT|SIN|SANS|HORS|SAUF|"
    r"AUTRE QUE|OHNE|NICHT|AUSSER|SEM|KHONG|NO SEAN?"
)
_OF: Final = r"(?:(?:OF|DE|ANY|EN|AUS)\s+)*"
_LIKE: Final = (
    r"[\s-]*(?:LIKE|FEEL|TOUCH|LOOK|HANDFEEL|CANDY)(?![A-Z])|POLY[\s-]*BAGS?(?![A-Z])|"
    r"\b(?:TOMATO|STEEL|COPPER|ALUMINUM|ALUMINIUM)\s+(?:COLOU?R|GR[AE]Y|RED|BLUE)(?![A-Z])|仿棉|棉服|棉衣|棉袄|棉花糖"
)
_BOUND: Final = r"(?:LESS|MORE|GREATER|NOT) THAN|OVER|UNDER|AT LEAST|MIN\.?|MAX\.?|UP TO|NOT|[<>≤≥]=?"
_NUMBER: Final = r"\d{1,3}(?:[.,]\d+)?"
_PERCENT: Final = rf"(?:%\s*{_NUMBER}|{_NUMBER}\s*(?:%|(?:PCT|PERCENT)(?![A-Z])))"
_SOLUTIONS: Final = {"tomato", "caustic_soda", "seafood", "jujube"}
"""Of these a percentage tells the strength, not the share in the goods."""
_BETWEEN: Final = (
    "ORGANIC COMBED CARDED RING SPUN RINGSPUN US USA PIMA SUPIMA EGYPTIAN BCI RECYCLED RCY VIRGIN MERCERIZED "
    "BRUSHED FINE SOFT YARN DYED LONG STAPLE UPLAND WOVEN KNIT KNITTED MICRO FIBER FIBRE FIBERS FIBRES OF DE DA DO "
    "EN AL AUS AND WITH W UND ET Y E VE BLEND STRETCH RICH MIX BIO ORGANICO PIQUE"
)
"""Words that may stand between the numbers and names of a run."""


class Item(NamedTuple):
    """A number or a name in a run."""

    name: str = ""
    """Of a material; empty for a number."""
    share: float = nan
    sure: bool = True
    """Whether a number has its percent sign, or a name means the material without a number too."""


@dataclass
class Composition:
    """What a text says goods are made of."""

    components: list[Shares] = field(default_factory=list)
    """Shares by material; a whole component comes to 1."""
    named: set[str] = field(default_factory=set)
    """Materials named without a share."""
    denied: set[str] = field(default_factory=set)
    """Materials that the goods are said not to hold."""

    def share(self, material: str) -> float:
        """Share of a material in the goods, 0 to 1; NaN where the text does not say."""
        if material in self.denied:
            return 0.0
        found = {round(self._in(component, material), 4) for component in self.components}
        return found.pop() if len(found) == 1 else nan

    def gives(self, material: str) -> bool:
        """True where a share of the material is told that is not nothing."""
        shared = any(component.get(material, 0.0) > 0 for component in self.components)
        return shared and material not in self.denied

    def names(self, material: str) -> bool:
        """True where the goods are said to hold some of the material."""
        return self.gives(material) or material in self.named - self.denied

    def materials(self) -> set[str]:
        """Every material that is named, and those denied."""
        return self.named | self.denied | {name for component in self.components for name in component}

    def _in(self, component: Shares, material: str) -> float:
        rest = 1 - fsum(component.values())
        if material in component:
            return component[material]
        if abs(rest) < 0.015:
            return nan if material in self.named else 0.0
        return rest if self.named == {material} and len(self.components) == 1 else nan


@lru_cache(maxsize=1 << 16)
def composition(text: str) -> Composition:
    """What the text says, in any of the languages of `material_words.csv`."""
    found = Composition()
    for run in _runs(_folded(text), found):
        shares, named = _resolved(run)
        found.named.update(named)
        for name, share in shares:
            part = found.components[-1] if found.components else None
            if part is None or fsum(part.values()) + share > 1.015:
                found.components.append(part := {})
            part[name] = part.get(name, 0.0) + share
    if len(found.components) == 1:
        found.named -= found.components[0].keys()
    return found


def _folded(text: str) -> str:
    """Capitals without accents; words parted at a line's end with a hyphen are put together."""
    text = re.sub(r"-\s*\n\s*", "", text.upper().replace("BÓNG", "BALL").replace("Đ", "D"))
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


class _Word(NamedTuple):
    names: tuple[str, ...]
    only_with_share: bool


@cache
def _lexicon() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, _Word]]:
    """The patterns of all tokens and of all words, and what each word stands for, by its letters without blanks."""
    rows = {_folded(row.word): row for row in reference.material_words()}
    longest_first = sorted(rows, key=lambda word: -len(word))
    initials = {
        initial: [word for word in longest_first if word[0] == initial] for initial in {word[0] for word in rows}
    }
    words = "|".join(f"(?={initial})(?:{'|'.join(map(_pattern, some))})" for initial, some in sorted(initials.items()))
    between = "|".join(_BETWEEN.split())
    tokens = (
        rf"(?P<denied>\b(?:{_NOT})[\s-]+{_OF}(?:{words})(?:\s+N?OR\s+{_OF}(?:{words}))*|(?:不含|无|非)棉)",
        rf"(?P<free>(?:{words})(?:[\s-]*FREI?E?[NRS]?(?![A-Z])|\s+HARIC)|PAMUKSUZ)",
        rf"(?P<like>(?:{words}){_LIKE})",
        r"(?P<threads>\d{2,4}\s*TC\b)",
        rf"(?P<bound>\b(?:{_BOUND})\s*{_PERCENT}|[<>≤≥]=?\s*{_PERCENT}|{_PERCENT}\s*OR\s+(?:MORE|LESS))",
        r"(?P<whole>\b(?:PURE|ALL|PURO|PURA|PUR|REINE)\b|[纯全](?=棉))",
        r"(?P<code>\b(?:\d{1,3}%?[CPSNVR]\s*/?\s*){2,}(?![A-Z]))",
        r"(?P<ratio>\b\d{1,2}(?:\.\d)?(?:\s*[/-]\s*\d{1,2}(?:\.\d)?){1,3}\b(?!\s*%))",
        rf"(?P<share>{_PERCENT})",
        rf"(?P<word>{words})",
        r"(?P<bare>(?<![\d.])\d{1,3}(?=[\s)]|[A-Z]{3}|[^\x00-\x7f]|$))",
        rf"(?P<between>\b(?:{between})\b\.?|[/+&,():;.\s-]+)",
        r"(?P<other>[A-Z]+|\S)",
    )
    known = {_key(word): _Word(row.materials, row.only_with_share) for word, row in rows.items()}
    return re.compile("|".join(tokens)), re.compile(words), known


def _pattern(word: str) -> str:
    """A word, with at most one blank inside where it is long enough to be parted by a line's end.

    `BAUMWOLL-` begins words. Chinese words stand without blanks.
    """
    if not word.isascii():
        return re.escape(word)
    letters = word.removesuffix("-")
    gap = r"\s?" if len(letters) > 5 else ""
    inside = gap.join(r"[\s-]?" if letter in " -" else re.escape(letter) for letter in letters)
    return rf"(?<![A-Z]){inside}" + ("" if word.endswith("-") else r"(?![A-Z])")


def _key(word: str) -> str:
    return re.sub(r"[\s-]", "", word)


def _runs(text: str, found: Composition) -> Iterator[list[Item]]:
    """The runs of a text; what is denied goes to `found`."""
    tokens, words, known = _lexicon()
    run: list[Item] = []
    for token in tokens.finditer(text):
        kind = str(token.lastgroup)
        if kind in ("denied", "free"):
            found.denied.update(name for word in words.findall(token[0]) for name in known[_key(word)].names)
        if items := _items(kind, token[0], known):
            run += items
        elif kind != "between":
            yield run
            run = []
    yield run


def _items(kind: str, text: str, known: dict[str, _Word]) -> list[Item]:
    """The numbers and names of a token."""
    numbers = [float(number.replace(",", ".")) / 100 for number in re.findall(_NUMBER, text)]
    if (kind in ("share", "bare") and numbers[0] <= 1) or (kind == "ratio" and _whole(numbers)):
        return [Item(share=number, sure=kind != "bare") for number in numbers]
    if kind == "whole":
        return [Item(share=1.0)]
    if kind == "code" and _whole(numbers):
        names = [_LETTERS[letter] for letter in re.findall("[A-Z]", text)]
        return [item for pair in zip(numbers, names, strict=True) for item in (Item(share=pair[0]), Item(pair[1]))]
    if kind == "word":
        word = known[_key(text)]
        return [Item(name, sure=not word.only_with_share) for name in word.names]
    return []


def _whole(numbers: list[float]) -> bool:
    return len(numbers) > 1 and isclose(fsum(numbers), 1, abs_tol=0.011)


def _resolved(run: list[Item]) -> tuple[list[tuple[str, float]], set[str]]:
    """Shares by name, and names without a share. Numbers without a sign count only where they come to the whole."""
    if not _whole([item.share for item in run if not item.name]):
        run = [item for item in run if item.name or item.sure]
    owner = {name: number for number, name in _owners("".join("F" if item.name else "N" for item in run))}
    shared, named = [], set()
    for at, item in enumerate(run):
        if at in owner and item.name not in _SOLUTIONS:
            shared.append((item.name, run[owner[at]].share))
        elif item.name and (item.sure or at in owner):
            named.add(item.name)
    return shared, named


def _owners(kinds: str) -> Iterable[tuple[int, int]]:
    """Place of a number (`N`) and of the name (`F`) that it belongs to, by the order of a run."""
    numbers, names = ([at for at, kind in enumerate(kinds) if kind == wanted] for wanted in "NF")
    if re.fullmatch(r"N+F+|FF+NN+", kinds) and len(numbers) == len(names):
        return zip(numbers, names, strict=True)
    if re.fullmatch(r"(FN)+", kinds):
        return ((at, at - 1) for at in numbers)
    if re.fullmatch(r"FF+N", kinds):
        return ()
    return ((at, at + 1) for at in numbers if kinds[at + 1 : at + 2] == "F")


_PACK = re.compile(r"\b(?:(\d{1,3})\s*-?\s*(?:PACK|PK|PCS?/PACK|PC PACK|PER PACK|PIECE PACK)|PACK OF (\d{1,3}))\b")


def pack_count(text: str) -> float:
    """Pieces in a pack by the text (`5-PACK`, `PACK OF 3`); NaN where it names none."""
    found = _PACK.search(text.upper())
    return float(found[1] or found[2]) if found else nan


def word_count(text: str) -> int:
    """Words in the text; few words mean a vague description."""
    return len(text.split())
