"""A delivery on its way into the store: accepted rows and rejected records, staged in files until all are read."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from originrisk.data.contract import RULES, Table
from originrisk.data.errors import Problem
from originrisk.data.ingest.check import Checked, Fate
from originrisk.data.ingest.discover import FilesRefusedError, Source
from originrisk.data.ingest.faults import MOST_EMPTIED, broken_cells
from originrisk.data.ingest.records import RecordBatch
from originrisk.data.store import lake
from originrisk.data.store.tables import FAULTS, REJECTED

_PLACE = [("file", pa.int32()), ("row", pa.int64()), ("repaired", pa.bool_())]


MOST_WORDS = 20


def shown_word(text: str) -> str:
    """A word of a source in a message; what may be a number or a name of somebody is told by its length alone."""
    word = " ".join(text.split())
    if len(word) > 40 or sum(character.isdigit() for character in word) > 3:
        return f"a text of {len(text)} characters"
    return f"`{word}`"


@dataclass
class DeliveryCounts:
    """What became of the records; read = accepted + rejected."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    repaired: int = 0
    duplicates: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    fates: dict[str, Fate] = field(default_factory=dict)
    labels: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


class StagedDelivery:
    """Files that come in together. `hashes` are the SHA-256 of each: a record is known by file and row number."""

    def __init__(self, table: Table, sources: Sequence[Source], staging: Path) -> None:
        self.counts = DeliveryCounts()
        self.hashes = [source.sha256() for source in sources]
        self.accepted, self.rejected, self.faults = (
            staging / f"{name}.parquet" for name in ("accepted", "rejected", "faults")
        )
        self._table, self._sources, self._staging = table, sources, staging
        self._name = hashlib.sha256("".join([table.name, *self.hashes]).encode()).hexdigest()[:16]
        schema = pa.schema([*table.schema, *(pa.field(f"_{name}", kind) for name, kind in _PLACE)])
        self._accepted = pq.ParquetWriter(self.accepted, schema)
        self._rejected = pq.ParquetWriter(self.rejected, REJECTED)
        self._faults = pq.ParquetWriter(self.faults, FAULTS)
        self._emptied: Counter[str] = Counter()

    def take(self, file: int, records: RecordBatch, checked: Checked, columns: Mapping[str, str]) -> None:
        """Stage the records of a file: whole rows as accepted, the others and the misfits as rejected.

        `columns` gives the heading of each column that the file fills.
        """
        whole = checked.whole
        self.counts.read += len(whole) + len(records.misfits)
        self.counts.accepted += int(whole.sum())
        self.counts.repaired += int((whole & checked.repaired).sum())
        self.counts.rules += checked.rules
        self.counts.fates |= checked.fates
        for column, words in checked.labels.items():
            self.counts.labels[column] += words
        mask, table = whole & ~checked.absorbed, checked.table
        place = (np.full(len(whole), file, np.int32), records.rows, checked.repaired)
        for (name, kind), values in zip(_PLACE, place, strict=True):
            table = table.append_column(f"_{name}", pa.array(values, kind))
        self._accepted.write_table(table if mask.all() else table.filter(pa.array(mask)))
        self._reject_rows(file, records, checked.reasons, columns)
        self._fault(file, broken_cells(records, columns, self._kept_of(checked.emptied, whole), "emptied"))
        self._reject(file, ((bad.row, bad.raw, [f"record: {bad.reason}"]) for bad in records.misfits))
        told = Counter(f"record: {bad.reason}" for bad in records.misfits)
        self.counts.rules.update(told)
        self.counts.fates.update(dict.fromkeys(told, "rejected"))
        self._fault(
            file,
            (
                {"row_number": bad.row, "column": "record", "reason": bad.reason, "fate": "rejected"}
                for bad in records.misfits
            ),
        )

    def _kept_of(
        self, emptied: Mapping[str, Mapping[int, str]], whole: NDArray[np.bool_]
    ) -> Iterator[tuple[int, str, str]]:
        """Emptied cells of rows that were taken, as long as there are not too many of their rule."""
        for column, reasons in emptied.items():
            for position, reason in reasons.items():
                rule = f"{column}: {reason}"
                if whole[position] and self._emptied[rule] < MOST_EMPTIED:
                    self._emptied[rule] += 1
                    yield position, column, reason

    def unknown_labels(self) -> list[Problem]:
        """Words of labels that nobody knows, each with how often it stands: the most frequent of each column."""
        problems = []
        for column, words in self.counts.labels.items():
            rule, where = self._table[column].rule, f"{self._table.name}.{column}"
            step = f"Say what it means under [{self._table.name}.values.{column}] of a mapping; empty is unknown."
            for word, count in words.most_common(MOST_WORDS):
                problems.append(Problem(where, RULES[rule], f"{shown_word(word)} {count:,} times", step))
            if len(words) > MOST_WORDS:
                problems.append(Problem(where, RULES[rule], f"{len(words) - MOST_WORDS:,} other words", step))
        return problems

    def reject_duplicates(self, file: int, records: RecordBatch, rows: NDArray[np.int64]) -> None:
        """Stage these rows of a file, accepted before, as rejected: their keys came earlier in the delivery."""
        positions = np.flatnonzero(np.isin(records.rows, rows)).tolist()
        reason = f"{', '.join(self._table.key)}: duplicate in this delivery"
        self._reject_rows(file, records, {position: [reason] for position in positions}, {})
        self.counts.rules[reason] += len(positions)
        self.counts.fates[reason] = "rejected"

    def close_accepted(self, memory_limit_gb: float) -> dict[int, NDArray[np.int64]]:
        """No more records. Takes later rows of a key out of the accepted; returns them: file, row numbers."""
        self._accepted.close()
        staged, key, kept = (lake.relation([self.accepted]), ", ".join(self._table.key), self._staging / "kept.parquet")
        with lake.connect(memory_limit_gb, self._staging) as connection:
            later = connection.sql(
                f"SELECT _file, _row, _repaired FROM {staged} "
                f"SEMI JOIN (SELECT {key} FROM {staged} GROUP BY {key} HAVING count(*) > 1) USING ({key}) "
                f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _file, _row) > 1"
            ).to_arrow_table()
            if later.num_rows:
                connection.register("later", later)
                apart = f"FROM {staged} ANTI JOIN later USING (_file, _row)"
                connection.execute(f"COPY ({apart}) TO {lake.literal(kept)}")
                self.accepted = kept
        self.counts.duplicates = later.num_rows
        self.counts.accepted -= later.num_rows
        self.counts.repaired -= int(np.asarray(later["_repaired"]).sum())
        files, rows = np.asarray(later["_file"]), np.asarray(later["_row"])
        return {int(file): rows[files == file] for file in np.unique(files)}

    def close_rejected(self) -> None:
        """No more rejects; the staged files are whole. Raises FilesRefusedError where what was read is not what counts.

        A file that changed while it was read would give other rows to what was accepted than to what was rejected.
        """
        self._rejected.close()
        self._faults.close()
        changed = [one for one, digest in zip(self._sources, self.hashes, strict=True) if one.sha256() != digest]
        if changed:
            step = "Bring it in again when it is complete."
            raise FilesRefusedError(
                [
                    (one.path, [Problem(one.label, "one content", "that it changed while it was read", step)])
                    for one in changed
                ]
            )
        if self.counts.read != self.counts.accepted + self.counts.rejected:
            raise AssertionError(
                f"{self.counts.read} read, {self.counts.accepted} accepted, {self.counts.rejected} rejected"
            )

    def _reject_rows(
        self, file: int, records: RecordBatch, reasons: Mapping[int, list[str]], columns: Mapping[str, str]
    ) -> None:
        positions = sorted(reasons)
        raws = records.table.take(pa.array(positions, pa.int64())).to_pylist()
        texts = (json.dumps(raw, ensure_ascii=False, default=str) for raw in raws)
        rows = records.rows[positions].tolist()
        self._reject(file, zip(rows, texts, (reasons[position] for position in positions), strict=True))
        found = (
            (position, column, why)
            for position in positions
            for column, _, why in (reason.partition(": ") for reason in reasons[position])
        )
        self._fault(file, broken_cells(records, columns, found, "rejected"))

    def _fault(self, file: int, found: Iterable[dict[str, object]]) -> None:
        rows = [{**self._place(file), **one} for one in found]
        if rows:
            self._faults.write_table(pa.Table.from_pylist(rows, schema=FAULTS))

    def _place(self, file: int) -> dict[str, object]:
        return {
            "table_name": self._table.name,
            "file": self._sources[file].label,
            "file_hash": self.hashes[file],
            "delivery": self._name,
        }

    def _reject(self, file: int, rejects: Iterable[tuple[int, str, list[str]]]) -> None:
        rows = [
            {**self._place(file), "row_number": row, "raw": raw, "reasons": reasons} for row, raw, reasons in rejects
        ]
        if rows:
            self.counts.rejected += len(rows)
            self._rejected.write_table(pa.Table.from_pylist(rows, schema=REJECTED))
