"""The ACE report ES-003 as it is: chapters 98 and 99, sets, split goods, several tariff numbers, two quantities."""

import csv
import json
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from originrisk.cli import app
from originrisk.data.ingest.run import Ingested, ingest
from originrisk.data.store.tables import Store
from originrisk.features.declared import log_prices
from originrisk.features.lines import Lines

REPORT = Path(__file__).parent / "fixtures" / "es003.csv"
CASES = REPORT.with_name("es003_cases.csv")

# Entry, line: tariff number, value, first quantity and unit, kilograms that its price is told by (None: none).
FATES = {
    (1, 1): ("6109100012", 9_000.0, 400.0, "DOZ", 900.0),  # dozens and kilograms
    (1, 2): ("5205121000", 4_400.0, 2_000.0, "KG", 2_000.0),  # kilograms alone
    (1, 3): ("6203424011", 10_000.0, 600.0, "DOZ", 3_000.0),  # chapter 99 first
    (2, 1): ("6109100012", 5_000.0, 250.0, "DOZ", 560.0),  # 9802 and two of chapter 99 before a T-shirt
    (2, 2): ("8501104060", 700.0, 100.0, "NO", 45.0),  # 9802 without a value of its own
    (2, 3): ("9801001012", 820.0, None, "X", None),  # chapter 98 alone, unit X
    (3, 1): ("6307909889", 5_000.0, 200.0, "NO", None),  # header of a set
    (3, 2): ("6109100012", 0.0, 50.0, "DOZ", 110.0),  # component without a value
    (3, 3): ("9503000073", 0.0, 200.0, "X", None),  # component that repeats one
    (4, 2): ("6109100012", 610.0, 50.0, "DOZ", 110.0),  # component of no set
    (5, 1): ("9403200086", 10_000.0, 500.0, "NO", 4_000.0),  # split for the duty on aluminium: both lines' value
    (5, 2): ("9403200086", 0.0, 500.0, "NO", 2_800.0),  # its other line
    (5, 3): ("9403200086", 640.0, 32.0, "NO", 96.0),  # a third line of the same goods
    (6, 1): ("9403200086", 2_000.0, 100.0, "NO", 300.0),  # duty on steel, but another maker on the next line
    (6, 2): ("9403200086", 2_100.0, 100.0, "NO", 310.0),
    (7, 1): ("9102112510", 1_710.0, 300.0, "NO", None),  # a watch: movement, case, strap, battery
    (8, 1): ("4901990093", 300.0, None, "X", None),
    (8, 2): ("4901990093", 310.0, 15.0, "X", 120.0),
    (9, 1): ("6109100012", 38.0, 1.0, "DOZ", 1.0),  # type 86: the last day for China
    (10, 1): ("6109100012", 38.0, 1.0, "DOZ", 1.0),  # the first day after it
    (11, 1): ("6109100012", 38.0, 1.0, "DOZ", 1.0),  # Vietnam, that day
    (12, 1): ("6109100012", 38.0, 1.0, "DOZ", 1.0),  # the first day after its end for all
    **{(13, line): ("6109100012", 900.0, 40.0, "DOZ", 90.0) for line in (1, 2, 3, 4)},  # origins, see below
    (14, 1): ("7210490091", 50_000.0, 40_000.0, "KG", 40_000.0),  # melted and poured in Korea
    (15, 1): ("6109100012", 800.0, 40.0, "DOZ", 80.0),  # the same record twice
    (31, 1): ("1902194000", 2_400.0, 100.0, "KG", 100.0),  # a set whose components come to more than its header
    (18, 1): ("6109100012", 500.0, 10.0, "DOZ", 22.0),  # the value stands with the record of chapter 99
    (18, 2): ("6109100012", 90.0, 2.0, "DOZ", 4.0),  # and the goods have none
    (19, 1): ("6307909889", 0.0, 200.0, "NO", None),  # a set whose components have the value
    (19, 2): ("6109100012", 3_000.0, 50.0, "DOZ", 110.0),
    (20, 2): ("6109100012", 610.0, 50.0, "DOZ", 110.0),  # component of a set whose header is rejected
    (21, 1): ("8544429090", 1_200.0, 100.0, "NO", None),  # split in three: copper, aluminium, the rest
    (21, 2): ("8544429090", 0.0, 100.0, "NO", None),
    (21, 3): ("8544429090", 0.0, 100.0, "NO", None),
    (22, 1): ("9102112510", 1_000.0, 300.0, "NO", None),  # a movement of China, a case of Switzerland
    (23, 1): ("6109100012", 900.0, 40.0, "DOZ", 90.0),
    (23, 2): ("6109100012", 900.0, 40.0, "DOZ", 90.0),
    (31, 2): ("0712311000", 1_300.0, 50.0, "KG", 50.0),
    (31, 3): ("2002908020", 1_300.0, 70.0, "KG", 70.0),
}
REJECTED = {
    13: ["line: no record outside chapter 99"],
    17: ["entered_value_usd: missing"],
    42: ["entry_number: wrong check digit"],
    44: ["line: the same record twice"],
    45: ["line: another record of it is rejected"],
    46: ["htsus: not 6, 8 or 10 digits"],
    47: ["line_number: missing"],
    57: ["htsus: not 6, 8 or 10 digits"],
}
RULES = {
    "entered_value_usd: stands with the header of the set": 2,
    "entered_value_usd: put together with the other line of goods split for the duty on metal": 3,
    "entered_value_usd: stands with the record of an additional duty": 2,
    "country_of_origin: records of the line name several; the first of the goods stands": 1,
    "country_of_origin: Gaza for Palestine": 1,
    "entry_type: 86 after the day on which it ended": 2,
    "country_of_origin: a province for Canada": 1,
    "country_of_origin: the West Bank for Palestine": 1,
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], Store]:
    folder = tmp_path_factory.mktemp("home")
    words = ["--home", str(folder), "ingest", "entries", str(CASES), "--mapping", "ace-es003", "--json"]
    ended = CliRunner().invoke(app, words)
    assert ended.exit_code == 0
    return json.loads(ended.stdout), Store(folder)


def test_every_line_has_its_fate(home: tuple[dict[str, object], Store]) -> None:
    told, store = home
    lines = {(int(row["entry_number"][3:10]), row["line_number"]): row for row in store.entries().to_pylist()}
    names = ("htsus", "entered_value_usd", "quantity", "unit_of_measure")
    found = {key: tuple(row[name] for name in names) for key, row in lines.items()}
    assert found == {key: fate[:4] for key, fate in FATES.items()}
    assert (told["read"], told["accepted"], told["rejected"]) == (67, 58, 9)


def test_the_value_of_a_kilogram_is_told_wherever_kilograms_are(home: tuple[dict[str, object], Store]) -> None:
    table = home[1].entries()
    prices = np.exp(log_prices(Lines.of(table))["kilo"]).tolist()
    for row, price in zip(table.to_pylist(), prices, strict=True):
        value, kilos = row["entered_value_usd"], FATES[int(row["entry_number"][3:10]), row["line_number"]][4]
        assert price == pytest.approx(value / kilos if kilos and value else np.nan, nan_ok=True)


def test_records_without_a_line_say_why(home: tuple[dict[str, object], Store]) -> None:
    told, store = home
    reasons = {row["row_number"]: row["reasons"] for row in store.rejected().to_pylist()}
    assert {row: texts for row, texts in reasons.items() if row != 68} == REJECTED  # 68 is the report's sum
    assert told["rules"].items() >= RULES.items()  # type: ignore[attr-defined]


def test_origins_and_the_countries_of_metal_are_read(home: tuple[dict[str, object], Store]) -> None:
    lines = {(int(row["entry_number"][3:10]), row["line_number"]): row for row in home[1].entries().to_pylist()}
    assert [lines[13, line]["country_of_origin"] for line in (1, 2, 3, 4)] == ["ZZ", "ZZ", "CA", "PS"]
    assert [lines[23, line]["country_of_origin"] for line in (1, 2)] == ["ZZ", "PS"]
    assert lines[22, 1]["country_of_origin"] == "CN"
    assert (lines[5, 1]["smelt_country"], lines[5, 1]["cast_country"]) == ("CN", "CN")
    assert (lines[6, 1]["melt_pour_country"], lines[14, 1]["melt_pour_country"]) == ("CN", "KR")
    assert lines[9, 1]["entry_date"] == date(2025, 5, 1)


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
    assert (line["htsus"], line["entered_value_usd"], line["port_of_entry"]) == ("6302219010", 5_000.0, "0401")


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
        st.tuples(st.integers(1, 11), st.integers(0, 19), st.sampled_from(["", "x", "-1", "9903.88.15", "\u202e"])),
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
