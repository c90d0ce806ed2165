"""The oracle: what history knows, worked out anew from the declared tallies by SQL windows over an integer day.

Nothing of the replay is used but the keys of spelled texts and the measures that a line had when it was learned.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from originrisk.features.history.keys import key_of
from originrisk.features.history.replay import Outcomes
from originrisk.features.history.tallies import EVER, OUTCOME_MEASURES, AggregateSpec
from originrisk.features.lines import Ints, Lines

DIGITS = "nullif(regexp_replace(upper({0}), '[^A-Z0-9]', '', 'g'), '')"
RAW = {
    "everything": "1",
    "origin": "country_of_origin",
    "export": "country_of_export",
    "lading": "port_of_lading",
    "hts10": "htsus",
    "hts6": "CASE WHEN length(htsus) >= 6 THEN left(htsus, 6) END",
    "hts4": "CASE WHEN length(htsus) >= 4 THEN left(htsus, 4) END",
    "filer": "left(entry_number, 3)",
    "importer": DIGITS.format("importer_number"),
    "mid": DIGITS.format("manufacturer_id"),
}
"""Parts of keys that SQL reads from the declared columns; the others are texts under many spellings."""


class Oracle:
    """A world in DuckDB: `lines` with their keys and days, `learned` measures, `known` outcomes."""

    def __init__(
        self, entries: pa.Table, outcomes: Outcomes, measures: Mapping[str, Ints], parts: Iterable[str]
    ) -> None:
        lines = Lines.of(entries)
        self.sql = duckdb.connect(config={"threads": 1})
        spelled = {part: key_of(lines, part) for part in parts if part not in RAW}
        self.sql.register("declared", entries.append_column("id", pa.array(range(len(entries)))))
        self.sql.register("spelled", pd.DataFrame({"id": range(len(entries)), **spelled}))
        self.sql.register("measured", pd.DataFrame({"id": range(len(entries)), **measures}))
        self.sql.register("examined", _outcomes(outcomes))
        keys = [f"{RAW.get(part, f'nullif(spelled.{part}, 0)')} AS key_{part}" for part in parts]
        self.sql.execute(
            f"""CREATE TABLE lines AS SELECT declared.id, entry_date - DATE '1970-01-01' AS entered,
            greatest(entered, received_on - DATE '1970-01-01') AS received, {", ".join(keys)}, measured.* EXCLUDE id
            FROM declared JOIN spelled USING (id) JOIN measured USING (id)"""
        )
        self.sql.execute(
            "CREATE TABLE known AS SELECT lines.*, greatest(known_on, received) AS known_on, "
            f"{', '.join(OUTCOME_MEASURES)} "
            "FROM examined JOIN lines USING (id)"
        )

    def state(self, tally: AggregateSpec) -> pd.DataFrame:
        """Everything the tally holds for each line before its day, by the names of its columns."""
        key = [f"key_{part}" for part in tally.key.split("*")]
        columns = self._windows(key, "lines", "received", _lines(tally))
        if tally.outcomes:
            columns |= self._windows(key, "known", "known_on", _examined(tally))
        return pd.DataFrame(columns)

    def prices(self, level: str, price: str, asked_on: str, *, own: bool) -> pd.DataFrame:
        """Lines, sum and spread of a group's log prices in the year before the day in the column `asked_on`.

        `n` and `total` leave out the lines of the asking line's supplier, unless `own`.
        """
        same = " AND ".join(f"fact.key_{part} = line.key_{part}" for part in level.split("*"))
        others = "NOT coalesce(fact.key_supplier = line.key_supplier, false)"
        return (
            self.sql.execute(
                f"""SELECT coalesce(sum(fact.{price}_n) FILTER ({own or others}), 0) AS n,
            coalesce(sum(fact.{price}_sum) FILTER ({own or others}), 0) / 1048576 AS total,
            coalesce(sum(fact.{price}_n), 0) AS everyone,
            coalesce(sum(fact.{price}_spread), 0) / 1048576 AS spread
            FROM lines AS line LEFT JOIN lines AS fact
            ON {same} AND fact.received BETWEEN line.{asked_on} - 365 AND line.{asked_on} - 1
            GROUP BY line.id ORDER BY line.id"""
            )
            .df()
            .astype(np.float64)
        )

    def _windows(self, key: list[str], facts: str, day: str, sums: Mapping[str, tuple[str, int]]) -> dict[str, Any]:
        """Aggregates over windows of days before a line's own; 0 where the line lacks a part of the key."""
        if not sums:
            return {}
        windows = {window for _, window in sums.values()}
        chosen = ", ".join(f'coalesce({sql} OVER w{window}, 0) AS "{name}"' for name, (sql, window) in sums.items())
        frames = ", ".join(
            f"w{window} AS (PARTITION BY {', '.join(key)} ORDER BY day "
            f"RANGE BETWEEN {window or 'UNBOUNDED'} PRECEDING AND 1 PRECEDING)"
            for window in windows
        )
        there = " AND ".join(f"{part} IS NOT NULL" for part in key)
        found = self.sql.execute(
            f"""WITH events AS (
                SELECT *, entered AS day, false AS fact FROM lines WHERE {there} UNION ALL BY NAME
                SELECT *, {day} AS day, true AS fact FROM {facts} WHERE {there}),
            sums AS (SELECT id, fact, {chosen} FROM events WINDOW {frames})
            SELECT sums.* EXCLUDE (id, fact) FROM lines LEFT JOIN (FROM sums WHERE NOT fact) AS sums USING (id)
            ORDER BY lines.id"""
        ).df()
        return {name: found[name].fillna(0).to_numpy(np.float64) for name in sums}


def _lines(tally: AggregateSpec) -> dict[str, tuple[str, int]]:
    counts = {f"lines.{window or 'ever'}": ("count(*) FILTER (fact)", window) for window in tally.lines}
    sums = {
        f"{measure}.{window or 'ever'}": (f"sum({measure}) FILTER (fact)", window)
        for measure, windows in tally.sums.items()
        for window in windows
    }
    days = {"first": ("min(day) FILTER (fact)", EVER), "last": ("max(day) FILTER (fact)", EVER)}
    return counts | sums | (days if EVER in tally.lines else {})


def _examined(tally: AggregateSpec) -> dict[str, tuple[str, int]]:
    counts = {f"{name}.ever": (f"count(*) FILTER (fact AND {name})", EVER) for name in tally.outcomes}
    return counts | {"found_on": ("max(day) FILTER (fact AND found)", EVER)}


def _outcomes(outcomes: Outcomes) -> pd.DataFrame:
    told = dict(zip(OUTCOME_MEASURES, outcomes.told.T, strict=True))
    return pd.DataFrame({"id": outcomes.rows, "known_on": outcomes.day, **told})
