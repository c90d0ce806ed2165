"""What was written is what is read: a flipped bit, a torn or emptied log, a lost file are refused by name."""

import random
import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES
from originrisk.data.errors import BadInputError
from originrisk.data.settings import load_settings
from originrisk.data.store.tables import Store
from originrisk.serve import verify


def _lines(day: date) -> pa.Table:
    empty = dict.fromkeys(ENTRIES.names)
    row = {"entry_number": f"ABC{day:%y%m%d}", "line_number": 1, "entry_date": day, "htsus": "610910"}
    return pa.Table.from_pylist([empty | row], schema=ENTRIES.schema)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    for month in (3, 4):
        Store(home).upsert("entries", _lines(date(2021, month, 5)).to_batches())
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "home")
    return tmp_path / "home"


def test_a_flipped_bit_is_refused_or_harmless(home: Path) -> None:
    whole, choice = Store(home).entries(), random.Random(7)
    sound = verify.faults(load_settings(home))
    assert sound[1] == []
    files = sorted(file for file in (home / "lake").rglob("*") if file.is_file())
    for _ in range(60):
        file = choice.choice(files)
        content = file.read_bytes()
        at = choice.randrange(len(content))
        file.write_bytes(content[:at] + bytes([content[at] ^ 1 << choice.randrange(8)]) + content[at + 1 :])
        try:
            assert Store(home).entries().equals(whole)
        except BadInputError:
            assert verify.faults(load_settings(home))[1]
        file.write_bytes(content)
    assert verify.faults(load_settings(home)) == sound


@pytest.mark.parametrize("left", [0, 40])
def test_an_emptied_or_torn_log_is_refused(home: Path, left: int) -> None:
    entry = home / "lake" / "entries" / "_delta_log" / f"{1:020}.json"
    entry.write_bytes(entry.read_bytes()[:left])
    with pytest.raises(BadInputError, match=entry.name):
        Store(home).entries()
    with pytest.raises(BadInputError, match=entry.name):
        Store(home).upsert("entries", _lines(date(2021, 5, 5)).to_batches())
    entry.unlink()
    with pytest.raises(BadInputError, match=entry.name):
        Store(home).entries()


def test_what_was_torn_before_anyone_was_told_can_be_dropped(home: Path) -> None:
    whole = Store(home).entries()
    entry = home / "lake" / "entries" / "_delta_log" / f"{2:020}.json"
    entry.write_text('{"add":{"path"')
    (home / "suppressions.jsonl").write_text('{"torn')
    with pytest.raises(BadInputError, match="a torn entry"):
        Store(home).entries()
    assert len(verify.repair(load_settings(home))) == 2
    assert Store(home).entries().equals(whole)
    assert verify.faults(load_settings(home))[1] == []


def test_a_lost_file_of_rows_is_refused(home: Path) -> None:
    next((home / "lake" / "entries").rglob("part-*.parquet")).unlink()
    with pytest.raises(BadInputError, match="found none"):
        Store(home).entries()
