"""Ingest, file to store: the fate of every kind of defect, corrections, one delivery, one commit."""

import csv
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from originrisk.cli import app
from originrisk.data.contract import ENTRIES
from originrisk.data.errors import AlreadyRunningError, BadInputError
from originrisk.data.identifiers.entry_number import check_digit
from originrisk.data.ingest.reject import StagedDelivery
from originrisk.data.ingest.run import Ingested, ingest
from originrisk.data.store.tables import Store
from tests.data.ingest import bombs

GOOD = {
    "entry_number": "ABC-1234567-6",
    "line_number": "1",
    "entry_type": "01",
    "entry_date": "2021-03-05",
    "importer_number": "12-345678900",
    "manufacturer_id": "CNLAMKNI12NIN",
    "manufacturer_name": "LAMBDA KNITTING, CO.",
    "country_of_origin": "CN",
    "port_of_entry": "2704",
    "htsus": "6109100012",
    "description": "T-SHIRTS",
    "quantity": "120",
    "unit_of_measure": "DOZ",
    "gross_weight_kg": "386.5",
    "entered_value_usd": "1234.50",
    "related_parties": "true",
}


def _number(sequence: int) -> str:
    return f"ABC{sequence:07d}{check_digit('ABC', f'{sequence:07d}')}"


def _csv(*rows: dict[str, str]) -> bytes:
    text = StringIO(newline="")
    writer = csv.DictWriter(text, list(GOOD), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**GOOD, "line_number": str(number), **row} for number, row in enumerate(rows, start=1))
    return text.getvalue().encode()


def _ingest(home: Path, content: bytes, name: str = "lines.csv") -> Ingested:
    path = home.parent / name
    path.write_bytes(content)
    return ingest(Store(home), "entries", [path], "contract")


# The fate of one cell: the value stored, or the reasons for which the line is rejected.
@dataclass(frozen=True)
class Fate:
    cells: dict[str, str]
    stored: dict[str, Any] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()


FATES = {
    "clean": Fate({}, {"entry_number": "ABC12345676", "received_on": date(2021, 3, 5)}),
    "no hyphens": Fate({"entry_number": "ABC12345676"}, {"entry_number": "ABC12345676"}),
    "lower case": Fate(
        {"country_of_origin": "cn"}, {"country_of_origin": "CN"}, (), ("country_of_origin: letter case",)
    ),
    "dots": Fate({"htsus": "6109.10.0012"}, {"htsus": "6109100012"}, (), ("htsus: dots, hyphens or blanks in a code",)),
    "eight digits": Fate({"htsus": "61091000"}, {"htsus": "61091000"}),
    "money": Fate(
        {"entered_value_usd": "$1,234.50"},
        {"entered_value_usd": 1234.5},
        (),
        ("entered_value_usd: currency sign", "entered_value_usd: thousands separators"),
    ),
    "zero weight": Fate({"gross_weight_kg": "0"}, {"gross_weight_kg": 0.0}),
    "zero value": Fate({"entered_value_usd": "0.00"}, {"entered_value_usd": 0.0}),
    "time of day": Fate(
        {"entry_date": "2021-03-05T09:30:00"}, {"entry_date": date(2021, 3, 5)}, (), ("entry_date: date with a time",)
    ),
    "lost zero": Fate({"port_of_entry": "401"}, {"port_of_entry": "0401"}, (), ("port_of_entry: lost leading zero",)),
    "spreadsheet": Fate(
        {"port_of_entry": "2704.0"}, {"port_of_entry": "2704"}, (), ("port_of_entry: `.0` behind a code",)
    ),
    "placeholder": Fate(
        {"manufacturer_id": "N/A"}, {"manufacturer_id": None}, (), ("manufacturer_id: placeholder word",)
    ),
    "country name": Fate(
        {"country_of_origin": "Viet Nam"},
        {"country_of_origin": "VN"},
        (),
        ("country_of_origin: alpha-3 code or name of a country",),
    ),
    "formula": Fate({"description": "=HYPERLINK(1)"}, {"description": "=HYPERLINK(1)"}),
    "direction mark": Fate({"description": "\u202eabc"}, {"description": "\u202eabc"}),
    "line break": Fate({"description": "SHIRTS\nAND MORE"}, {"description": "SHIRTS\nAND MORE"}),
    "code as quantity": Fate({"quantity": "-3"}, {"quantity": None}, (), ("quantity: out of range",)),
    "decimal comma in an optional cell": Fate(
        {"gross_weight_kg": "386,5"}, {"gross_weight_kg": None}, (), ("gross_weight_kg: decimal comma in doubt",)
    ),
    "long MID": Fate(
        {"manufacturer_id": "CNLAMKNI12NINGBOO"},
        {"manufacturer_id": None},
        (),
        ("manufacturer_id: not 3 to 15 letters and digits",),
    ),
    "letters in a port": Fate({"port_of_entry": "27O4"}, {"port_of_entry": None}, (), ("port_of_entry: not 4 digits",)),
    "check digit": Fate({"entry_number": "ABC-1234567-5"}, {}, ("entry_number: wrong check digit",)),
    "scientific notation": Fate({"htsus": "6.1091E+09"}, {}, ("htsus: scientific notation",)),
    "odd length": Fate({"htsus": "610910001"}, {}, ("htsus: not 6, 8 or 10 digits",)),
    "letters in digits": Fate({"htsus": "61O9100012"}, {}, ("htsus: letters among digits",)),
    "day and month": Fate({"entry_date": "03/05/2021"}, {}, ("entry_date: order of day and month in doubt",)),
    "no such day": Fate({"entry_date": "2021-02-30"}, {}, ("entry_date: no such day",)),
    "unknown country": Fate({"country_of_origin": "QQ"}, {}, ("country_of_origin: unknown country",)),
    "decimal comma": Fate({"entered_value_usd": "1234,5"}, {}, ("entered_value_usd: decimal comma in doubt",)),
    "negative value": Fate({"entered_value_usd": "-1"}, {}, ("entered_value_usd: out of range",)),
    "missing": Fate({"htsus": ""}, {}, ("htsus: missing",)),
    "placeholder where required": Fate(
        {"country_of_origin": "UNKNOWN"}, {}, ("country_of_origin: missing",), ("country_of_origin: placeholder word",)
    ),
    "line zero": Fate({"line_number": "0"}, {}, ("line_number: out of range",)),
    "no maker": Fate(
        {"manufacturer_id": "", "manufacturer_name": "-"},
        {},
        ("manufacturer_id or manufacturer_name: missing",),
        ("manufacturer_name: placeholder word",),
    ),
    "all at once": Fate(
        {"entry_number": "", "entry_date": "soon", "htsus": "1"},
        {},
        ("entry_number: missing", "entry_date: not a date", "htsus: not 6, 8 or 10 digits"),
    ),
}


@pytest.mark.parametrize("fate", FATES.values(), ids=list(FATES))
def test_the_fate_of_a_defect(tmp_path: Path, fate: Fate) -> None:
    home = tmp_path / "home"
    ingested = _ingest(home, _csv(fate.cells))
    lines, rejected = Store(home).entries().to_pylist(), Store(home).rejected().to_pylist()
    assert [tuple(row["reasons"]) for row in rejected] == ([fate.rejected] if fate.rejected else [])
    assert [line | fate.stored for line in lines] == lines
    assert ingested.counts.rules == dict.fromkeys(fate.rejected + fate.counted, 1)
    assert (ingested.counts.accepted, ingested.counts.rejected) == (len(lines), len(rejected))
    assert ingested.counts.repaired == bool(fate.counted and not fate.rejected)


def test_all_defects_in_one_file_and_each_at_its_row(tmp_path: Path) -> None:
    home = tmp_path / "home"
    cells = [{"entry_number": _number(n), **fate.cells} for n, fate in enumerate(FATES.values())]
    ingested = _ingest(home, _csv(*cells))
    broken = [n for n, fate in enumerate(FATES.values()) if fate.rejected]
    assert ingested.counts.read == len(FATES) == ingested.counts.accepted + ingested.counts.rejected
    lines = _csv(*cells).decode().split("\n")
    for row, fate in zip(Store(home).rejected().to_pylist(), [list(FATES.values())[n] for n in broken], strict=True):
        assert tuple(row["reasons"]) == fate.rejected
        raw = json.loads(row["raw"])
        assert {name: raw[name] for name in fate.cells} == fate.cells
        assert lines[row["row_number"] - 1].startswith(raw["entry_number"])


def test_a_record_that_is_no_row_is_rejected_with_its_text(tmp_path: Path) -> None:
    home = tmp_path / "home"
    content = _csv({}, {}) + b"ABC,1\n"
    ingested = _ingest(home, content)
    assert (ingested.counts.read, ingested.counts.accepted, ingested.counts.rejected) == (3, 2, 1)
    (row,) = Store(home).rejected().to_pylist()
    assert (row["row_number"], row["raw"], row["reasons"]) == (4, "ABC,1", ["record: too few cells"])


@pytest.mark.parametrize("home", ["home", "a=b's home é"])
def test_the_same_key_twice_in_a_delivery_is_taken_once(tmp_path: Path, home: str) -> None:
    store, paths = Store(tmp_path / home), [tmp_path / "a.csv", tmp_path / "b.csv"]
    paths[0].write_bytes(_csv({}, {"quantity": "7"}))
    paths[1].write_bytes(_csv({"quantity": "8"}, {"line_number": "2"}, {"line_number": "3"}))
    counts = ingest(store, "entries", paths, "contract").counts
    assert (counts.read, counts.accepted, counts.rejected, counts.duplicates) == (5, 3, 2, 2)
    assert store.entries()["quantity"].to_pylist() == [120.0, 7.0, 120.0]
    rejected = store.rejected().to_pylist()
    assert [(row["file"], row["row_number"]) for row in rejected] == [("b.csv", 2), ("b.csv", 3)]
    assert json.loads(rejected[0]["raw"])["quantity"] == "8"


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    content = _csv({}, {"htsus": "1"}, {"line_number": "1"})
    _ingest(home, content)
    before = Store(home).versions()
    again = _ingest(home, content, "another-name.csv")
    assert (again.stored.new, again.stored.corrected, again.stored.unchanged) == (0, 0, 1)
    assert Store(home).versions()["entries"] == before["entries"]
    assert Store(home).rejected().num_rows == 2


def test_a_file_read_better_the_next_time_leaves_no_old_rejects(tmp_path: Path) -> None:
    store, path, mapping = Store(tmp_path / "home"), tmp_path / "lines.csv", tmp_path / "own.toml"
    path.write_bytes(_csv({"entry_number": "ABC-1234567-5"}))
    ingest(store, "entries", [path], "contract")
    columns = "\n".join(f'{name} = "{name}"' for name in GOOD)
    mapping.write_text(f'description = "own"\ncheck_digit = false\n[entries.columns]\n{columns}\n', encoding="utf-8")
    counts = ingest(store, "entries", [path], str(mapping)).counts
    assert (counts.accepted, store.rejected().num_rows) == (1, 0)


def test_a_mapping_settles_what_is_doubtful_without_it(tmp_path: Path) -> None:
    store, path, mapping = Store(tmp_path / "home"), tmp_path / "lines.csv", tmp_path / "own.toml"
    cells = {"entry_date": "05.03.2021", "entered_value_usd": '"1.234,5"', "manufacturer_name": "新疆"}
    path.write_bytes(f"Zahl;{';'.join(cells)}\nX-1;{';'.join(cells.values())}\n".encode("gbk"))
    columns = "\n".join(f'{name} = "{name}"' for name in cells)
    mapping.write_text(
        'description = "own"\nencoding = "gbk"\ncheck_digit = false\n[entries]\ndates = "%d.%m.%Y"\n'
        f'decimal_comma = true\n[entries.columns]\nentry_number = "Zahl"\n{columns}\n'
        '[entries.constants]\nline_number = "1"\ncountry_of_origin = "CN"\nhtsus = "610910"\n',
        encoding="utf-8",
    )
    counts = ingest(store, "entries", [path], str(mapping)).counts
    (line,) = store.entries().to_pylist()
    assert (line["entry_date"], line["entered_value_usd"]) == (date(2021, 3, 5), 1234.5)
    assert (line["entry_number"], line["manufacturer_name"]) == ("X-1", "新疆")
    assert counts.rules == {}


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet"])
def test_headings_without_lines_are_an_empty_day(tmp_path: Path, suffix: str) -> None:
    path, store = tmp_path / f"lines{suffix}", Store(tmp_path / "home")
    if suffix == ".parquet":
        pq.write_table(ENTRIES.schema.empty_table(), path)
    else:
        heading = ",".join(GOOD).encode()
        path.write_bytes(gzip.compress(heading) if suffix == ".csv.gz" else heading)
    ingested = ingest(store, "entries", [path], "contract")
    assert (ingested.counts.read, ingested.stored.new, store.entries().num_rows) == (0, 0, 0)


def test_a_later_delivery_corrects_and_the_old_version_stays(tmp_path: Path) -> None:
    home = tmp_path / "home"
    _ingest(home, _csv({}, {}))
    old = Store(home).versions()["entries"]
    later = _ingest(home, _csv({"entry_date": "2021-07-01", "quantity": "5"}))
    assert (later.stored.new, later.stored.corrected) == (0, 1)
    assert Store(home).entries()["quantity"].to_pylist() == [120.0, 5.0]
    assert Store(home).entries(version=old)["quantity"].to_pylist() == [120.0, 120.0]


def test_typed_parquet_and_text_csv_make_the_same_lines(tmp_path: Path) -> None:
    _ingest(tmp_path / "csv", _csv({}, {"gross_weight_kg": "", "related_parties": "false"}))
    lines = Store(tmp_path / "csv").entries()
    pq.write_table(lines, tmp_path / "lines.parquet")
    store = Store(tmp_path / "parquet")
    counts = ingest(store, "entries", [tmp_path / "lines.parquet"], "contract").counts
    assert store.entries().equals(lines)
    assert (counts.accepted, counts.repaired) == (2, 0)


def test_what_a_data_frame_library_makes_of_types_is_understood(tmp_path: Path) -> None:
    row = {**GOOD, "line_number": 1, "entry_date": date(2021, 3, 5), "quantity": float("nan"), "entered_value_usd": 12}
    table = pa.Table.from_pylist([row])
    table = table.set_column(3, "entry_date", table["entry_date"].cast(pa.timestamp("ns")))
    pq.write_table(table, tmp_path / "lines.parquet")
    store = Store(tmp_path / "home")
    counts = ingest(store, "entries", [tmp_path / "lines.parquet"], "contract").counts
    (line,) = store.entries().to_pylist()
    assert (line["entry_date"], line["quantity"], line["entered_value_usd"]) == (date(2021, 3, 5), None, 12.0)
    assert (counts.accepted, counts.repaired) == (1, 0)


def test_a_number_out_of_range_in_typed_parquet_meets_the_same_rule(tmp_path: Path) -> None:
    _ingest(tmp_path / "csv", _csv({}))
    lines = Store(tmp_path / "csv").entries()
    index = lines.schema.get_field_index("entered_value_usd")
    pq.write_table(lines.set_column(index, "entered_value_usd", pa.array([-1.0])), tmp_path / "lines.parquet")
    store = Store(tmp_path / "home")
    ingest(store, "entries", [tmp_path / "lines.parquet"], "contract")
    assert store.rejected()["reasons"].to_pylist() == [["entered_value_usd: out of range"]]


def test_a_result_before_its_selection_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.csv"
    path.write_text(
        "entry_number,line_number,selected_date,outcome_date,selection,result\n"
        "ABC-1234567-6,1,2021-03-05,2021-03-01,random,xinjiang\n",
        encoding="utf-8",
    )
    store = Store(tmp_path / "home")
    counts = ingest(store, "outcomes", [path], "contract").counts
    assert (counts.rejected, store.outcomes().num_rows) == (1, 0)
    assert counts.rules == {"outcome_date: before selected_date": 1}


OUTCOMES = """
description = "own"
[outcomes.columns]
entry_number = "No"
line_number = "Ln"
selected_date = "Exam"
outcome_date = "Known"
selection = "Reason"
method = "Kind"
result = "Found"
[outcomes.values.selection]
"RANDOM CES" = "random"
[outcomes.values.result]
"NOT YET" = ""
"""


def _outcomes(folder: Path, *rows: str) -> Path:
    (folder / "own.toml").write_text(OUTCOMES, encoding="utf-8")
    text = "\n".join(["No,Ln,Exam,Known,Reason,Kind,Found", *rows])
    (folder / "outcomes.csv").write_text(text + "\n", encoding="utf-8")
    return folder / "outcomes.csv"


def test_a_delivery_with_labels_that_nobody_knows_is_refused_with_each_word_and_its_count(tmp_path: Path) -> None:
    store = Store(tmp_path)
    rows = [
        f"{_number(n)},1,2021-03-05,2021-04-05,RANDOM CES,LAB,{'XUAR' if n < 3 else 'CLEAN 123-45-6789'}"
        for n in range(5)
    ]
    with pytest.raises(BadInputError) as refused:
        ingest(store, "outcomes", [_outcomes(tmp_path, *rows)], str(tmp_path / "own.toml"))
    found = {(problem.where, problem.found) for problem in refused.value.problems}
    assert found == {
        ("outcomes.method", "`LAB` 5 times"),
        ("outcomes.result", "`XUAR` 3 times"),
        ("outcomes.result", "a text of 17 characters 2 times"),
    }
    assert store.outcomes().num_rows == store.rejected().num_rows == 0


def test_a_word_that_means_nothing_yet_is_pending_and_a_date_that_cannot_be_read_is_not(tmp_path: Path) -> None:
    store = Store(tmp_path)
    rows = [f"{_number(1)},1,2021-03-05,,random,,NOT YET", f"{_number(2)},1,2021-03-05,05/06/2021,random,dna,xinjiang"]
    counts = ingest(store, "outcomes", [_outcomes(tmp_path, *rows)], str(tmp_path / "own.toml")).counts
    assert store.outcomes()["result"].to_pylist() == [None]
    assert counts.rules == {"outcome_date: order of day and month in doubt": 1}


def test_one_unusable_file_refuses_the_whole_delivery_and_names_every_problem(tmp_path: Path) -> None:
    store, good, bad = Store(tmp_path / "home"), tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(_csv({}))
    bad.write_bytes(_csv({}).replace(b"htsus", b"hts_us").replace(b"description", b"descripton"))
    with pytest.raises(BadInputError) as caught:
        ingest(store, "entries", [good, bad], "contract")
    message = str(caught.value)
    assert all(part in message for part in ("`htsus`", "`hts_us`", "Is it `description`?"))
    assert store.versions() == {}


def test_a_file_without_headings_is_refused_without_quoting_a_party(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        _ingest(tmp_path / "home", _csv({}, {}).split(b"\n", 1)[1])
    assert not any(secret in str(caught.value) for secret in ("LAMBDA", "12-345678900"))


def test_a_running_writer_turns_ingest_away(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with FileLock(home / "store.lock"), pytest.raises(AlreadyRunningError):
        _ingest(home, _csv({}))


def test_a_folder_is_one_delivery(tmp_path: Path) -> None:
    folder = tmp_path / "days"
    (folder / "2021").mkdir(parents=True)
    (folder / "2021" / "b.csv").write_bytes(_csv({"entry_number": _number(2)}))
    (folder / "a.csv").write_bytes(_csv({"htsus": ""}))
    (folder / "readme.md").write_text("not a table", encoding="utf-8")
    store = Store(tmp_path / "home")
    counts = ingest(store, "entries", [folder], "contract").counts
    assert (counts.read, counts.accepted, counts.rejected) == (2, 1, 1)
    assert store.rejected()["file"].to_pylist() == ["a.csv"]


MANGLE: list[Callable[[bytes, int, bytes], bytes]] = [
    lambda content, place, noise: content[:place] + noise + content[place:],
    lambda content, place, noise: content[:place] + content[place + len(noise) :],
    lambda content, place, noise: content[:place] + noise + content[place + len(noise) :],
]


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_happens_to_the_bytes_read_is_accepted_plus_rejected(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = _csv(*({"entry_number": _number(n)} for n in range(6)))
    heading = content.index(b"\n") + 1
    for _ in range(data.draw(st.integers(1, 4))):
        noise = data.draw(st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"\xc3\xa9", b"'", b"x", b'""\n']))
        place = data.draw(st.integers(heading, len(content)))
        content = data.draw(st.sampled_from(MANGLE))(content, place, noise)
    home = tmp_path_factory.mktemp("mangled") / "home"
    counts = _ingest(home, content).counts
    store = Store(home)
    assert counts.read == counts.accepted + counts.rejected
    assert (store.entries().num_rows, store.rejected().num_rows) == (counts.accepted, counts.rejected)
    assert store.entries().schema == ENTRIES.schema
    assert counts.read >= 6 - 4 * 2, "a change spoils the records it touches, no others"


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, path, close = tmp_path / "home", tmp_path / "lines.csv", StagedDelivery.close_accepted

    def replaced(delivery: StagedDelivery, memory: float) -> object:
        path.write_bytes(_csv({}))
        return close(delivery, memory)

    monkeypatch.setattr(StagedDelivery, "close_accepted", replaced)
    with pytest.raises(BadInputError, match="changed while it was read"):
        _ingest(home, _csv({}, {"line_number": "1"}, {"line_number": "1"}))
    assert Store(home).versions() == {}


MISTAKES = """
descripton = "own"
[entries]
dats = "%d"
zone = "Berlin"
[entries.columns]
entry_number = "No"
entri_date = "Day"
manufacturer_name = "Maker"
country_of_origin = "From"
htsus = "HTS"
entered_value_usd = "Value"
[entries.constants]
line_number = "first"
[outcomes.columns]
entry_number = "No"
line_number = "Line"
selected_date = "Day"
selection = "Why"
[outcomes.values.selection]
BAD = "guilty"
"""


def test_all_mistakes_of_a_mapping_are_told_in_one_run_with_those_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(MISTAKES, encoding="utf-8")
    (tmp_path / "lines.csv").write_text("No,Day,Maker,From,Tariff,Value\nx,x,x,x,x,x\n", encoding="utf-8")
    with pytest.raises(BadInputError) as refused:
        ingest(Store(tmp_path), "entries", [tmp_path / "lines.csv"], str(tmp_path / "own.toml"))
    told = {problem.where for problem in refused.value.problems}
    wrong = (
        "description",
        "descripton",
        "entries.dats",
        "entries.zone",
        "entries",
        "entries.line_number",
        "outcomes.selection",
    )
    assert told == {"lines.csv", *(f"own.toml: {name}" for name in wrong)}


def test_a_check_tells_everything_and_stores_nothing(tmp_path: Path) -> None:
    rows = [
        {},
        {"entry_number": _number(2), "country_of_origin": "Atlantis"},
        {"entry_number": _number(3), "unit_of_measure": "CRT"},
    ]
    (tmp_path / "lines.csv").write_bytes(_csv(*rows))
    command = ["--home", str(tmp_path / "home"), "ingest", "entries", str(tmp_path / "lines.csv"), "--check", "--json"]
    ended = CliRunner().invoke(app, command)
    told = json.loads(ended.stdout)
    assert (ended.exit_code, told["read"], told["accepted"], told["rejected"], told["new"]) == (0, 3, 2, 1, 0)
    assert not (tmp_path / "home").exists()
    profile = {column["heading"]: column for column in told["profile"]}
    unit = profile["unit_of_measure"]
    assert (unit["column"], unit["cells"], unit["understood"], unit["known"]) == ("unit_of_measure", 3, 3, 2)
    assert profile["country_of_origin"]["understood"] == 2
    assert profile["importer_number"]["examples"] == ["EIN ***89"]
    assert profile["quantity"]["types"] == {"whole number": 3}


def test_a_check_tells_labels_that_nobody_knows_and_ends_as_the_delivery_would(tmp_path: Path) -> None:
    path = _outcomes(tmp_path, f"{_number(1)},1,2021-03-05,2021-04-05,random,dna,XUAR")
    words = ["outcomes", str(path), "--mapping", str(tmp_path / "own.toml"), "--check", "--json"]
    ended = CliRunner().invoke(app, ["--home", str(tmp_path / "home"), "ingest", *words])
    assert json.loads(ended.stdout)["fates"] == {"result: unknown word": "rejected"}
    assert isinstance(ended.exception, BadInputError)


def test_numbers_of_a_workbook_are_numbers_under_a_stated_decimal_comma(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([*GOOD])
    book.active.append(
        [*{**GOOD, "quantity": 12.5, "gross_weight_kg": "1.234,5", "entered_value_usd": 1234.567}.values()]
    )
    book.save(tmp_path / "lines.xlsx")
    columns = "".join(f'{name} = "{name}"\n' for name in GOOD)
    (tmp_path / "own.toml").write_text(
        f'description = "own"\n[entries]\ndecimal_comma = true\n[entries.columns]\n{columns}', encoding="utf-8"
    )
    store = Store(tmp_path / "home")
    ingest(store, "entries", [tmp_path / "lines.xlsx"], str(tmp_path / "own.toml"))
    (line,) = store.entries().to_pylist()
    assert (line["quantity"], line["gross_weight_kg"], line["entered_value_usd"]) == (12.5, 1234.5, 1234.567)


@pytest.mark.parametrize("first", [",", "Unnamed: 0,"])
def test_the_row_numbers_of_a_data_frame_are_passed_over_and_told(tmp_path: Path, first: str) -> None:
    head, line, _ = _csv({}).decode().split("\n")
    found = _ingest(tmp_path / "home", f"{first}{head}\n0,{line}\n".encode())
    assert found.counts.accepted == 1
    assert "1 columns without a heading were passed over" in found.warnings[0]


def test_text_of_another_encoding_is_told_and_is_no_repair(tmp_path: Path) -> None:
    found = _ingest(tmp_path / "home", _csv({"manufacturer_name": "CAFÃ‰ LÃ“PEZ"}))
    assert found.counts.fates == {"manufacturer_name: looks like text of another encoding": "told"}
    assert found.counts.repaired == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", bombs.BOMBS)
def test_a_bomb_is_refused_or_read_in_bounds(name: str, tmp_path: Path) -> None:
    row = bombs.told(name, tmp_path)
    assert row[2].startswith(("refused", "taken")), row
    assert float(row[3]) < bombs.SECONDS, row
    assert int(row[4]) < bombs.MEGABYTES, row
