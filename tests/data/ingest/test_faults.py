"""Rejected records and emptied cells: each is found again with file, row, value and what to do."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from typer.testing import CliRunner

from originrisk.cli import app
from originrisk.data.ingest.faults import shown_value
from originrisk.data.ingest.run import as_dict, ingest
from originrisk.data.store.tables import Store

COLUMNS = "entry_number,line_number,entry_date,importer_number,manufacturer_name,country_of_origin,htsus,quantity"
LINES = f"""{COLUMNS},entered_value_usd
ABC-1234567-6,1,2021-03-05,12-345678900,LAMBDA KNITTING,CN,6109100012,about 5,10
ABC-1234567-7,2,2021-03-05,12-345678900,LAMBDA KNITTING,CN,6109100012,5,10
ABC-1234567-6,3,03/05/2021,12-345678900,=HYPERLINK(1),Atlantis,6109100012,5,10
ABC-1234567-6,4,2021-03-05,123-45-6789#,LAMBDA KNITTING,CN,6109100012,5,10
ABC-1234567-6,1,2021-03-05,12-345678900,LAMBDA KNITTING,CN,6109100012,5,10
ABC-1234567-6,5,2021-03-05,12-345678900
"""


def _home(folder: Path) -> Path:
    path = folder / "lines.csv"
    path.write_text(LINES, encoding="utf-8")
    told = as_dict(ingest(Store(folder), "entries", [path], "contract"))
    assert told["fates"]["quantity: not a number"] == "emptied"
    assert told["fates"]["entry_number: wrong check digit"] == "rejected"
    assert set(told["fates"]) == set(told["rules"])
    return folder


def _rejects(home: Path, *words: str) -> dict[str, Any]:
    ended = CliRunner().invoke(app, ["--home", str(home), "rejects", "--json", *words])
    assert ended.exit_code == 0
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def test_each_fault_has_its_place_value_and_next_step(tmp_path: Path) -> None:
    home = _home(tmp_path)
    found = {(row["row_number"], row["column"]): row for row in _rejects(home)["faults"]}
    assert {place: (row["fate"], row["value"]) for place, row in found.items()} == {
        (2, "quantity"): ("emptied", "about 5"),
        (3, "entry_number"): ("rejected", "ABC-1234567-7"),
        (4, "entry_date"): ("rejected", "03/05/2021"),
        (4, "country_of_origin"): ("rejected", "Atlantis"),
        (5, "importer_number"): ("emptied", "number ***"),
        (6, "entry_number, line_number"): ("rejected", ""),
        (7, "record"): ("rejected", ""),
    }
    assert "`dates`" in found[4, "entry_date"]["what_to_do"]
    assert "line break into quotes" in found[7, "record"]["what_to_do"]
    assert all(row["what_to_do"] for row in found.values())


def test_faults_are_filtered_counted_and_exported(tmp_path: Path) -> None:
    home = _home(tmp_path)
    assert _rejects(home, "--fate", "emptied")["found"] == 2
    assert _rejects(home, "--column", "country", "--reason", "UNKNOWN")["found"] == 1
    told = _rejects(home, "--limit", "1", "--out", str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (told["found"], len(told["faults"]), len(rows)) == (7, 1, 7)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    _rejects(home, "--out", str(tmp_path / "out.parquet"))
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 7


def test_reading_a_file_again_replaces_what_it_had_left(tmp_path: Path) -> None:
    home = _home(tmp_path)
    ingest(Store(home), "entries", [home / "lines.csv"], "contract")
    assert _rejects(home)["found"] == 7


def test_a_number_of_an_importer_is_masked_wherever_it_stands() -> None:
    assert shown_value("htsus", "123-45-6789") == "SSN ***"
    assert shown_value("importer_number", "12-345678900") == "EIN ***89"
    assert shown_value("description", "x" * 90) == f"{'x' * 80}… (90 characters)"
