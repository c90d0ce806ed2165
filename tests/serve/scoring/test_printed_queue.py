"""What the officer's terminal shows of a day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES, SCORES
from originrisk.models.calibration import Calibrator
from originrisk.serve.scoring.batch import SHOWN, print_batch, print_queue, score_period
from tests.serve import factory

DAY = date(2021, 3, 1)
BAND = Calibrator(edges=(0.0, 0.5), lower=(0.0, 0.5), upper=(0.5, 1.0))


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def show(line: dict[str, object], text: str = "unit value 0.4 of like goods", band: Calibrator = BAND) -> None:
    reason = {"feature": "f", "family": "price", "value": 0.4, "contribution": 1.0, "text": text}
    row = {
        **{name: line[name] for name in ("entry_number", "line_number", "entry_date")},
        "probability": 0.25,
        "rank": 1,
        "reasons": [reason],
        "model_version": "v",
        "history_date": DAY,
    }
    entries = [line, factory.entry(2, DAY)]
    print_queue(
        pa.Table.from_pylist([row], schema=SCORES.schema), pa.Table.from_pylist(entries, schema=ENTRIES.schema), band
    )


def test_a_line_stands_with_probability_band_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    line = factory.entry(1, DAY)
    show(line)
    shown = capsys.readouterr().out
    assert f"{line['entry_number']} / 1" in shown
    assert "25.0% (0.0% to 50.0%), VN 6203424011" in shown
    assert "unit value 0.4 of like goods" in shown


def test_a_line_of_a_chapter_without_a_result_says_so_beside_a_wide_band(capsys: pytest.CaptureFixture[str]) -> None:
    show(factory.entry(1, DAY), band=replace(BAND, edges=(0.0,), lower=(0.2,), upper=(0.3,), chapters=("52",)))
    assert "25.0% (4.6% to 68.9%), no examination of goods of chapter 62 is known" in capsys.readouterr().out


def test_no_party_and_no_whole_importer_number_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show(factory.entry(1, DAY, importer_number="123-45-6789", manufacturer_name="Invented Mill"))
    shown = capsys.readouterr().out
    assert "6789" not in shown
    assert "Invented" not in shown


def test_hostile_text_is_shown_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    show(factory.entry(1, DAY), text="[bold red]x[/] \x1b[2J \u202e gnp.exe")
    shown = capsys.readouterr().out
    assert "[bold red]x[/]" in shown
    assert not set("\x1b\u202e") & set(shown)


def test_a_day_is_printed_with_its_counts_and_the_top(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    batch = score_period(factory.home(tmp_path), factory.START, factory.START)
    print_batch(batch)
    shown = capsys.readouterr().out
    top = batch.scores()["entry_number"].to_pylist()[:SHOWN]
    assert [number for number in top if number not in shown] == []
    assert batch.bundle.version in shown


def test_an_empty_day_prints_its_counts_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_batch(score_period(factory.home(tmp_path), factory.EMPTY_DAY, factory.EMPTY_DAY))
    assert "Top of the queue" not in capsys.readouterr().out
