import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from typer.testing import CliRunner

from originrisk.cli import app
from originrisk.data.contract import ENTRIES
from originrisk.data.errors import GateRefusedError
from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue.feature import CONCEPTS
from originrisk.train.report.profile import READS, DataProfile, profile_of, profile_page
from tests.train.home import home, small_world


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return home(tmp_path_factory.mktemp("home"), small_world(800))


@pytest.fixture(scope="module")
def found(made: Settings) -> DataProfile:
    return profile_of(made)


def test_lines_and_results_are_counted_once(made: Settings, found: DataProfile) -> None:
    store = Store(made.home)
    lines, outcomes = store.entries(), store.outcomes()
    assert found.tables["overview"][0]["lines"] == len(lines)
    for table in ("months", "origins", "chapters"):
        assert sum(row["share"] for row in found.tables[table]) <= 1 + 1e-9
    assert sum(row["lines"] for row in found.tables["months"]) == len(lines)
    assert sum(row["lines"] for row in found.tables["labels"]) == len(outcomes)
    positive = pc.sum(pc.equal(outcomes["result"], "xinjiang")).as_py()
    assert sum(row["xinjiang"] for row in found.tables["labels"]) == positive
    for row in found.tables["labels"]:
        told = ("xinjiang", "not_xinjiang", "inconclusive", "pending")
        assert sum(row[name] for name in told) == row["lines"]
        assert row["draws_without_chance"] == 0  # only the lot has a chance that must be written down


def test_every_concept_looks_at_columns_of_the_contract() -> None:
    assert set(READS) == set(CONCEPTS)
    assert {column for columns in READS.values() for column in columns} <= set(ENTRIES.names)


def test_a_column_without_values_is_missed_by_its_concepts(tmp_path: Path, made: Settings) -> None:
    lines = Store(made.home).entries()
    place = lines.column_names.index("gross_weight_kg")
    Store(tmp_path).upsert(
        "entries", lines.set_column(place, "gross_weight_kg", pa.nulls(len(lines), pa.float64())).to_batches()
    )
    told = profile_of(Settings(home=tmp_path))
    assert {r["concept"]: r for r in told.tables["concepts"]}["price"]["columns_missing"] == "gross_weight_kg"
    assert any("0 examined lines" in text for text in told.mind)


def test_lines_before_the_history_are_told(made: Settings) -> None:
    later = Settings(home=made.home, history_start="2021-01-01")  # type: ignore[arg-type]
    assert any("before history_start, 2021-01-01" in text for text in profile_of(later).mind)


def test_the_page_escapes_what_files_hold() -> None:
    empty = {name: [] for name in ("months", "chapters", "concepts", "labels", "parties", "columns", "codes")}
    rows = {**empty, "overview": [{"lines": 1}], "origins": [{"country_of_origin": "<script>"}]}
    assert "<script>" not in profile_page(DataProfile(rows, ["<b>"]))


def test_the_command_writes_a_page_and_changes_nothing(tmp_path: Path, made: Settings) -> None:
    before = sorted(p.name for p in made.home.iterdir())
    page = tmp_path / "profile.html"
    words = ["--home", str(made.home), "profile", "--out", str(page), "--json"]
    told = CliRunner().invoke(app, words, catch_exceptions=False)
    assert json.loads(told.stdout)["overview"][0]["lines"] == 800
    assert "By month of entry" in page.read_text()
    assert sorted(p.name for p in made.home.iterdir()) == before


def test_a_home_without_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GateRefusedError, match="ingest entries"):
        profile_of(Settings(home=tmp_path))
