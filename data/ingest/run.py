"""From files to the store: map, check, stage, commit; nothing is committed before everything is read."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from originrisk.data.console import print_table, progress
from originrisk.data.contract import TABLES, Table
from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest import discover
from originrisk.data.ingest.check import Checked, Checks
from originrisk.data.ingest.discover import Source
from originrisk.data.ingest.fold import fold
from originrisk.data.ingest.mapping import Mapping, load_mapping, resolve, wanted
from originrisk.data.ingest.records import Layout, Records, heading
from originrisk.data.ingest.reject import Counts, Delivery
from originrisk.data.store.lake import UpsertCounts
from originrisk.data.store.tables import Store


@dataclass(frozen=True, slots=True)
class Input:
    """A file whose headings are found to fit; `columns` gives the heading of each column that it fills."""

    source: Source
    layout: Layout
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a delivery did. Counted in records of the source, but for `stored`, which is in rows of the store."""

    counts: Counts
    stored: UpsertCounts
    note: str


def ingest(store: Store, table_name: str, paths: Sequence[Path], mapping_name: str) -> Ingested:
    """Bring files into a table as one delivery: one commit, or none where anything is refused.

    Raises BadInputError for a path, mapping or heading that does not fit; the store is unchanged then.
    """
    table, mapping = TABLES[table_name], load_mapping(mapping_name)
    inputs = _inputs(discover.discover(paths), table, mapping)
    with store.writing() as staging:
        delivery = Delivery(table, [entry.source for entry in inputs], staging)
        _take_all(delivery, inputs, table, mapping)
        if unknown := delivery.unknown_labels():
            raise BadInputError(unknown)
        for file, rows in delivery.close_accepted(store.memory_limit_gb).items():
            for records in _records(inputs[file], mapping, table):
                delivery.reject_duplicates(file, records, rows)
        delivery.close_rejected()
        stored = store.upsert_staged(table_name, [delivery.accepted])
        store.replace_rejected(table_name, delivery.rejected, delivery.hashes)
    return Ingested(delivery.counts, stored, mapping.note)


def _inputs(sources: Sequence[Source], table: Table, mapping: Mapping) -> list[Input]:
    """Every file with its headings matched; the problems of all files are raised together."""
    inputs: list[Input] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            inputs.append(_input(source, table, mapping))
        except BadInputError as error:
            problems += error.problems
    if problems:
        raise BadInputError(problems)
    return inputs


def _input(source: Source, table: Table, mapping: Mapping) -> Input:
    part = mapping.table(table.name)
    layout = discover.layout(source, wanted(part), mapping.sheet, mapping.encoding)
    only_known = mapping.only_known_columns
    return Input(source, layout, resolve(source.label, table, part, layout.headings, only_known=only_known))


def _take_all(delivery: Delivery, inputs: Sequence[Input], table: Table, mapping: Mapping) -> None:
    checks: dict[str, Checks] = {}
    size = sum(entry.source.path.stat().st_size for entry in inputs)
    with progress(f"reading {table.name}", size) as advance:
        for file, entry in enumerate(inputs):
            check = checks.setdefault(entry.layout.delimiter, Checks(table, mapping, entry.layout.delimiter))
            for records in _records(entry, mapping, table):
                checked = check(records, entry.columns)
                delivery.take(file, records, _folded(checked, records, entry, mapping, table))
                advance(records.size)


def _records(entry: Input, mapping: Mapping, table: Table) -> Iterator[Records]:
    """The records of a file: in parts, or all at once where several of them, far apart perhaps, make a line."""
    parts = discover.read(entry.source, entry.layout)
    if mapping.table(table.name).fold is None:
        yield from parts
    elif whole := list(parts):
        yield _joined(whole)


def _joined(parts: Sequence[Records]) -> Records:
    return Records(
        pa.concat_tables([part.table for part in parts]),
        np.concatenate([part.rows for part in parts]),
        [misfit for part in parts for misfit in part.misfits],
        sum(part.size for part in parts),
    )


def _folded(checked: Checked, records: Records, entry: Input, mapping: Mapping, table: Table) -> Checked:
    rule = mapping.table(table.name).fold
    if rule is None:
        return checked
    spelt = {heading(name): name for name in entry.layout.headings}
    named = {name: spelt[heading(name)] for name in (rule.order, *rule.set) if heading(name) in spelt}
    cells = {name: records.table[here] for name, here in named.items()}
    sums = heading(entry.columns["entered_value_usd"]) in {heading(name) for name in rule.sums}
    return fold(checked, rule, cells, sums=sums)


def show(table: str, ingested: Ingested, *, as_json: bool) -> None:
    """Print the counts; the mapping's note goes to standard error, where a script does not trip over it."""
    if ingested.note:
        sys.stderr.write(f"note: {ingested.note}\n")
    counts = as_dict(ingested)
    if as_json:
        sys.stdout.write(json.dumps(counts) + "\n")
        return
    rules = counts.pop("rules")
    print_table(f"ingest {table}", ["records", "count"], counts.items())
    if rules:
        print_table("rules", ["column: rule", "cells"], rules.items())


def as_dict(ingested: Ingested) -> dict[str, Any]:
    """The counts by name: of records up to `duplicates`, of stored rows in `new`, `corrected`, `unchanged`."""
    counts, stored = ingested.counts, ingested.stored
    return {
        "read": counts.read,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "repaired": counts.repaired,
        "duplicates": counts.duplicates,
        "new": stored.new,
        "corrected": stored.corrected,
        "unchanged": stored.unchanged,
        "rules": dict(counts.rules.most_common()),
    }
