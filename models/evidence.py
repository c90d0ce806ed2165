"""What the store knew about lines when a day closed: counts, dates and names, by one query for all of them.

The past of a line are the lines dated and received by that day, and the results told by it. Parties are one where they
are declared alike, whatever the case: a maker by its MID, without one by its name. A year is 365 days up to that day.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from originrisk.data.contract import ENTRIES, EPOCH, ONE_DAY
from originrisk.data.dispositions import FOUND, RELEASES, denied, evidence
from originrisk.data.lists.membership import in_force, with_shipped
from originrisk.data.store import lake
from originrisk.data.store.tables import Store
from originrisk.features.lines import Lines
from originrisk.features.list_match import match
from originrisk.features.lists import ROLES, Listings, concerns_xinjiang, legal_basis
from originrisk.features.names import company_key
from originrisk.features.places import maker_in_xinjiang

PARTIES: Final = ("maker", "importer", "seller", "consolidator", "address")
"""What a line may share with others. `address` is the maker's."""
LIKELY: Final = 0.5
"""Probability from which a name is told to be, perhaps, that of a listed party."""
PRICES: Final = ("per_unit", "per_kilo")

Row = dict[str, Any]

_KEYS: Final = """
  coalesce('MID ' || manufacturer_id, upper(manufacturer_name)) AS maker, upper(importer_number) AS importer,
  upper(seller_name) AS seller, upper(consolidator_name) AS consolidator, upper(manufacturer_address) AS address,
  htsus, left(htsus, 6) AS goods, country_of_origin AS origin, port_of_lading AS lading, unit_of_measure AS unit,
  entered_value_usd / nullif(quantity, 0) AS per_unit, entered_value_usd / nullif(gross_weight_kg, 0) AS per_kilo
"""
_PAST: Final = f"""
SELECT entry_number, line_number, entry_date, manufacturer_name, {_KEYS} FROM entries
WHERE entry_date <= $closed AND coalesce(received_on, entry_date) <= $closed
"""
TABLES: Final = {
    "asked": f"SELECT row, {_KEYS} FROM lines",
    "near": f"""
      FROM ({_PAST}) WHERE goods IN (SELECT goods FROM asked)
      {" ".join(f"OR {party} IN (SELECT {party} FROM asked)" for party in PARTIES)}""",
    "examined": f"""
      SELECT past.*, result IS NOT NULL AS told, result IS NOT DISTINCT FROM '{FOUND}' AS found, denied, released,
        tested, outcome_date
      FROM ({_PAST}) AS past JOIN results USING (entry_number, line_number)
      WHERE outcome_date <= $closed AND (result IS NOT NULL OR denied OR released)""",
    "year": "FROM near WHERE entry_date > $closed - 365",
}


def _examined(of: str, where: str) -> str:
    """Examinations of lines like the one asked for."""
    return f"""
      SELECT row, count(*) FILTER (told) AS {of}_examined, count(*) FILTER (found) AS {of}_found,
        count(*) FILTER (denied) AS {of}_denied, count(*) FILTER (released) AS {of}_released,
        count(*) FILTER (found AND tested) AS {of}_tested, max(outcome_date) FILTER (found) AS {of}_found_on
      FROM asked AS a JOIN examined AS x ON {where} GROUP BY row"""


def _priced(price: str) -> str:
    """Prices of the same goods of the same origin, in the same unit, by other makers."""
    same = "a.unit = k.unit AND" if price == "per_unit" else ""
    return f"""
      SELECT row, count(*) AS {price}_lines, count(*) FILTER (k.{price} > a.{price}) AS {price}_dearer,
        count(*) FILTER (k.{price} < a.{price}) AS {price}_cheaper, median(k.{price}) AS {price}_usual
      FROM asked AS a JOIN year AS k ON a.htsus = k.htsus AND a.origin = k.origin AND {same} a.maker <> k.maker
      WHERE a.{price} > 0 AND k.{price} > 0 GROUP BY row"""


COUNTS: Final = (
    *(_examined(party, f"a.{party} = x.{party}") for party in PARTIES),
    _examined("goods", "a.goods = x.goods"),
    *map(_priced, PRICES),
    """
      SELECT row, count(*) AS maker_lines, min(entry_date) AS maker_first,
        count(*) FILTER (entry_date > $closed - 365) AS maker_year,
        count(DISTINCT k.importer) FILTER (entry_date > $closed - 365) AS maker_importers
      FROM asked AS a JOIN near AS k ON a.maker = k.maker GROUP BY row""",
    """
      SELECT row, count(*) AS importer_year, count(*) FILTER (k.goods = a.goods) AS importer_goods
      FROM asked AS a JOIN year AS k ON a.importer = k.importer GROUP BY row""",
    """
      SELECT row, count(*) FILTER (entry_date > $closed - 365) AS goods_year,
        count(*) FILTER (entry_date BETWEEN $closed - 729 AND $closed - 365) AS goods_before,
        count(*) FILTER (entry_date > $closed - 365 AND k.lading = a.lading) AS goods_lading
      FROM asked AS a JOIN near AS k ON a.goods = k.goods AND a.origin = k.origin GROUP BY row""",
    *(
        f"""
      SELECT row, count(DISTINCT k.maker) AS {party}_makers
      FROM asked AS a JOIN year AS k ON a.{party} = k.{party} GROUP BY row"""
        for party in PARTIES[1:]
    ),
)
TIES: Final = f"""
WITH clouded AS (
  SELECT maker, count(*) FILTER (told) AS examined, count(*) FILTER (found) AS found FROM examined GROUP BY maker
), named AS (
  SELECT DISTINCT maker, name AS listed_name, since FROM near JOIN listed ON upper(manufacturer_name) = key
), shared AS ({
    " UNION ALL ".join(
        f"SELECT row, '{party}' AS via, k.maker, k.manufacturer_name, k.entry_date "
        f"FROM asked AS a JOIN near AS k ON a.{party} = k.{party} AND a.maker <> k.maker"
        for party in PARTIES[1:]
    )
})
SELECT row, via, maker, coalesce(min(manufacturer_name), maker) AS name, min(entry_date) AS first, count(*) AS lines,
  any_value(examined) AS examined, any_value(found) AS found, min(listed_name) AS listed_name, min(since) AS since
FROM shared LEFT JOIN clouded USING (maker) LEFT JOIN named USING (maker)
WHERE found > 0 OR since IS NOT NULL
GROUP BY row, via, maker
"""


@dataclass(frozen=True, slots=True)
class LineEvidence:
    """What is known of one line: its declared `line` (a row of `entries`), `counts` by name (0 where nothing is known,
    None for a date or an amount), and `ties` to other makers that are listed or at whom inputs were found.

    Of the law and the lists on the line's own day: `listed` parties that its names are or may be, `legal` bases as in
    `originrisk.data.law`, and how clearly the maker is declared `in_xinjiang`, 0 to 1.
    """

    line: Row
    counts: Row
    ties: tuple[Row, ...]
    listed: tuple[Row, ...]
    legal: tuple[Row, ...]
    in_xinjiang: float


def gather(store: Store, lines: pa.Table, closed: date) -> list[LineEvidence]:
    """What the store knew of each line (rows of `entries`) at the close of a day, in their order."""
    if not len(lines):
        return []
    listed = with_shipped(store.listed())
    concerning = listed.filter(pa.array([concerns_xinjiang(row) for row in listed.to_pylist()], pa.bool_()))
    columns, listings = Lines.of(lines), Listings.of(listed)
    legal, in_xinjiang = legal_basis(columns, listings).to_pylist(), maker_in_xinjiang(columns).tolist()
    named = _named(columns, listings, concerning)
    with store.reading() as connection:
        asked = lines.append_column("row", pa.array(range(len(lines))))
        connection.register("lines", asked)
        connection.register("results", _results(store.outcomes()))
        connection.register("listed", _names(concerning, closed + ONE_DAY))
        _register_entries(connection, store)
        when = {"closed": closed}
        for name, query in TABLES.items():
            dated = when if "$closed" in query else None
            connection.execute(f"CREATE TEMP TABLE {name} AS {query}", dated)
        joined = " ".join(f"LEFT JOIN ({query}) USING (row)" for query in COUNTS)
        query = f"SELECT * FROM (SELECT row FROM asked) {joined} ORDER BY row"
        known = connection.sql(query, params=when).to_arrow_table().to_pylist()
        ties: dict[int, list[Row]] = defaultdict(list)
        for tie in connection.sql(TIES).to_arrow_table().to_pylist():
            ties[tie["row"]].append(tie)
    strongest = {row: tuple(sorted(found, key=_strength)) for row, found in ties.items()}
    return [
        LineEvidence(line, _whole(of), strongest.get(row, ()), tuple(named[row]), tuple(legal[row]), in_xinjiang[row])
        for row, (line, of) in enumerate(zip(lines.to_pylist(), known, strict=True))
    ]


def _whole(counts: Row) -> Row:
    """Counts of nothing are 0; dates and amounts stay None."""
    dated = ("_on", "_first", "_usual")
    return {name: 0 if value is None and not name.endswith(dated) else value for name, value in counts.items()}


def _strength(tie: Row) -> tuple[Any, ...]:
    return tie["since"] or date.max, -(tie["found"] or 0), -tie["lines"], tie["name"], tie["via"]


def _results(outcomes: pa.Table) -> pa.Table:
    """What each examination found on origin, null where nothing, whether a laboratory did, and whether the goods were
    refused or released without such evidence."""
    found = evidence(outcomes)
    kept = outcomes.select(["entry_number", "line_number", "outcome_date"]).append_column("result", found)
    done = {"denied": denied(outcomes), "released": pc.is_in(outcomes["disposition"], pa.array(RELEASES))}
    for name, told in done.items():
        kept = kept.append_column(name, pc.and_(told, pc.is_null(found)))
    return kept.append_column("tested", pc.is_in(outcomes["method"], pa.array(["isotopic", "dna"])))


def _named(lines: Lines, listings: Listings, listed: pa.Table) -> dict[int, list[Row]]:
    """By row, the listed parties that names of the line are, or rather are than not."""
    named: dict[int, list[Row]] = defaultdict(list)
    days, seen = lines.days["entry_date"], cache(partial(in_force, listed))
    for role, column in ROLES.items():
        text, city = lines.texts[column], lines.texts["manufacturer_city"] if role == "maker" else None
        held = listings.hold(text, days)
        likely = listings.spelled.probability(text, city, days)
        for row in np.flatnonzero(held | (likely >= LIKELY)).tolist():
            name = text.levels[text.codes[row]]
            where = "" if city is None or city.null[row] else city.levels[city.codes[row]]
            best = next(iter(match(name, seen(EPOCH + timedelta(int(days[row]))), where)), None)
            if best is not None:
                own, declared = best.listing["name"], company_key(name)
                how = "name" if company_key(own) == declared else "alias" if held[row] else "likely"
                told = {"how": how, "probability": float(likely[row]), "name": own}
                since = {"programme": best.listing["programme"], "since": best.listing["effective_date"]}
                named[row].append({"role": role, "declared": name, **told, **since})
    return named


def _names(listed: pa.Table, day: date) -> pa.Table:
    """Names and aliases of the listings that lines of a day see."""
    names = [
        {"key": name.upper(), "name": row["name"], "since": row["effective_date"]}
        for row in in_force(listed, day).to_pylist()
        for name in (row["name"], *filter(None, (row["aliases"] or "").split("|")))
    ]
    schema = pa.schema([("key", pa.string()), ("name", pa.string()), ("since", pa.date32())])
    return pa.Table.from_pylist(names, schema)


def _register_entries(connection: duckdb.DuckDBPyConnection, store: Store) -> None:
    path = store.home / "lake" / ENTRIES.name
    if files := lake.files(path):
        connection.execute(f"CREATE VIEW entries AS {lake.shaped(connection, ENTRIES.schema, path, files)}")
    else:
        connection.register("entries", ENTRIES.schema.empty_table())
