"""A finding: what an officer decided about a line and what came of it; and the rules that a draft of one keeps."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote

from originrisk.data.dispositions import DENIALS, FOUND
from originrisk.data.errors import Problem

Key = tuple[str, int]
"""Entry number and line number."""

DECISIONS: Final = {  # in the order of their keys, 1 to 5
    "examine": "Examine",
    "request_documents": "Request documents",
    "release": "Release",
    "refer": "Refer",
    "not_relevant": "Not relevant",
}
REOPENED: Final = "reopened"
"""Decision of a version that takes the only one before it back: the line is open again."""
DECIDED: Final = {**DECISIONS, REOPENED: "Reopened"}
"""Words of every decision that a version may hold."""
RESULTS: Final = {
    "xinjiang": "Xinjiang input found",
    "not_xinjiang": "no Xinjiang input found",
    "inconclusive": "inconclusive",
}
DISPOSITIONS: Final = {
    "detained": "detained, not decided",
    "denied": "denied: the presumption was not rebutted",
    "excluded": "excluded: the presumption was not rebutted",
    "seized": "seized",
    "exported": "exported before a decision",
    "abandoned": "abandoned",
    "released": "released",
    "released_on_evidence": "released on evidence",
    "protest_granted": "released after a protest",
}
"""What the customs service did with the goods, in words: no evidence on where they come from."""
METHODS: Final = {
    "isotopic": "isotopic testing",
    "dna": "DNA testing",
    "document_review": "review of documents",
    "detention": "detention",
    "other": "other",
}
FRUITLESS: Final = frozenset({"release", "not_relevant"})
"""Decisions that end a line without an examination."""

LONGEST_REASON: Final = 2_000
LONGEST_NOTE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """The line a finding is about, and how it came before the officer: `selection` is `order`, `lot` or None."""

    entry_number: str
    line_number: int
    entry_date: date
    selection: str | None
    chance: float | None
    probability: float | None
    model_version: str | None

    @property
    def key(self) -> Key:
        """What names the line."""
        return self.entry_number, self.line_number

    @property
    def by_lot(self) -> bool:
        """Whether the line belongs to the random sample."""
        return self.selection == "lot"


def address(key: Key) -> str:
    """Where the pages of a line are."""
    return f"/lines/{quote(key[0], safe='')}/{key[1]}"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an officer fills in. Empty text is None; a draft may break rules, a finding does not."""

    decision: str
    result: str | None = None
    method: str | None = None
    found_on: date | None = None
    reason: str | None = None
    note: str | None = None
    disposition: str | None = None

    @property
    def adverse(self) -> bool:
        """Whether it speaks against the goods, so that a second officer has to agree."""
        return self.result == FOUND or self.decision == "refer" or self.disposition in DENIALS

    @property
    def ended(self) -> bool:
        """Whether there is evidence on origin, or the goods were disposed of."""
        return self.result is not None or self.disposition not in (None, "detained")


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What a second officer says of an adverse finding."""

    agrees: bool
    note: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """A draft as it was written down: its `version` of the line's finding, by whom and when, and its second reading."""

    id: int
    line: Line
    version: int
    draft: Draft
    by: str
    at: datetime
    reading: SecondReading | None = field(default=None)

    @property
    def state(self) -> str:
        """`settled`, `awaits a second reader` or `disputed`."""
        if not self.draft.adverse:
            return "settled"
        if self.reading is None:
            return "awaits a second reader"
        return "settled" if self.reading.agrees else "disputed"

    @property
    def stands(self) -> bool:
        """Whether it may be acted and learned on."""
        return self.state == "settled"


def problems(draft: Draft, line: Line, version: int, today: date, chosen: date | None = None) -> list[Problem]:
    """Everything that keeps a draft from becoming a finding after `version` earlier ones.

    `chosen` is the day on which the line was chosen without a result: none can have been found before it.
    """
    return [*_words(draft), *_result(draft, line, today, chosen), *_reason(draft, line, version)]


def _words(draft: Draft) -> Iterator[Problem]:
    choices: tuple[tuple[str, Any, dict[str, str]], ...] = (
        ("decision", draft.decision, DECISIONS),
        ("result", draft.result, RESULTS),
        ("method", draft.method, METHODS),
        ("disposition", draft.disposition, DISPOSITIONS),
    )
    for name, given, known in choices:
        if given is not None and given not in known:
            yield Problem(name, f"one of: {', '.join(known.values())}", "another" if given else "none")
    for name, text, most in (("reason", draft.reason, LONGEST_REASON), ("note", draft.note, LONGEST_NOTE)):
        if text and len(text) > most:
            yield Problem(name, f"at most {most:,} characters", f"{len(text):,}")
        if text and any(one == "\x00" or "\ud800" <= one <= "\udfff" for one in text):  # no database takes these
            yield Problem(name, "text", "characters that are none")


def _result(draft: Draft, line: Line, today: date, chosen: date | None) -> Iterator[Problem]:
    name, day = "day of the result", draft.found_on
    if draft.result and not draft.method:
        yield Problem("method", "how the result was found", "none")
    if draft.ended and not day:
        yield Problem(name, "the day on which it was found, or the goods disposed of", "none")
    if day and not draft.ended:
        yield Problem(name, "a result or a disposition beside it", "none")
    if day and day > today:
        yield Problem(name, f"{today} (today, UTC) or earlier", str(day))
    if day and day < line.entry_date:
        yield Problem(name, f"{line.entry_date} or later, for the goods were entered then", str(day))
    elif day and chosen and day < chosen:
        yield Problem(name, f"{chosen} or later, for the line was first decided on then", str(day))
    if draft.result == FOUND and draft.decision in FRUITLESS:
        yield Problem("decision", "one that fits a Xinjiang input", DECISIONS[draft.decision])
    if draft.disposition in DENIALS and draft.decision in FRUITLESS:
        yield Problem("decision", "one that fits a denial", DECISIONS[draft.decision])
    if draft.result == FOUND and draft.disposition == "released_on_evidence":
        yield Problem("disposition", "one that fits a Xinjiang input", "released on evidence")
    if draft.result == FOUND and draft.method == "detention" and not draft.disposition:
        yield Problem("disposition", "what was done, for a detention is no evidence on origin", "none")


def _reason(draft: Draft, line: Line, version: int) -> Iterator[Problem]:
    if draft.reason:
        return
    if version:
        yield Problem("reason", "the reason why an earlier finding is corrected", "none")
    if draft.adverse:
        yield Problem("reason", "the reason for a finding against the goods", "none")
    if line.by_lot and draft.decision in FRUITLESS and not draft.result:
        yield Problem("reason", "the reason why a line of the random sample is not examined", "none")
