"""The parties that the store's lines make up, as of a day, with the decisions that people took."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from originrisk.data.contract import ONE_DAY
from originrisk.data.errors import Problem, UsageError
from originrisk.data.settings import Settings
from originrisk.data.store import journal
from originrisk.data.store.tables import Store
from originrisk.features.lines import Lines
from originrisk.features.parties.parties import NONE, Likely, Parties, PartyTallies
from originrisk.features.parties.record import Record, Records
from originrisk.models.checkpoints import Checkpoints


@dataclass(frozen=True, slots=True)
class Explained:
    """How the maker of a line was seen on its day: its record, the parties it may be, the likeliest first."""

    key: int
    record: Record
    party: int
    possibly: int
    likely: list[Likely]

    def summary(self) -> dict[str, Any]:
        """The same as plain values; `party` is null where the maker was new."""
        return {
            "record": shown(self.key),
            "party": shown(self.party),
            "possibly": shown(self.possibly),
            "likely": [
                {
                    "party": shown(one.party),
                    "probability": one.probability,
                    "bits": one.evidence.bits,
                    "evidence": [
                        [part.kind, part.bits, part.left, part.right] for part in one.evidence.parts
                    ],
                }
                for one in self.likely
            ],
        }


def shown(key: int) -> str | None:
    """A key as people see it: 16 hexadecimal digits; None for no party."""
    return None if key == NONE else f"{key:016x}"


def explain(settings: Settings, entry_number: str, line_number: int) -> Explained:
    """Who the maker of a line was taken for, and why. Raises UsageError where there is no such line."""
    line = find(settings, entry_number, line_number)
    parties = as_of(settings, line["entry_date"][0].as_py() - ONE_DAY)
    records = Records.of(Lines.of(line))
    record = records.at(0)
    return Explained(int(records.keys[0]), record, *parties.verdict(record), parties.likely(record))


def join(settings: Settings, party: str, other: str, reason: str, on: date) -> None:
    """Record that two parties are one. Raises UsageError unless both are known by then."""
    parties = as_of(settings, on)
    unknown = [key for key in (party, other) if not _known(parties, key)]
    if unknown or party == other:
        raise UsageError(Problem("parties join", "keys of two known parties", "something else"))
    journal.append_decision(
        settings.home, journal.Decided(on=on, verb="join", party=party, other=other, reason=reason)
    )


def split(settings: Settings, entry_number: str, line_number: int, reason: str, on: date) -> None:
    """Record that the maker, as a line declares it, is a party of its own. UsageError where it is one already."""
    records = Records.of(Lines.of(find(settings, entry_number, line_number)))
    key = int(records.keys[0])
    party = _party_of(as_of(settings, on), key)
    if party in (NONE, key):
        raise UsageError(Problem("parties split", "a record that joined a party by then", "one that did not"))
    one = {"party": f"{party:016x}", "other": f"{key:016x}", "record": tuple(records.at(0))}
    journal.append_decision(settings.home, journal.Decided(on=on, verb="split", reason=reason, **one))


def _known(parties: Parties, key: str) -> bool:
    founder = int(key, 16) if re.fullmatch(journal.KEY, key) else NONE
    return founder != NONE and _party_of(parties, founder) == founder


def _party_of(parties: Parties, record: int) -> int:
    return int(parties.party_of(np.array([record], np.uint64))[0])


def find(settings: Settings, entry_number: str, line_number: int) -> pa.Table:
    """The one line of this number."""
    line = Store(settings.home, settings.memory_limit_gb).line("entries", entry_number, line_number)
    if not len(line):
        raise UsageError(Problem("parties", "the number of an entry line in the store", "no such line"))
    return line


def as_of(settings: Settings, last: date) -> Parties:
    """Parties at the close of a day."""
    checkpoints = Checkpoints(Store(settings.home, settings.memory_limit_gb), settings.history_start)
    learned = checkpoints.learner("parties", last)
    assert isinstance(learned, PartyTallies)
    return learned.parties
