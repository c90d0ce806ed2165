"""The data contract as data: tables, columns, the rule of each cell. Checks, docs and errors come from it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import pyarrow as pa

EPOCH: Final = date(1970, 1, 1)
"""The day from which all days are numbered."""
ONE_DAY: Final = timedelta(days=1)

FACTS: Final = pa.list_(
    pa.struct(
        [
            ("name", pa.string()),
            ("value", pa.string()),
            ("count", pa.int64()),
            ("of", pa.int64()),
            ("usual", pa.float64()),
            ("source", pa.string()),
        ]
    )
)
"""What a statement rests on: a declared value or a date, or `count` cases `of` so many; what is `usual`; the table."""

REASON: Final = pa.struct(
    [("concept", pa.string()), ("contribution", pa.float64()), ("text", pa.string()), ("facts", FACTS)]
)
FLAG: Final = pa.struct([("flag", pa.string()), ("text", pa.string()), ("facts", FACTS)])

ARROW_TYPES: Final[dict[str, pa.DataType]] = {
    "str": pa.string(),
    "int": pa.int32(),
    "date": pa.date32(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "reasons": pa.list_(REASON),
    "flags": pa.list_(FLAG),
}

RULES: Final[dict[str, str]] = {
    "text": "any text",
    "entry number": "3 letters or digits, 7 digits and the right check digit, with or without hyphens",
    "line number": "a whole number from 1",
    "entry type": "2 digits",
    "date": "an ISO date YYYY-MM-DD between 1980 and 2100",
    "importer number": "2 to 20 letters, digits and hyphens",
    "manufacturer id": "3 to 15 letters and digits",
    "country": "an ISO 3166-1 alpha-2 code",
    "schedule k": "5 digits of Schedule K",
    "schedule d": "4 digits of Schedule D",
    "transport mode": "2 digits",
    "htsus": "6, 8 or 10 digits, without dots",
    "unit": "a unit code of at most 10 letters or digits",
    "amount": "a plain decimal number, 0 or more",
    "number": "a plain decimal number",
    "probability": "a plain decimal number from 0 to 1",
    "boolean": "true or false",
    "selection": "random, targeted, referral or mandatory",
    "method": "isotopic, dna, document_review, detention or other",
    "result": "xinjiang, not_xinjiang or inconclusive",
    "disposition": "released, released_on_evidence, detained, denied, excluded, exported, abandoned, seized "
    "or protest_granted",
    "rank": "a whole number from 1",
    "reasons": "structs of concept, contribution (log-odds), text and facts, strongest first",
    "flags": "structs of flag, text and facts",
}

LABELS: Final = frozenset({"selection", "method", "result", "disposition"})
"""Rules of words that are labels: a delivery with a word that nobody knows is refused, for it is no missing label."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `type` is a key of ARROW_TYPES, `rule` a key of RULES that every non-null cell keeps."""

    name: str
    type: str
    required: bool
    meaning: str
    rule: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `key` identifies a row; of each group in `one_of`, one column at least must be present.

    `defaults` are (column, column that fills it where it is null); `in_order` are (early, late) dates. Where a cell
    of `never_emptied` cannot be read, the row is rejected, for an empty one would say something else.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    in_order: tuple[tuple[str, str], ...] = ()
    never_emptied: tuple[str, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema with exactly the contract's columns, in the contract's order."""
        return pa.schema([(column.name, ARROW_TYPES[column.type]) for column in self.columns])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


LINE_KEY: Final = ("entry_number", "line_number")

# fmt: off
ENTRIES: Final = Table(
    "entries",
    LINE_KEY,
    (
        Column("entry_number", "str", True,
               "entry summary number as filed, without hyphens once stored", "entry number"),
        Column("line_number", "int", True, "line of that entry summary", "line number"),
        Column("entry_type", "str", False,
               "CBP entry type: `01` consumption, `03` AD/CVD, `11` informal …", "entry type"),
        Column("entry_date", "date", True,
               "date of entry: the line is scored as of it and sees only days before", "date"),
        Column("received_on", "date", False, "day the line reached the system (default: `entry_date`)", "date"),
        Column("export_date", "date", False, "date of exportation", "date"),
        Column("importer_number", "str", False,
               "importer of record: personal data, masked when shown", "importer number"),
        Column("consignee_number", "str", False, "ultimate consignee, same forms", "importer number"),
        Column("manufacturer_id", "str", False, "MID", "manufacturer id"),
        Column("manufacturer_name", "str", False, "manufacturer or supplier as declared"),
        Column("manufacturer_address", "str", False, "street line"),
        Column("manufacturer_city", "str", False, "city"),
        Column("manufacturer_postal_code", "str", False, "postal code"),
        Column("seller_name", "str", False, "seller (10+2 data element)"),
        Column("consolidator_name", "str", False, "consolidator or stuffer (10+2 data element)"),
        Column("country_of_origin", "str", True, "declared origin", "country"),
        Column("country_of_export", "str", False, "country of export", "country"),
        Column("port_of_lading", "str", False, "foreign port of lading", "schedule k"),
        Column("port_of_unlading", "str", False, "US port of unlading", "schedule d"),
        Column("port_of_entry", "str", False, "US port of entry", "schedule d"),
        Column("mode_of_transport", "str", False,
               "CBP mode: `11` vessel, `21` rail, `30` truck, `40` air …", "transport mode"),
        Column("htsus", "str", True, "HTSUS number; digits that are missing stay unknown", "htsus"),
        Column("description", "str", False, "commercial description of the merchandise"),
        Column("quantity", "float", False, "first reported quantity", "amount"),
        Column("unit_of_measure", "str", False, "unit of that quantity: `DOZ`, `NO`, `KG`, `M2` …", "unit"),
        Column("second_quantity", "float", False, "second reported quantity, as kilograms beside pieces", "amount"),
        Column("second_unit", "str", False, "unit of the second quantity", "unit"),
        Column("gross_weight_kg", "float", False, "gross weight, kg", "amount"),
        Column("entered_value_usd", "float", True, "entered (customs) value of the line, US dollars", "amount"),
        Column("charges_usd", "float", False, "freight, insurance and other charges, US dollars", "number"),
        Column("related_parties", "bool", False, "buyer and seller are related", "boolean"),
        Column("special_program", "str", False, "special program indicator (duty preference claimed)"),
        Column("smelt_country", "str", False, "aluminium: country of primary smelt, since 2023-04-10", "country"),
        Column("cast_country", "str", False, "aluminium: country of most recent cast", "country"),
        Column("melt_pour_country", "str", False, "steel: country of melt and pour, since 2024-11-21", "country"),
   ),
    one_of=(("manufacturer_id", "manufacturer_name"),),
    defaults=(("received_on", "entry_date"),),
)

OUTCOMES: Final = Table(
    "outcomes",
    LINE_KEY,
    (
        Column("entry_number", "str", True, "the examined line", "entry number"),
        Column("line_number", "int", True, "the examined line", "line number"),
        Column("selected_date", "date", True, "day on which the line was selected for examination", "date"),
        Column("outcome_date", "date", False, "day the result became known; null while pending", "date"),
        Column("selection", "str", True, "why it was examined", "selection"),
        Column("selection_probability", "float", False, "chance with which the rule picked this line", "probability"),
        Column("method", "str", False, "how it was examined", "method"),
        Column("result", "str", False, "evidence on origin alone; null while pending", "result"),
        Column("disposition", "str", False, "what was done; no evidence on origin", "disposition"),
   ),
    in_order=(("selected_date", "outcome_date"),),
    never_emptied=("outcome_date",),
)

LISTED: Final = Table(
    "listed",
    ("name", "programme", "effective_date"),
    (
        Column("name", "str", True, "as published"),
        Column("aliases", "str", False, "other names, separated by `|`"),
        Column("address", "str", False, "as published"),
        Column("programme", "str", True, "`WRO`, `Finding`, `UFLPA` … (with sublist where there is one)"),
        Column("effective_date", "date", True, "day the listing took force; lines dated later see it", "date"),
        Column("removed_date", "date", False, "first day on which it is no longer in force", "date"),
        Column("scope", "str", False, "goods it covers, in words or tariff prefixes; empty = all"),
        Column("known_from", "date", False, "day the listing became known (default: `effective_date`)", "date"),
        Column("removal_known_from", "date", False,
               "day the removal became known; empty: in time for `removed_date`", "date"),
   ),
)

SCORES: Final = Table(
    "scores",
    LINE_KEY,
    (
        Column("entry_number", "str", True, "the scored line", "entry number"),
        Column("line_number", "int", True, "the scored line", "line number"),
        Column("entry_date", "date", True, "copied from the line", "date"),
        Column("probability", "float", True, "calibrated probability of Xinjiang origin", "probability"),
        Column("rank", "int", True, "1 = highest probability among the lines of that `entry_date`", "rank"),
        Column("reasons", "reasons", False, "concepts that raised the score, and what is known of them", "reasons"),
        Column("model_version", "str", True, "the model that produced the score"),
        Column("history_date", "date", True, "last closed day that the history holds", "date"),
        Column("place", "int", False, "place in the day's queue; null outside capacity", "rank"),
        Column("selection", "str", False, "how it came into the queue: by `order` or by `lot`"),
        Column("selection_probability", "float", False,
               "chance with which the day's rule puts this line into the queue", "probability"),
        Column("against", "reasons", False, "concepts that lowered the score, without a text", "reasons"),
        Column("base_log_odds", "float", False, "log-odds of a line before any feature speaks", "number"),
        Column("log_odds", "float", False,
               "log-odds before calibration: the base and what each concept adds; null without reasons", "number"),
        Column("flags", "flags", False, "red flags: facts beside the score, whatever it is", "flags"),
        Column("summary", "str", False, "the line in one sentence of at most 200 characters"),
   ),
)
# fmt: on

TABLES: Final = {table.name: table for table in (ENTRIES, OUTCOMES, LISTED, SCORES)}
