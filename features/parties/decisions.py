"""What people decided about parties, dated, so that a replay meets each decision on its day."""

from dataclasses import dataclass
from typing import Literal, Self

from originrisk.data.contract import EPOCH
from originrisk.data.store.journal import Decided
from originrisk.features.parties.record import Record

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
