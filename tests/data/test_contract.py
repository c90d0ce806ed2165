"""The contract: every rule can be kept."""

import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES, RULES, SCORES, TABLES
from originrisk.data.ingest.repair import PARSERS

WITHOUT_PARSER = {"rank", "flags", "reasons"}  # made by the system, never read from a file


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_column_has_a_rule_that_the_page_explains(table: object) -> None:
    assert {column.rule for column in table.columns} <= set(RULES)  # type: ignore[attr-defined]


def test_every_rule_of_a_file_has_a_parser() -> None:
    assert set(RULES) - WITHOUT_PARSER <= set(PARSERS)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_keys_are_required_columns(table: object) -> None:
    required = {column.name for column in table.columns if column.required}  # type: ignore[attr-defined]
    assert set(table.key) <= required  # type: ignore[attr-defined]


def test_codes_are_text_and_dates_are_dates() -> None:
    assert ENTRIES.schema.field("htsus").type == pa.string()
    assert ENTRIES.schema.field("entry_date").type == pa.date32()
    assert ENTRIES.schema.field("line_number").type == pa.int32()
    assert pa.types.is_list(SCORES.schema.field("reasons").type)
