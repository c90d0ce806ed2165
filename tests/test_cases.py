"""Thirty-two inputs after public bug reports, each with its right value. They are kept beside the repository.

`ORIGINRISK_CASES=command` runs each by a process of its own instead of within this one.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from originrisk.cli import app
from originrisk.data.errors import OriginRiskError
from originrisk.data.store.tables import Store
from originrisk.serve.scoring.batch import score_period
from tests.serve.online import served

SHARED = Path(os.environ.get("ORIGINRISK_SHARED", Path(__file__).parents[2] / "shared"))
CASES = SHARED / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="needs the cases beside the repository")
EXIT_OF_ERROR = Callable[..., tuple[int, str]]


class Home:
    """A fresh home, the command on it, and what it then holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str | Path) -> tuple[int, str]:
        """Exit code and everything said."""
        told = ["--home", str(self.folder), *map(str, words)]
        if os.environ.get("ORIGINRISK_CASES") == "command":
            done = subprocess.run(
                [sys.executable, "-m", "originrisk", *told],
                cwd=Path(__file__).parents[1],
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            return done.returncode, done.stdout + done.stderr
        answered = CliRunner().invoke(app, told)
        if isinstance(answered.exception, OriginRiskError):
            return answered.exception.exit_code, str(answered.exception)
        if answered.exception and not isinstance(answered.exception, SystemExit):
            raise answered.exception
        return answered.exit_code, answered.output

    def ingest(self, case: str, file: str, *words: str | Path, table: str = "entries") -> dict[str, Any]:
        """The counts of a delivery that must be taken."""
        code, said = self.run("ingest", table, CASES / case / file, *words, "--json")
        assert code == 0, said
        counts: dict[str, Any] = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
        assert counts["read"] == counts["accepted"] + counts["rejected"]
        return counts

    def lines(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = Store(self.folder).entries().to_pylist()
        return sorted(rows, key=lambda row: row["entry_number"])

    def listed(self) -> dict[str, dict[str, Any]]:
        return {row["name"]: row for row in Store(self.folder).listed().to_pylist()}

    def import_list(self, case: str, file: str = "list.csv") -> dict[str, Any]:
        code, said = self.run("lists", "import", CASES / case / file, "--json")
        assert code in (0, 6), said
        told: dict[str, Any] = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
        return told


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


ES003 = ("--mapping", "ace-es003")


@pytest.mark.parametrize("file", ["report.csv", "total.csv", "blank_line.csv"])
def test_ace_null_key_crash(home: Home, file: str) -> None:
    counts = home.ingest("ace-null-key-crash", file, *ES003)
    assert (counts["read"], counts["accepted"], counts["rejected"]) == (2, 1, 1)
    wrong = {"report.csv": "entry_number: wrong check digit", "blank_line.csv": "line_number: missing"}
    assert wrong.get(file, "entry_number: not 3") in json.dumps(counts["rules"])


def test_backslash_home(tmp_path: Path) -> None:
    lines = CASES / "codes-with-hyphens-and-dots" / "lines.csv"
    code, said = Home(tmp_path / "back\\slash").run("ingest", "entries", lines)
    assert code == 7
    assert "\\" in said
    assert not any(tmp_path.iterdir())


def test_canadian_provinces(home: Home) -> None:
    counts = home.ingest("canadian-provinces", "report.csv", *ES003)
    assert (counts["read"], counts["accepted"]) == (13, 13)
    assert {line["country_of_origin"] for line in home.lines()} == {"CA"}
    home.ingest("canadian-provinces", "territories.csv", *ES003)
    assert [line["country_of_origin"] for line in home.lines() if line["country_of_origin"] != "CA"] == ["PS"] * 2


def test_cbp_status_ignored(home: Home) -> None:
    told = home.import_list("cbp-status-ignored")
    assert len(told["faults"]) == 2
    code, said = home.run("lists", "show", "--as-of", "2023-01-01", "--json")
    names = {row["name"] for row in json.loads(said)["listed"]}
    assert code == 0
    assert "Bale Xinjiang Cotton Co., Ltd." in names
    assert not {"Lintroad Xinjiang Cotton Co., Ltd.", "Ginhouse Xinjiang Cotton Co., Ltd."} & names
    assert home.import_list("cbp-status-ignored", "official.csv")["added"] == ["Fernleaf Cotton Farm"]


def test_codes_with_hyphens_and_dots(home: Home) -> None:
    assert home.ingest("codes-with-hyphens-and-dots", "lines.csv")["accepted"] == 5
    lines = home.lines()
    assert {line["htsus"] for line in lines} == {"6109100012"}
    assert {line["manufacturer_id"] for line in lines} == {"VNBROGAR77HAI"}
    assert [line["unit_of_measure"] for line in lines] == ["DOZ", "DOZ", "DOZ", "NO", "DOZ"]
    assert {line["port_of_entry"] for line in lines} == {"2704"}


@pytest.mark.parametrize("file", ["typed.xlsx", "typed.parquet"])
def test_decimal_comma_typed(home: Home, file: str) -> None:
    case = "decimal-comma-typed"
    home.ingest(case, file, "--mapping", CASES / case / "eu.toml")
    (line,) = home.lines()
    assert [line[name] for name in ("gross_weight_kg", "quantity", "entered_value_usd")] == [1234.56, 12.5, 98765.43]


def test_decimal_comma_in_doubt(home: Home) -> None:
    case = "decimal-comma-typed"
    counts = home.ingest(case, "american.csv", "--mapping", CASES / case / "eu.toml")
    assert counts["rules"]["entered_value_usd: decimal comma in doubt"] == counts["rejected"] == 1


def test_dhs_alias_wording(home: Home) -> None:
    assert not home.import_list("dhs-alias-wording")["faults"]
    listed = home.listed()
    assert listed["Turpan Oakmere Textile Co. Ltd."]["aliases"] == "Tulufan Oakmere"
    assert listed["Xinjiang Hazelbrook Cotton Co., Ltd."]["aliases"] == "Hazelbrook Linen|XJ Hazelbrook"
    assert listed["Baoding Willowgate Trade Co., Ltd."]["aliases"] == "Baoding Old Willow Trade"
    assert {"Xinjiang Starling Aksu", "Xinjiang Starling Korla", "Xinjiang Starling Hotan"} <= {*listed}
    for name in ("Tulufan Oakmere", "Turpan Oakmere Textile Co. Ltd."):
        assert _best_match(home, name) > 0.9


def _best_match(home: Home, name: str) -> float:
    code, said = home.run("lists", "match", name, "--json")
    assert code == 0, said
    found = json.loads(said)
    return float(max(one["probability"] for one in (found["matches"] if isinstance(found, dict) else found)))


def test_folders_of_programs(home: Home) -> None:
    counts = home.ingest("folders-of-programs", "delivery")
    assert [line["entered_value_usd"] for line in home.lines()] == [5000.0]
    assert any("passed over" in warning for warning in counts["warnings"])
    code, said = home.run("ingest", "entries", CASES / "folders-of-programs" / "delta", "--json")
    assert code in (0, 7), said
    if code == 0:
        log = [
            json.loads(line)
            for file in sorted((CASES / "folders-of-programs/delta/_delta_log").glob("*.json"))
            for line in file.read_text().splitlines()
        ]
        live = {one["add"]["path"] for one in log if "add" in one} - {
            one["remove"]["path"] for one in log if "remove" in one
        }
        rows = sum(
            json.loads(one["add"]["stats"])["numRecords"] for one in log if one.get("add", {}).get("path") in live
        )
        assert json.loads(said.splitlines()[-1])["read"] == rows


@pytest.mark.parametrize("file", ["sep.csv", "label.xlsx", "cover.xlsx"])
def test_headings_not_first(home: Home, file: str) -> None:
    assert home.ingest("headings-not-first", file)["accepted"] > 0


def test_labels_unmapped(home: Home) -> None:
    folder = CASES / "labels-unmapped"
    mapping = ("--mapping", folder / "mapping.toml")
    home.ingest("labels-unmapped", "lines.csv", *mapping)
    code, said = home.run("ingest", "outcomes", folder / "lines.csv", *mapping, "--json")
    assert code == 7
    assert "result" in said
    assert "method" in said
    assert not Store(home.folder).outcomes().num_rows


def test_list_name_looks_like_goods(home: Home) -> None:
    assert all(fault["taken"] for fault in home.import_list("list-name-looks-like-goods")["faults"])
    assert {name.split()[0] for name in home.listed()} == {"All", "Produced"}


def test_moment_with_zone_as_date(home: Home) -> None:
    counts = home.ingest("moment-with-zone-as-date", "lines.parquet")
    assert counts["accepted"] == 0
    assert "entry_date: the day depends on a time zone that is not stated" in counts["rules"]


def test_opensanctions_quoted_alias(home: Home) -> None:
    home.import_list("opensanctions-quoted-alias")
    listed = home.listed()
    assert listed["Hotan Ambergate Garment"]["aliases"] == "Ambergate; Hotan Branch|Hetian Ambergate"
    assert listed["Shihezi Larkspur Spinning"]["aliases"] == 'Larkspur "Golden Reed" Mill|Larkspur'


def test_pandas_nan_codes(home: Home) -> None:
    home.ingest("pandas-nan-codes", "lines.csv")
    for line in home.lines():
        names = ("manufacturer_id", "importer_number", "unit_of_measure")
        assert [line[name] for name in names] == [None] * 3


def test_parquet_decimal_zero(home: Home) -> None:
    assert home.ingest("parquet-decimal-zero", "lines.parquet")["accepted"] == 2
    assert 0.0 in {line["charges_usd"] for line in home.lines()}
    assert 0.0 in {line["entered_value_usd"] for line in home.lines()}


def test_parquet_float32_codes(home: Home) -> None:
    counts = home.ingest("parquet-float32-codes", "lines.parquet")
    assert counts["accepted"] == 0
    assert "htsus: a code in a type of number that cannot hold it" in counts["rules"]


def test_parquet_foreign_bytes(home: Home) -> None:
    counts = home.ingest("parquet-foreign-bytes", "lines.parquet")
    assert counts["rejected"] == 1
    assert counts["accepted"] > 0


def test_parquet_string_view(home: Home) -> None:
    assert home.ingest("parquet-string-view", "lines.parquet")["accepted"] == 2


def test_semicolon_three_decimals(home: Home) -> None:
    home.ingest("semicolon-three-decimals", "lines.csv")
    assert [(line["gross_weight_kg"], line["quantity"]) for line in home.lines()] == [(None, None)] * 2


def test_strict_ooxml(home: Home) -> None:
    assert home.ingest("strict-ooxml", "strict.xlsx")["accepted"] > 0


def test_turkish_cp1254(home: Home, tmp_path: Path) -> None:
    counts = home.ingest("turkish-cp1254", "cp1254.csv")
    other = Home(tmp_path / "other")
    other.ingest("turkish-cp1254", "utf8.csv")
    assert other.lines()[0]["manufacturer_name"] == "ÇINARLI DOKUMA SANAYİ VE TİCARET LTD. ŞTİ."
    assert any("cp1254" in warning for warning in counts["warnings"])
    assert counts["rejected"] == 2


def test_upper_case_suffix(home: Home) -> None:
    assert home.ingest("upper-case-suffix", "LINES.XLSX")["accepted"] > 0


def test_xlsx_error_cells(home: Home) -> None:
    home.ingest("xlsx-error-cells", "lines.xlsx")
    assert not [line for line in home.lines() if "#" in (line["manufacturer_name"] or "")]


def test_xlsx_formula_uncached(home: Home) -> None:
    counts = home.ingest("xlsx-formula-uncached", "lines.xlsx")
    assert [rule for rule in counts["rules"] if "formula without a result" in rule]


def test_xlsx_second_sheet(home: Home) -> None:
    assert home.ingest("xlsx-second-sheet", "lines.xlsx")["read"] == 7
    assert home.ingest("xlsx-second-sheet", "report.xlsx", *ES003)["read"] == 8


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A client of a small home that is being served, after the list of names in other scripts came in."""
    folder = tmp_path_factory.mktemp("service")
    served.home(folder)
    code, said = Home(folder).run("lists", "import", CASES / "names-in-other-scripts" / "list.csv")
    assert code in (0, 6), said
    with served.client(served.settings(folder)) as client:
        yield client


def _asked(client: TestClient, case: str) -> list[dict[str, Any]]:
    """Lines of the answer to a case's request, on a day that the small home can score."""
    rows = json.loads((CASES / case / "request.json").read_text())["lines"]
    answered = served.ask(client, [row | {"entry_date": str(served.DAY)} for row in rows], "features")
    return list(answered["lines"])


def test_mid_city_rules(service: TestClient) -> None:
    assert {line["features"]["mid_against_address"] for line in _asked(service, "mid-city-rules")} == {0.0}


def test_names_of_one_firm(service: TestClient) -> None:
    makers = [line["parties"]["maker"] for line in _asked(service, "names-of-one-firm")]
    assert makers[0] == makers[1]
    assert len({*makers[2:5]}) == 1
    assert makers[5] != makers[6]
    assert makers[7:] == [None, None]
    assert len({*makers[:7]}) == 4


def test_names_in_other_scripts(service: TestClient, home: Home) -> None:
    home.import_list("names-in-other-scripts")
    assert _best_match(home, "新疆雪羽棉业有限公司") > 0.9
    chinese, korean = _asked(service, "names-in-other-scripts")
    assert None not in (chinese["parties"]["maker"], korean["parties"]["maker"])


def test_pandas_nan_codes_over_http(service: TestClient) -> None:
    one, other = _asked(service, "pandas-nan-codes")
    assert one["parties"]["supplier"] != other["parties"]["supplier"]
    assert "manufacturer_id" in one["missing"]


def test_head_is_refused(service: TestClient) -> None:
    answered = service.head("/healthz")
    assert (answered.status_code, answered.content) == (200, b"")


def test_unknown_units_pooled(tmp_path: Path) -> None:
    settings = served.home(tmp_path / "home")
    rows = (CASES / "unknown-units-pooled" / "day1.csv").read_text().replace("2021-11-04", str(served.NIGHT))
    (tmp_path / "day1.csv").write_text(rows)
    code, said = Home(settings.home).run("ingest", "entries", tmp_path / "day1.csv")
    assert code == 0, said
    score_period(settings, served.NIGHT, served.NIGHT)
    with served.client(served.settings(settings.home)) as client:
        pieces = _asked(client, "unknown-units-pooled")
    *counted, weighed = [line["features"]["unit_value_log_ratio"] for line in pieces]
    assert counted == pytest.approx([counted[0]] * 4)
    assert abs(counted[0]) < 0.1
    assert weighed is None  # kilograms are not pieces
