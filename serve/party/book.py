"""Arrays that grow at their end: numbers, and texts packed into one array of letters."""

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from originrisk.features.history.keys import Keys
from originrisk.features.parties.compare import word_hash
from originrisk.features.vocabulary import GENERIC, PLACES
from originrisk.serve.party.record import Record, city_letters, house_number, streets


class Growing:
    """A one-dimensional array with room at its end. What it was made of is never written to."""

    def __init__(self, values: npt.NDArray[Any]) -> None:
        self._room, self._size = values, len(values)

    def __len__(self) -> int:
        return self._size

    @property
    def values(self) -> npt.NDArray[Any]:
        """What it holds now."""
        return self._room[: self._size]

    def extend(self, more: npt.NDArray[Any]) -> None:
        """Put numbers at the end."""
        size = self._size + len(more)
        if size > len(self._room):
            room = np.empty(size + size // 2 + 16, self._room.dtype)
            room[: self._size] = self.values
            self._room = room
        self._room[self._size : size] = more
        self._size = size

    def append(self, number: int) -> None:
        """Put one number at the end."""
        self.extend(np.array([number], self._room.dtype))

    def put(self, place: int, number: np.generic) -> None:
        """Put another number in a place."""
        self._room = self.values.copy()
        self._room[place] = number

    def replace(self, old: np.generic, new: np.generic) -> None:
        """Put `new` wherever `old` is."""
        self._room = np.where(self.values == old, new, self.values)


class Texts:
    """Texts by number, in the order in which they were added."""

    def __init__(self, letters: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> None:
        self.letters, self.ends = Growing(letters), Growing(ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, number: int) -> str:
        ends = self.ends.values
        start = int(ends[number - 1]) if number else 0
        return self.letters.values[start : int(ends[number])].tobytes().decode()

    def append(self, text: str) -> None:
        """Put one text at the end."""
        self.letters.extend(np.frombuffer(text.encode(), np.uint8))
        self.ends.append(len(self.letters))


Places = npt.NDArray[np.int32]

_LEAST_TO_FOLD = 50_000
_NOWHERE = (-1,)


class SortedTable:
    """A multimap from key to rows. Adding is cheap; every so often what was added is folded into the arrays."""

    def __init__(self, keys: Keys | None = None, rows: Places | None = None) -> None:
        self.keys: Keys = np.empty(0, np.uint64) if keys is None else keys
        self.rows: Places = np.empty(0, np.int32) if rows is None else rows
        self._recent: dict[int, list[int]] = {}
        self._added = 0

    def add(self, key: int, row: int) -> None:
        """Put `row` under `key`, behind the rows already there."""
        self._recent.setdefault(key, []).append(row)
        self._added += 1
        if self._added > max(_LEAST_TO_FOLD, len(self.keys) // 4):
            self.fold()

    def under(self, keys: list[int]) -> list[list[int]]:
        """Rows under each key, in the order in which they were added."""
        wanted = np.array(keys, np.uint64)
        starts, ends = np.searchsorted(self.keys, wanted), np.searchsorted(self.keys, wanted, side="right")
        found = zip(keys, starts.tolist(), ends.tolist(), strict=True)
        return [[*self.rows[start:end].tolist(), *self._recent.get(key, ())] for key, start, end in found]

    def first(self, keys: Keys) -> Places:
        """The first row under each key (n,); -1 where there is none."""
        rows = np.full(len(keys), -1, np.int32)
        if len(self.keys):
            place = self.keys.searchsorted(keys)
            near = self.keys.take(place, mode="clip") == keys
            rows = np.where(near, self.rows.take(place, mode="clip"), rows)
        if self._recent:
            old = np.flatnonzero(rows < 0)
            rows[old] = [self._recent.get(key, _NOWHERE)[0] for key in keys[old].tolist()]
        return rows

    def fold(self) -> None:
        """Bring everything into the sorted arrays."""
        if not self._recent:
            return
        sizes = [len(rows) for rows in self._recent.values()]
        keys = np.repeat(np.fromiter(self._recent, np.uint64, len(sizes)), sizes)
        rows = np.fromiter((row for rows in self._recent.values() for row in rows), np.int32, len(keys))
        keys, rows = np.concatenate([self.keys, keys]), np.concatenate([self.rows, rows])
        order = np.argsort(keys, kind="stable")
        self.keys, self.rows, self._recent, self._added = keys[order], rows[order], {}, 0


def counted_words(record: Record) -> Iterator[str]:
    """Every word whose rarity the comparison asks for."""
    yield from record.name.split()
    yield from (f"@{word}" for word in streets(record.address))
    yield f"%{record.city}"
    yield f"%{city_letters(record)}"
    yield f"#{house_number(record)}"
    if record.mid:
        yield f"~{record.mid.name}"


def blocking_words(record: Record) -> Iterator[str]:
    """Two records that share none of these are never compared; each is narrow enough to be shared by few."""
    city, number, country = city_letters(record), house_number(record), record.country
    own = [word for word in record.name.split() if word not in GENERIC and word not in PLACES]
    for word in dict.fromkeys([*own, *map("".join, itertools.pairwise(own))]):
        yield f"{country} {word}"
        yield f"{country} {word} {city}"
    yield f"{country} {''.join(record.name.split())}"
    if record.mid:
        yield f"mid {record.manufacturer_id}"
        yield f"mid {country} {record.mid.name} {city}"
        yield f"mid {country} {record.mid.name} {number}"
    for word in streets(record.address):
        yield f"@ {country} {word} {number}"
        yield f"@ {country} {word} {city}"


def twin_keys(record: Record) -> Iterator[int]:
    """Keys under which records meet that are alike in two of name, address and MID: enough to need no weighing."""
    name = "".join(record.name.split())
    if name and record.address and house_number(record):
        yield word_hash(f"twin {record.country} {name}@{record.address}")
    if name and record.mid:
        yield word_hash(f"twin {name}#{record.manufacturer_id}")


Arrays = dict[str, npt.NDArray[Any]]

_MOST_UNDER_A_WORD: Final = 120
"""A word shared by more records finds none: it tells too little."""
_MOST_CANDIDATES: Final = 4
_MOST_OF_ONE_PARTY: Final = 2


class Book:
    """Records by number, each with its party."""

    def __init__(self, texts: Texts, parties: Growing, blocks: SortedTable) -> None:
        self._texts, self._parties, self._blocks = texts, parties, blocks

    @classmethod
    def empty(cls) -> "Book":
        """A book without records."""
        return cls.from_arrays(
            {
                "letters": np.empty(0, np.uint8),
                "ends": np.empty(0, np.int64),
                "parties": np.empty(0, np.uint64),
                "block_keys": np.empty(0, np.uint64),
                "block_rows": np.empty(0, np.int32),
            }
        )

    def add(self, record: Record, party: int) -> None:
        """Write down a record of a party."""
        for word in blocking_words(record):
            self._blocks.add(word_hash(word), len(self._texts))
        self._texts.append("\t".join(record))
        self._parties.append(party)

    def like(self, record: Record) -> tuple[int, ...]:
        """Numbers of records that share words with this one: those that share most first, few of each party."""
        buckets = self._blocks.under([word_hash(word) for word in blocking_words(record)])
        shared = Counter(row for rows in buckets if len(rows) <= _MOST_UNDER_A_WORD for row in rows)
        of_party: Counter[int] = Counter()
        found: list[int] = []
        for row in sorted(shared, key=lambda row: (-shared[row], row)):
            of_party[party := self.party(row)] += 1
            if of_party[party] <= _MOST_OF_ONE_PARTY:
                found.append(row)
        return tuple(found[:_MOST_CANDIDATES])

    def join(self, other: np.uint64, party: np.uint64) -> None:
        """Records of one party become another's."""
        self._parties.replace(other, party)

    def split(self, record: Record, party: np.uint64) -> None:
        """A record, whether written down or within another, becomes a party's of its own."""
        written = [row for row in self.like(record) if self.record(row) == record]
        for row in written:
            self._parties.put(row, party)
        if not written:
            self.add(record, int(party))

    def record(self, row: int) -> Record:
        """The record of a number."""
        return Record(*self._texts[row].split("\t"))

    def party(self, row: int) -> int:
        """Its party."""
        return int(self._parties.values[row])

    def arrays(self) -> Arrays:
        """Everything as arrays."""
        self._blocks.fold()
        return {
            "letters": self._texts.letters.values,
            "ends": self._texts.ends.values,
            "parties": self._parties.values,
            "block_keys": self._blocks.keys,
            "block_rows": self._blocks.rows,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Book":
        """A book from its arrays, which may be mapped from a file and read-only."""
        texts = Texts(arrays["letters"], arrays["ends"])
        return cls(texts, Growing(arrays["parties"]), SortedTable(arrays["block_keys"], arrays["block_rows"]))
