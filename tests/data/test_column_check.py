"""A column at once is the same as its cells one by one."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from originrisk.data.column_check import ColumnCheck
from originrisk.data.contract import ENTRIES
from originrisk.data.mapping import TableMapping
from originrisk.data.repairs.parse import parse

NOTHING = TableMapping(columns={})
CELLS = st.one_of(
    st.none(),
    st.text("0125AaZ.-/,' $N\u200b", max_size=11),
    st.sampled_from(
        ["ABC-1234567-6", "6109.10.0012", "6109100012", "2021-03-05", "2021-03-31", "1,234.50", "-1"]
    ),
    st.sampled_from(
        ["CN", "cn", "China", "N/A", "2704", "401", "12-345678900", "true", "Y", "DOZ", "LAMBDA KNIT"]
    ),
)


@pytest.mark.parametrize("column", ENTRIES.columns, ids=lambda column: column.name)
@given(cells=st.lists(CELLS, max_size=8))
def test_a_column_is_judged_as_its_cells_are(column: object, cells: list[str | None]) -> None:
    judged = ColumnCheck(column, NOTHING)(pa.array(cells, pa.string()))  # type: ignore[arg-type]
    single = [parse(column.rule, cell or "") for cell in cells]  # type: ignore[attr-defined]
    assert judged.values.to_pylist() == [cell.value for cell in single]
    assert judged.reasons == {row: cell.broken for row, cell in enumerate(single) if cell.broken}
    assert judged.repaired.tolist() == [bool(cell.repairs) for cell in single]
    assert judged.repairs.total() == sum(len(cell.repairs) for cell in single)


def test_a_mapping_gives_words_a_meaning_and_keeps_codes_of_its_own() -> None:
    mapping = TableMapping(
        columns={}, values={"country_of_origin": {"PRC": "CN"}}, also={"country_of_origin": ("ZZ",)}
    )
    judged = ColumnCheck(ENTRIES["country_of_origin"], mapping)(pa.array(["PRC", "ZZ", "QQ", "VN"]))
    assert judged.values.to_pylist() == ["CN", "ZZ", None, "VN"]
    assert judged.reasons == {2: "unknown country"}


def test_a_mapping_scales_numbers_and_moves_dates() -> None:
    mapping = TableMapping(columns={}, factors={"quantity": 12.0}, days_later={"entry_date": 30})
    assert ColumnCheck(ENTRIES["quantity"], mapping)(pa.array(["2", None])).values.to_pylist() == [24.0, None]
    moved = ColumnCheck(ENTRIES["entry_date"], mapping)(pa.array(["2021-01-15"])).values
    assert str(moved[0]) == "2021-02-14"
