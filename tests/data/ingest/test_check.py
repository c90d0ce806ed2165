"""The ACE report ES-003: several records a line, chapter 99 with $0.00, money as text, a workbook or CSV."""

import csv
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from originrisk.data.ingest.run import Ingested, ingest
from originrisk.data.store.tables import Store

REPORT = Path(__file__).parent / "fixtures" / "es003.csv"


def _ingested(home: Path, path: Path = REPORT) -> tuple[Ingested, Store]:
    store = Store(home)
    return ingest(store, "entries", [path], "ace-es003"), store


def _changed(path: Path, old: str, new: str) -> Path:
    path.write_text(REPORT.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return path


def test_records_of_a_line_fold_into_its_first_tariff_outside_chapter_99(tmp_path: Path) -> None:
    _, store = _ingested(tmp_path)
    line = store.entries().to_pylist()[0]
    assert (line["entry_number"], line["line_number"], line["htsus"]) == ("ABC12345676", 1, "6109100012")
    assert (line["entered_value_usd"], line["quantity"], line["unit_of_measure"]) == (10_000.0, 1200.0, "DOZ")
    assert (line["entry_date"], line["received_on"]) == (date(2021, 3, 5), date(2021, 3, 5))


def test_values_of_a_line_are_summed_over_its_tariffs_outside_chapter_99(tmp_path: Path) -> None:
    _, store = _ingested(tmp_path)
    line = store.entries(date(2021, 3, 6), date(2021, 3, 6)).to_pylist()[0]
    assert (line["htsus"], line["entered_value_usd"], line["port_of_entry"]) == (
        "6302219010",
        5_000.0,
        "0401",
    )


def test_read_is_accepted_plus_rejected_in_records_of_the_report(tmp_path: Path) -> None:
    ingested, store = _ingested(tmp_path)
    counts = ingested.counts
    assert (counts.read, counts.accepted, counts.rejected) == (11, 7, 4)
    assert (ingested.stored.new, store.entries().num_rows) == (4, 4)


def test_a_line_is_rejected_whole_and_each_record_says_why(tmp_path: Path) -> None:
    _, store = _ingested(tmp_path)
    reasons = {row["row_number"]: row["reasons"] for row in store.rejected().to_pylist()}
    assert reasons == {
        8: ["line: no record outside chapter 99"],
        9: ["line: another record of it is rejected"],
        10: ["htsus: not 6, 8 or 10 digits"],
        12: ["line: the same record twice"],
    }


def test_a_record_given_twice_counts_once(tmp_path: Path) -> None:
    _, store = _ingested(tmp_path)
    assert store.entries().to_pylist()[-1]["entered_value_usd"] == 70.0


def test_the_reports_own_way_of_writing_money_is_no_repair(tmp_path: Path) -> None:
    ingested, _ = _ingested(tmp_path)
    assert not any("currency" in rule or "thousands" in rule for rule in ingested.counts.rules)
    assert ingested.counts.rules["port_of_entry: lost leading zero"] == 8


def test_a_value_of_the_whole_line_is_not_summed(tmp_path: Path) -> None:
    heading = ("Line Tariff Goods Value Amount", "Line Goods Value Amount")
    _, store = _ingested(tmp_path / "home", _changed(tmp_path / "report.csv", *heading))
    line = store.entries(date(2021, 3, 6), date(2021, 3, 6)).to_pylist()[0]
    assert line["entered_value_usd"] == 4_000.0


def test_records_of_a_line_may_lie_apart_and_in_any_order(tmp_path: Path) -> None:
    heading, *records = REPORT.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "report.csv"
    path.write_text("\n".join([heading, *reversed(records)]), encoding="utf-8")
    _, store = _ingested(tmp_path / "home", path)
    _, straight = _ingested(tmp_path / "straight")
    assert store.entries().equals(straight.entries())


def test_a_report_without_records_is_an_empty_day(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text(REPORT.read_text(encoding="utf-8").split("\n", 1)[0], encoding="utf-8")
    ingested, store = _ingested(tmp_path / "home", path)
    assert (ingested.counts.read, store.entries().num_rows) == (0, 0)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("ABC-1234567-6,002", "ABC-1234567-7,002", "entry_number: wrong check digit"),
        ("ABC-1234567-6,002", "ABC-1234567-6,", "line_number: missing"),
        ("ABC-1234567-6,002", "Sum:,", "entry_number: not 3 letters or digits, 7 digits and a check digit"),
    ],
)
def test_a_record_without_a_key_is_rejected_alone(tmp_path: Path, old: str, new: str, reason: str) -> None:
    _, store = _ingested(tmp_path / "home", _changed(tmp_path / "report.csv", old, new))
    reasons = {row["row_number"]: row["reasons"] for row in store.rejected().to_pylist()}
    assert reason in reasons[4]
    assert store.entries().num_rows == 3


@given(
    cells=st.lists(
        st.tuples(
            st.integers(1, 11), st.integers(0, 19), st.sampled_from(["", "x", "-1", "9903.88.15", "\u202e"])
        ),
        max_size=8,
    )
)
@settings(max_examples=40, deadline=None)
def test_no_cell_of_a_report_ends_its_delivery(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[int, int, str]]
) -> None:
    home = tmp_path_factory.mktemp("home")
    with REPORT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for row, column, text in cells:
        rows[row][column] = text
    with (home / "report.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    counts = _ingested(home, home / "report.csv")[0].counts
    assert (counts.read, counts.accepted + counts.rejected) == (11, 11)


@pytest.mark.parametrize("blank_rows", [0, 5])
def test_the_workbook_reads_as_the_csv_does(tmp_path: Path, blank_rows: int) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("Main Report")
    with REPORT.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file), start=1 + blank_rows):
            for column, cell in enumerate(row, start=1):
                sheet.cell(number, column, _typed(cell))
    book.save(tmp_path / "report.xlsx")
    ingested, store = _ingested(tmp_path / "home", tmp_path / "report.xlsx")
    _, straight = _ingested(tmp_path / "straight")
    assert store.entries().equals(straight.entries())
    assert ingested.counts.rejected == 4
    assert min(store.rejected()["row_number"].to_pylist()) == 8 + blank_rows


def _typed(cell: str) -> object:
    """As a spreadsheet keeps it: dates as dates, whole numbers without leading zero as numbers."""
    if cell.count("/") == 2:
        month, day, year = (int(part) for part in cell.split("/"))
        return date(year, month, day)
    return int(cell) if cell.isdigit() and not cell.startswith("0") else cell
