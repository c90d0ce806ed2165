"""From files to the store: map, check, stage, commit; nothing is committed before everything is read."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa

from originrisk.data.console import print_table, progress
from originrisk.data.contract import TABLES, Table
from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest import discover
from originrisk.data.ingest.check import Checked, Checks, Fate
from originrisk.data.ingest.discover import FilesRefusedError, Source
from originrisk.data.ingest.fold import fold
from originrisk.data.ingest.mapping import Mapping, read_mapping, resolve, wanted
from originrisk.data.ingest.profile import DeliveryProfile
from originrisk.data.ingest.records import FileLayout, RecordBatch, heading, named
from originrisk.data.ingest.reject import DeliveryCounts, StagedDelivery
from originrisk.data.ingest.repair import wrong_meanings
from originrisk.data.settings import ReadSettings
from originrisk.data.store.lake import UpsertCounts
from originrisk.data.store.tables import Store


@dataclass(frozen=True, slots=True)
class Input:
    """A file whose headings are found to fit; `columns` gives the heading of each column that it fills."""

    source: Source
    layout: FileLayout
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a delivery did. Counted in records of the source, but for `stored`, which is in rows of the store."""

    counts: DeliveryCounts
    stored: UpsertCounts
    note: str
    warnings: tuple[str, ...] = ()
    profile: DeliveryProfile | None = None
    refused: tuple[Problem, ...] = ()


def ingest(
    store: Store,
    table_name: str,
    paths: Sequence[Path],
    mapping_name: str,
    limits: ReadSettings | None = None,
    *,
    check: bool = False,
) -> Ingested:
    """Bring files into a table as one delivery: one commit, or none where anything is refused.

    With `check` nothing is stored; the answer tells what would become of the delivery, with a profile of its columns
    and what it would be `refused` for. Raises BadInputError for a mapping that does not fit, FilesRefusedError for
    files that do not, or that changed while they were read; the store is unchanged then.
    """
    table, limits = TABLES[table_name], limits or ReadSettings()
    mapping, mistakes = read_mapping(mapping_name)
    mistakes += wrong_meanings(Path(mapping_name).name, mapping)
    sources, warnings = discover.discover(paths)
    profile = DeliveryProfile(table) if check else None
    with TemporaryDirectory() if check else store.writing() as staging:
        with _all_told(mistakes):
            inputs = _inputs(sources, table, mapping, limits)
        delivery = StagedDelivery(table, [entry.source for entry in inputs], Path(staging))
        _take_all(delivery, inputs, table, mapping, limits, profile=profile)
        if (unknown := delivery.unknown_labels()) and not check:
            raise FilesRefusedError([(entry.source.path, () if at else unknown) for at, entry in enumerate(inputs)])
        for file, rows in delivery.close_accepted(store.memory_limit_gb).items():
            for records in _records(inputs[file], mapping, table, limits):
                delivery.reject_duplicates(file, records, rows)
        delivery.close_rejected()
        stored = UpsertCounts(0, 0, 0)
        if not check:
            stored = store.upsert_staged(table_name, [delivery.accepted])
            store.replace_rejected(table_name, delivery.rejected, delivery.hashes)
            store.replace_rejected(table_name, delivery.faults, delivery.hashes, into="faults")
    warnings += [note for entry in inputs for note in entry.layout.notes]
    return Ingested(delivery.counts, stored, mapping.note, tuple(warnings), profile, tuple(unknown))


def _inputs(sources: Sequence[Source], table: Table, mapping: Mapping, limits: ReadSettings) -> list[Input]:
    """Every file with its headings matched; the problems of all files are raised together."""
    inputs: list[Input] = []
    part, only_known = mapping.table(table.name), mapping.only_known_columns
    with _refusals() as refused:
        for source in sources:
            with refused(source):
                for one, shape in discover.layouts(source, wanted(part), mapping.sheet, mapping.encoding, limits):
                    columns = resolve(one.label, table, part, shape.headings, only_known=only_known)
                    count = len(shape.headings) - len(named(shape.headings))
                    told = [f"{one.label}: {count} columns without a heading were passed over"] if count else []
                    inputs.append(Input(one, replace(shape, notes=(*shape.notes, *told)), columns))
    return inputs


def _take_all(
    delivery: StagedDelivery,
    inputs: Sequence[Input],
    table: Table,
    mapping: Mapping,
    limits: ReadSettings,
    *,
    profile: DeliveryProfile | None,
) -> None:
    checks: dict[str, Checks] = {}
    size = sum(entry.source.size() for entry in inputs)
    with progress(f"reading {table.name}", size) as advance, _refusals() as refused:
        for file, entry in enumerate(inputs):
            check = checks.setdefault(entry.layout.delimiter, Checks(table, mapping, entry.layout.delimiter))
            with refused(entry.source):
                for records in _records(entry, mapping, table, limits):
                    checked = check(records, entry.columns)
                    if profile:
                        profile.add(records, checked, entry.columns)
                    folded = _folded(checked, records, entry, mapping, table)
                    delivery.take(file, records, folded, entry.columns)
                    advance(records.size)


@contextmanager
def _all_told(mistakes: Sequence[Problem]) -> Iterator[None]:
    """Raises the mistakes of a mapping, where there are any, together with what is wrong with the files."""
    try:
        yield
    except BadInputError as error:
        raise BadInputError([*mistakes, *error.problems]) if mistakes else error from None
    if mistakes:
        raise BadInputError(mistakes)


@contextmanager
def _refusals() -> Iterator[Callable[[Source], AbstractContextManager[None]]]:
    """Collects what is wrong with each file; raises FilesRefusedError at the end where there was anything."""
    found: list[tuple[Path, Sequence[Problem]]] = []

    @contextmanager
    def refused(source: Source) -> Iterator[None]:
        try:
            yield
        except BadInputError as error:
            found.append((source.path, error.problems))

    yield refused
    if found:
        raise FilesRefusedError(found)


def _records(entry: Input, mapping: Mapping, table: Table, limits: ReadSettings) -> Iterator[RecordBatch]:
    """The records of a file: in parts, or all at once where several of them, far apart perhaps, make a line."""
    parts = discover.read(entry.source, entry.layout, set(entry.columns.values()), limits)
    if mapping.table(table.name).fold is None:
        yield from parts
    elif whole := list(parts):
        yield RecordBatch(
            pa.concat_tables([part.table for part in whole]),
            np.concatenate([part.rows for part in whole]),
            [misfit for part in whole for misfit in part.misfits],
            sum(part.size for part in whole),
            {name: np.concatenate([part.typed[name] for part in whole]) for name in whole[0].typed},
        )


def _folded(checked: Checked, records: RecordBatch, entry: Input, mapping: Mapping, table: Table) -> Checked:
    rule = mapping.table(table.name).fold
    if rule is None:
        return checked
    spelt = {heading(name): name for name in entry.layout.headings}
    named = {name: spelt[heading(name)] for name in (rule.order, *rule.set) if heading(name) in spelt}
    cells = {name: records.table[here] for name, here in named.items()}
    sums = heading(entry.columns["entered_value_usd"]) in {heading(name) for name in rule.sums}
    return fold(checked, rule, cells, sums=sums)


_DONE: dict[Fate, str] = {"emptied": "cell emptied", "rejected": "record rejected", "told": "kept, and told"}


def show(table: str, ingested: Ingested, *, as_json: bool) -> None:
    """Print the counts; notes and warnings go to standard error too, where a script does not trip over them."""
    notes = [f"note: {ingested.note}"] if ingested.note else []
    sys.stderr.writelines(f"{line}\n" for line in (*notes, *(f"warning: {one}" for one in ingested.warnings)))
    profile, counts = ingested.profile, as_dict(ingested)
    if as_json:
        sys.stdout.write(json.dumps(counts | ({"profile": profile.as_list()} if profile else {})) + "\n")
        return
    rules, fates, _ = (counts.pop(name) for name in ("rules", "fates", "warnings"))
    if profile:
        print_table(f"columns of {table}", profile.HEADS, profile.rows())
    print_table(f"ingest {table}", ["records", "count"], counts.items())
    if rules:
        rows = [(rule, _DONE.get(fates[rule], fates[rule]), count) for rule, count in rules.items()]
        print_table("rules", ["column: rule", "what was done", "cells"], rows)
    if not profile and {"rejected", "emptied"} & {*fates.values()}:
        sys.stderr.write("`originrisk rejects` lists them, with file, row and what to do.\n")


def as_dict(ingested: Ingested) -> dict[str, Any]:
    """The counts by name: of records up to `duplicates`, of stored rows in `new`, `corrected`, `unchanged`."""
    counts = ingested.counts
    numbers = {name: getattr(counts, name) for name in ("read", "accepted", "rejected", "repaired", "duplicates")}
    told = {"rules": dict(counts.rules.most_common()), "fates": counts.fates, "warnings": [*ingested.warnings]}
    return numbers | asdict(ingested.stored) | told
