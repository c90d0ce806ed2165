"""The form of a finding: what `finding_form.html` shows, and how what was sent becomes a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from originrisk.data.errors import Problem
from originrisk.serve.queue import assignments, findings
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.finding import DECISIONS, METHODS, RESULTS, Draft, Finding, Key, address

EMPTY: Final = Draft("")


@dataclass(frozen=True, slots=True)
class FindingForm:
    """What the template reads as `form`: a line's findings so far, a draft, and what is wrong with it."""

    address: str
    next: str
    by_lot: bool
    history: list[Finding]
    holder: str | None
    officers: list[str]
    draft: Draft
    problems: Sequence[Problem] = ()
    decisions: Mapping[str, str] = field(default_factory=lambda: DECISIONS)
    results: Mapping[str, str] = field(default_factory=lambda: RESULTS)
    methods: Mapping[str, str] = field(default_factory=lambda: METHODS)

    @classmethod
    def of(cls, connection: Connection, key: Key, *, by_lot: bool, next: str) -> "FindingForm":
        """The form of a line as it stands; after it was sent the browser goes to `next`."""
        history = findings.history(connection, key)
        draft = replace(history[-1].draft, reason=None) if history else EMPTY
        held, officers = assignments.holder(connection, key), assignments.officers(connection)
        return cls(address(key), next, by_lot, history, held, officers, draft)

    @property
    def version(self) -> int:
        """The version that a draft is based on; 0 for none."""
        return self.history[-1].version if self.history else 0

    @property
    def current(self) -> Finding | None:
        """The finding that stands."""
        return self.history[-1] if self.history else None

    def readable_by(self, visitor: Visitor) -> bool:
        """Whether the visitor may be the second reader of what stands."""
        one = self.current
        if one is None or one.state != "awaits a second reader":
            return False
        return visitor.may("read_second") and one.by != visitor.name


def draft(sent: Mapping[str, Any]) -> tuple[Draft, list[Problem]]:
    """The draft that a form holds, and what cannot be read of it."""
    texts = {name: str(sent.get(name) or "").strip() or None for name in Draft.__dataclass_fields__}
    given = texts.pop("found_on")
    day, problems = None, []
    try:
        day = date.fromisoformat(given) if given else None
    except ValueError:
        problems.append(Problem("day of the result", "a day as YYYY-MM-DD", "another text"))
    decision = texts.pop("decision") or ""
    return Draft(decision, **texts, found_on=day), problems
