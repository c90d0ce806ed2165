"""`originrisk ingest` as scripts meet it: one JSON object, exit codes, an interrupted run that leaves no trace."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from originrisk.data.contract import ENTRIES
from originrisk.data.identifiers.entry_number import check_digit
from originrisk.data.store.tables import Store
from tests.processes import heed_interrupts

HEADING = "entry_number,line_number,entry_date,manufacturer_name,country_of_origin,htsus,entered_value_usd\n"
LINE = "ABC-1234567-6,1,2021-03-05,LAMBDA KNIT,CN,6109100012,100\n"


def _command(home: Path, *words: object) -> list[str]:
    return [sys.executable, "-m", "originrisk", "--home", str(home), "ingest", *map(str, words)]


def _run(home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_command(home, *words), capture_output=True, text=True, check=False, timeout=120)


def _file(folder: Path, content: str) -> Path:
    path = folder / "lines.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_json_is_one_object_and_nothing_else(tmp_path: Path) -> None:
    done = _run(tmp_path / "home", "entries", _file(tmp_path, HEADING + LINE + LINE), "--json")
    counts = json.loads(done.stdout)
    assert done.returncode == 0
    assert {name: counts[name] for name in ("read", "accepted", "rejected", "repaired")} == {
        "read": 2,
        "accepted": 1,
        "rejected": 1,
        "repaired": 0,
    }
    assert counts["rules"] == {"entry_number, line_number: duplicate in this delivery": 1}


def test_people_get_a_table_and_no_progress_where_nobody_watches(tmp_path: Path) -> None:
    done = _run(tmp_path / "home", "entries", _file(tmp_path, HEADING + LINE))
    assert "accepted" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("content", "words", "message"),
    [
        (HEADING.replace("htsus", "htsus,colour") + LINE, (), "`colour`"),
        ("", (), "an empty file"),
        (HEADING + LINE, ("--mapping", "ace-es03"), "ace-es003"),
        (HEADING + LINE, ("--mapping", "ace-es003"), "heading"),
    ],
    ids=["unknown column", "empty file", "unknown mapping", "another mapping's file"],
)
def test_bad_input_ends_with_a_message_and_code_7(
    tmp_path: Path, content: str, words: tuple[str, ...], message: str
) -> None:
    done = _run(tmp_path / "home", "entries", _file(tmp_path, content), *words)
    assert (done.returncode, done.stdout) == (7, "")
    assert message in done.stderr
    assert Store(tmp_path / "home").versions() == {}


def test_a_missing_file_ends_with_its_path_and_code_7(tmp_path: Path) -> None:
    done = _run(tmp_path / "home", "entries", tmp_path / "none.csv")
    assert done.returncode == 7
    assert "none.csv" in done.stderr


def _many_lines(folder: Path, count: int) -> Path:
    numbers = [f"ABC{n:07d}{check_digit('ABC', f'{n:07d}')}" for n in range(count)]
    line = dict(zip(HEADING.strip().split(","), LINE.strip().split(","), strict=True))
    columns = {name: pa.repeat(text, count) for name, text in line.items()} | {"entry_number": pa.array(numbers)}
    pq.write_table(pa.table(columns), folder / "many.parquet", row_group_size=5_000)
    return folder / "many.parquet"


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_an_interrupted_run_leaves_the_store_as_it_was(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    home = tmp_path / "home"
    _run(home, "entries", _file(tmp_path, HEADING + LINE))
    before, many = Store(home).versions(), _many_lines(tmp_path, 150_000)
    running = subprocess.Popen(
        _command(home, "entries", many),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts,  # noqa: PLW1509 — nothing but a signal is set
    )
    while running.poll() is None and not list(home.glob("tmp/*/accepted.parquet")):
        time.sleep(0.01)
    running.send_signal(sent)
    running.communicate(timeout=60)
    assert running.returncode == code
    assert Store(home).versions() == before
    again = json.loads(_run(home, "entries", many, "--json").stdout)
    assert (again["read"], again["new"]) == (150_000, 150_000)
    assert Store(home).entries(columns=["entry_number"]).num_rows == 150_001
    assert ENTRIES.schema == Store(home).entries().schema
