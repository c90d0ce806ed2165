"""What the data of a home look like, before any training: counts by DuckDB, and what each concept has to go by."""

from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any, Final

from originrisk.data.contract import ENTRIES
from originrisk.data.errors import GateRefusedError, Problem
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue.feature import Concept
from originrisk.train.dataset import LEAST_EXAMPLES, LEAST_POSITIVES
from originrisk.train.report.document import document, section, table

Rows = list[dict[str, Any]]

_PARTY: Final = ("manufacturer_id", "manufacturer_name", "manufacturer_address", "manufacturer_city")
_LANE: Final = ("country_of_origin", "country_of_export", "port_of_lading", "port_of_entry", "mode_of_transport")
_METAL: Final = ("smelt_country", "cast_country", "melt_pour_country")
READS: Final[dict[Concept, tuple[str, ...]]] = {
    "findings": (*_PARTY, "importer_number", "seller_name", "htsus"),
    "parties": (*_PARTY, "manufacturer_postal_code", "importer_number", "consignee_number"),
    "links": (*_PARTY, "importer_number", "seller_name", "consolidator_name"),
    "material": ("htsus", "description", *_METAL),
    "price": ("htsus", "entered_value_usd", "quantity", "unit_of_measure", "gross_weight_kg", "charges_usd"),
    "route": (*_LANE, "export_date", "special_program"),
    "goods": ("htsus", "country_of_origin", "description"),
    "paperwork": ("manufacturer_id", "related_parties", "entry_type", "received_on"),
}
"""Columns of the contract that the features of each concept look at."""
CODES: Final = (
    "entry_type",
    "mode_of_transport",
    "unit_of_measure",
    "port_of_entry",
    "port_of_lading",
    "special_program",
)
PARTIES: Final = ("importer_number", "manufacturer_id", "manufacturer_name", "seller_name", "consolidator_name")
FEW_RANDOM: Final = 200
"""Results of the random arm below which the level of probabilities is mostly assumed."""

_EXAMINED: Final = """CREATE TEMP VIEW joined AS SELECT e.*, o.method, o.selection, o.result, o.disposition,
  o.selection_probability, o.outcome_date, o.entry_number IS NOT NULL AS examined,
  coalesce(o.result = 'xinjiang', FALSE) AS positive, e.entry_date < DATE '{start}' AS older
  FROM entries e LEFT JOIN outcomes o USING (entry_number, line_number)"""
_BY: Final = """SELECT {key} AS "{name}", count(*) AS lines, count(*) / sum(count(*)) OVER () AS share,
  sum(entered_value_usd) / 1e6 AS value_musd, count_if(examined) AS examined, count_if(positive) AS positive
  FROM joined GROUP BY 1 ORDER BY {order} LIMIT {most}"""
_LABELS: Final = """SELECT coalesce(method, 'not stated') AS method, coalesce(selection, 'not stated') AS selection,
  count(*) AS lines, count_if(result = 'xinjiang') AS xinjiang, count_if(result = 'not_xinjiang') AS not_xinjiang,
  count_if(result = 'inconclusive') AS inconclusive, count_if(outcome_date IS NULL) AS pending,
  count_if(selection = 'random' AND selection_probability IS NULL) AS draws_without_chance,
  count(disposition) AS dispositions, median(outcome_date - entry_date) AS median_days_to_result,
  round(quantile_cont(outcome_date - entry_date, .9), 1) AS ninth_tenth_days
  FROM joined WHERE examined GROUP BY ALL ORDER BY lines DESC"""
_CODE: Final = """SELECT '{name}' AS "column", coalesce("{name}", 'empty') AS code, count(*) AS lines,
  count(*) / sum(count(*)) OVER () AS share FROM joined GROUP BY ALL ORDER BY lines DESC LIMIT 8"""
_PARTIES: Final = """SELECT '{name}' AS party, count(*) AS parties, median(lines)::DOUBLE AS median_lines,
  max(lines) AS most_lines, count_if(lines = 1) / count(*) AS share_of_one_line, avg(examined::INT) AS share_examined
  FROM (SELECT count(*) AS lines, bool_or(examined) AS examined FROM joined
    WHERE "{name}" IS NOT NULL GROUP BY "{name}")"""


@dataclass(frozen=True, slots=True)
class DataProfile:
    """Tables of plain rows by name, and what to mind before a training, in words."""

    tables: dict[str, Rows]
    mind: list[str]

    def plain(self) -> dict[str, Any]:
        """For `--json`; days are texts."""
        return {"mind": self.mind, **self.tables}


def profile_of(settings: Settings) -> DataProfile:
    """Look at the lines and results of a home; changes nothing. Raises GateRefusedError where there are no lines."""
    store = Store(settings.home, settings.memory_limit_gb)
    entries, outcomes = store.entries(), store.outcomes()
    if not len(entries):
        step = "Run originrisk ingest entries first."
        raise GateRefusedError(Problem("entries", "entry lines", "none", step))
    with store.reading() as connection:
        connection.register("entries", entries)
        connection.register("outcomes", outcomes)
        connection.execute(_EXAMINED.format(start=settings.history_start))

        def rows(query: str) -> Rows:
            asked = connection.execute(query)
            names = [column[0] for column in asked.description]
            plain = [[str(v) if isinstance(v, date) else v for v in row] for row in asked.fetchall()]
            return [dict(zip(names, row, strict=True)) for row in plain]

        def by(name: str, key: str, order: str = "lines DESC", most: int = 20) -> Rows:
            return rows(_BY.format(name=name, key=key, order=order, most=most))

        empty = ", ".join(f'1 - count("{c}") / count(*) AS "{c}"' for c in ENTRIES.names)
        unlike = ", ".join(f'count(DISTINCT "{c}") AS "{c}"' for c in ENTRIES.names)
        shares, kinds = (rows(f"SELECT {q} FROM joined")[0] for q in (empty, unlike))
        overview = rows(
            "SELECT count(*) AS lines, min(entry_date) AS first_day, max(entry_date) AS last_day, "
            "count(DISTINCT entry_date) AS days_with_lines, count_if(older) AS before_history_start, "
            "count_if(examined) AS examined, count_if(positive) AS positive, "
            "count(*) FILTER (selection = 'random' AND outcome_date IS NOT NULL) AS random_results FROM joined"
        )
        tables = {
            "overview": overview,
            "months": by("month", "strftime(entry_date, '%Y-%m')", "1", 600),
            "origins": by("country_of_origin", "coalesce(country_of_origin, 'empty')"),
            "chapters": by("chapter", "coalesce(htsus[:2], 'empty')"),
            "columns": [{"column": c, "empty": shares[c], "different": kinds[c]} for c in ENTRIES.names],
            "codes": [row for name in CODES for row in rows(_CODE.format(name=name))],
            "parties": [row for name in PARTIES for row in rows(_PARTIES.format(name=name))],
            "labels": rows(_LABELS),
            "concepts": [_concept(name, columns, shares) for name, columns in READS.items()],
        }
    orphans = len(outcomes) - overview[0]["examined"]
    return DataProfile(tables, _mind(overview[0], tables, orphans, settings))


def _concept(name: str, columns: tuple[str, ...], empty: dict[str, float]) -> dict[str, Any]:
    lacking = [
        f"{c} ({'under 1' if empty[c] < 0.01 else f'{100 * empty[c]:.0f}'} % empty)"
        for c in columns
        if 0 < empty[c] < 1
    ]
    absent = [c for c in columns if empty[c] == 1]
    told = 1 - sum(empty[c] for c in columns) / len(columns)
    return {
        "concept": name,
        "share": told,
        "columns_missing": ", ".join(absent) or "none",
        "columns_with_gaps": ", ".join(lacking) or "none",
    }


def _mind(found: dict[str, Any], tables: dict[str, Rows], orphans: int, settings: Settings) -> list[str]:
    """What to know before a training, each with its count."""
    said = []
    if found["before_history_start"]:
        said.append(
            f"{found['before_history_start']:,} lines were entered before history_start, {settings.history_start}: "
            "they are left out of history and training."
        )
    if orphans:
        said.append(f"{orphans:,} results are of lines that are not in the store: they teach nothing.")
    if found["examined"] < LEAST_EXAMPLES or found["positive"] < LEAST_POSITIVES:
        said.append(
            f"{found['examined']:,} examined lines, {found['positive']:,} positive: a training needs "
            f"{LEAST_EXAMPLES} results and {LEAST_POSITIVES} positives."
        )
    if found["random_results"] < FEW_RANDOM:
        said.append(
            f"{found['random_results']:,} results of the random arm: below {FEW_RANDOM} the level of all "
            "probabilities rests mostly on what is assumed."
        )
    unrecorded = sum(row["draws_without_chance"] for row in tables["labels"])
    if unrecorded:
        said.append(f"{unrecorded:,} random draws have no selection_probability: they weigh as the others do.")
    return said + [
        f"The concept {row['concept']} goes without {row['columns_missing']}."
        for row in tables["concepts"]
        if row["columns_missing"] != "none"
    ]


WHY: Final = {
    "months": "By month of entry. Value in millions of US dollars; positive are results `xinjiang`, not the truth.",
    "origins": "The twenty origins with most lines.",
    "chapters": "The twenty chapters of the tariff with most lines.",
    "concepts": "Share: of the cells filled in the columns that the features of a concept look at.",
    "labels": "How lines were examined and how long results took, in days from entry. Results are sometimes wrong: "
    "`[train.error_rates]` in the settings says how often, by method.",
    "parties": "As declared, before spellings are brought together.",
    "columns": "Share of lines without a value, and number of different values.",
    "codes": "The eight commonest codes of each column.",
}


def profile_page(profile: DataProfile) -> str:
    """The profile as one HTML file."""
    mind = "".join(f"<li>{escape(text)}</li>" for text in profile.mind)
    box = f'<div class="box alarm"><b>To mind before a training</b><ul>{mind}</ul></div>' if mind else ""
    head = f"<h1>What the data look like</h1>{table(profile.tables['overview'])}{box}"
    parts = [section(name.capitalize(), why, table(profile.tables[name])) for name, why in WHY.items()]
    return document("profile", [head, *parts])
