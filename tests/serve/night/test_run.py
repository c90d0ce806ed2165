"""Nights over small homes: each ending with its outcome, its exit code and what it left behind."""

import json
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from originrisk.data.errors import AlreadyRunningError, BadInputError, GateRefusedError, ModelRefusedError, UsageError
from originrisk.data.ingest import discover
from originrisk.data.settings import Level, NightLevels, NightSettings
from originrisk.data.store.tables import Store
from originrisk.models.registry import champion_path, champion_version
from originrisk.serve.night import record, run
from originrisk.serve.night.report import status
from originrisk.serve.night.run import backfill, run_night
from originrisk.serve.scoring.batch import score_period
from tests.serve import factory
from tests.serve.night import nights
from tests.serve.night.nights import DAY, settings_of

NEXT = DAY + timedelta(1)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nights.home(tmp_path_factory.mktemp("template") / "home")


@pytest.fixture(scope="module")
def done(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose night of DAY has run."""
    home = nights.copy(template, tmp_path_factory.mktemp("done") / "home")
    run_night(settings_of(home), DAY)
    return home


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Path:
    return nights.copy(template, tmp_path / "home")


@pytest.fixture
def after(done: Path, tmp_path: Path) -> Path:
    return nights.copy(done, tmp_path / "home")


def published(home: Path, day: date) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = Store(home).scores(day, day).to_pylist()
    return rows


def steps_of(home: Path) -> list[str]:
    log = (home / "nights" / "log.jsonl").read_text().splitlines()
    return [event["step"] for event in map(json.loads, log) if event["event"] == "step"]


def test_a_night_takes_in_the_inbox_scores_every_line_and_goes_live(done: Path) -> None:
    lines = Store(done).entries(DAY, DAY)
    assert len(published(done, DAY)) == len(lines)
    assert nights.record(done)["counts"]["entries"] == {"read": 5, "accepted": 5, "rejected": 0, "repaired": 0}
    assert {row["model_version"] for row in published(done, DAY)} == {champion_version(done)}
    assert record.live_day(done) == DAY
    assert not [path for path in (done / "inbox").rglob("*") if path.is_file()]
    assert (done / "nights" / str(DAY) / "taken" / "entries" / "late.parquet").exists()
    assert nights.record(done)["ended"]["exit_code"] == 0


def test_the_record_names_what_the_night_started_from(done: Path) -> None:
    versions = Store(done).versions()
    basis = nights.record(done)["basis"]
    assert basis["tables"] == {name: versions[name] for name in ("entries", "outcomes")}
    assert basis["model"] == champion_version(done)


def test_a_night_gives_what_the_batch_gives(after: Path) -> None:
    night = published(after, DAY)
    score_period(settings_of(after), DAY, DAY)
    assert published(after, DAY) == night


def test_a_repeated_night_changes_nothing(after: Path) -> None:
    before, versions, record = nights.state(after), Store(after).versions(), nights.record(after)
    run_night(settings_of(after), DAY)
    assert (nights.state(after), Store(after).versions(), nights.record(after)) == (before, versions, record)


def test_a_second_run_at_once_leaves_with_its_own_code(home: Path) -> None:
    before = nights.state(home)
    with Store(home).writing(), pytest.raises(AlreadyRunningError) as refused:
        run_night(settings_of(home), DAY)
    assert refused.value.exit_code == 5
    assert nights.state(home) == before


def cut_short(home: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(work: object) -> dict[str, Any]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setitem(run.STEPS, step, cut)
        with pytest.raises(KeyboardInterrupt):
            run_night(settings_of(home), DAY)


def test_a_run_that_was_cut_short_goes_on_from_the_last_finished_step(
    home: Path, done: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_short(home, "publish", monkeypatch)
    assert steps_of(home) == ["ingest", "close", "check", "score"]
    nights.deliver(home, nights.late_lines(9), "later.parquet")
    run_night(settings_of(home), DAY)
    assert steps_of(home)[4:] == ["publish"]
    assert published(home, DAY) == published(done, DAY)
    assert status(home)["waiting"] == 1


def test_a_model_promoted_after_a_crash_waits_for_the_next_night(
    home: Path, done: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_short(home, "check", monkeypatch)
    factory.champion(home, seed=2)
    run_night(settings_of(home), DAY)
    assert published(home, DAY) == published(done, DAY)


def test_tables_that_changed_after_a_crash_are_read_anew(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_short(home, "publish", monkeypatch)
    table = factory.entries(1).from_pylist([factory.entry(950_000, DAY)], schema=factory.entries(1).schema)
    Store(home).upsert("entries", table.to_batches())
    run_night(settings_of(home), DAY)
    assert len(published(home, DAY)) == len(Store(home).entries(DAY, DAY))


def test_late_corrections_change_the_store_and_no_closed_night(after: Path) -> None:
    before = published(after, DAY)
    line = Store(after).entries(DAY, DAY).to_pylist()[0]
    nights.deliver(after, [{**line, "entered_value_usd": 1.0, "received_on": NEXT}], "corrections.parquet")
    manifest = run_night(settings_of(after), NEXT)
    assert manifest.content["ended"]["exit_code"] == 0
    assert Store(after).entries(DAY, DAY)["entered_value_usd"][0].as_py() == 1.0
    assert published(after, DAY) == before
    assert len(published(after, NEXT)) > 0


def test_an_empty_day_is_a_success(home: Path) -> None:
    (home / "inbox" / "entries" / "late.parquet").unlink()
    manifest = run_night(settings_of(home), factory.EMPTY_DAY)
    assert manifest.content["ended"]["exit_code"] == 0
    assert published(home, factory.EMPTY_DAY) == []
    assert record.live_day(home) == factory.EMPTY_DAY


def test_a_day_with_one_line_is_a_success(home: Path) -> None:
    day = factory.END + timedelta(1)
    nights.deliver(home, [factory.entry(960_000, day)], "one.parquet")
    manifest = run_night(settings_of(home), day)
    assert manifest.content["ended"]["exit_code"] == 0
    assert [row["place"] for row in published(home, day)] == [1]


def test_a_day_with_all_lines_bad_is_refused_and_nothing_is_published(home: Path) -> None:
    before, shown = published(home, DAY), record.live_day(home)
    (home / "inbox" / "entries" / "late.parquet").unlink()
    nights.deliver(home, nights.late_lines(8, htsus="none"), "bad.parquet")
    with pytest.raises(GateRefusedError, match="rejected") as refused:
        run_night(settings_of(home), DAY)
    assert refused.value.exit_code == 3
    assert (published(home, DAY), record.live_day(home)) == (before, shown)
    assert nights.record(home)["ended"]["outcome"] == "refused"
    assert "rejected" in (home / "nights" / str(DAY) / "report.html").read_text()
    assert "exit_code 3.0" in (home / "metrics" / "originrisk.prom").read_text()


def test_a_refused_day_is_published_once_the_files_are_right(home: Path) -> None:
    nights.deliver(home, nights.late_lines(8, htsus="none"))
    with pytest.raises(GateRefusedError):
        run_night(settings_of(home), DAY)
    with pytest.raises(GateRefusedError):
        run_night(settings_of(home), DAY)
    nights.deliver(home, nights.late_lines(8), "right.parquet")
    assert run_night(settings_of(home), DAY).content["ended"]["exit_code"] == 0
    assert len(published(home, DAY)) == len(Store(home).entries(DAY, DAY))


def test_a_warning_publishes_and_has_its_own_code(home: Path) -> None:
    levels = NightLevels(rejected=Level(warn=0.05, stop=None))
    nights.deliver(home, nights.late_lines(8, htsus="none"), "bad.parquet")
    manifest = run_night(settings_of(home, night=NightSettings(levels=levels)), DAY)
    assert manifest.content["ended"] | {"at": ""} == {
        "outcome": "published with warnings",
        "exit_code": 6,
        "why": ["rejected entries"],
        "at": "",
    }
    assert len(published(home, DAY)) == len(Store(home).entries(DAY, DAY))


@pytest.mark.parametrize("name", ["broken.parquet", "BROKEN.XLSX", "letter.doc", os.fsdecode(b"b\xe9.csv")])
def test_a_file_that_cannot_be_read_is_set_aside_and_the_night_goes_on(home: Path, name: str) -> None:
    (home / "inbox" / "entries" / name).write_bytes(b"PAR1")
    ended = run_night(settings_of(home), DAY).content["ended"]
    assert (ended["exit_code"], ended["outcome"]) == (6, "published with warnings")
    assert any(why.startswith(f"set aside: {discover.printable(name)}") for why in ended["why"])
    folder = home / "nights" / str(DAY)
    assert (folder / "refused" / "entries" / name).exists()
    assert (folder / "taken" / "entries" / "late.parquet").exists()
    assert nights.record(home)["counts"]["entries"]["accepted"] == 5


def test_a_folder_of_the_inbox_that_is_no_tables_is_bad_input(home: Path) -> None:
    (home / "inbox" / "entires").mkdir()
    with pytest.raises(BadInputError, match="entires"):
        run_night(settings_of(home), DAY)


def test_a_file_still_being_written_waits(home: Path) -> None:
    late = home / "inbox" / "entries" / "late.parquet"
    late.rename(late.with_name(".late.parquet"))
    assert run_night(settings_of(home), DAY).content["files"] == []
    assert late.with_name(".late.parquet").exists()


def test_a_model_that_is_refused_changes_nothing(home: Path) -> None:
    (champion_path(home) / "calibrator.json").write_text("{}")
    before = nights.state(home)
    with pytest.raises(ModelRefusedError):
        run_night(settings_of(home), DAY)
    assert nights.state(home) == before


@pytest.mark.parametrize("days", [3, pytest.param(30, marks=pytest.mark.slow)])
def test_past_days_are_filled_in_order_and_move_neither_champion_nor_live_queue(after: Path, days: int) -> None:
    first, last = DAY - timedelta(days), DAY - timedelta(1)
    champion, queue, inbox = champion_version(after), record.live_day(after), "waits.parquet"
    nights.deliver(after, nights.late_lines(3, NEXT), inbox)
    today = published(after, DAY)
    done = backfill(settings_of(after), first, last)
    assert [night.content["date"] for night in done] == [str(first + timedelta(number)) for number in range(days)]
    assert (champion_version(after), record.live_day(after), published(after, DAY)) == (champion, queue, today)
    assert (after / "inbox" / "entries" / inbox).exists()
    filled = Store(after).scores(first, last)
    score_period(settings_of(after), first, last)
    assert Store(after).scores(first, last).equals(filled)
    assert len(filled) == len(Store(after).entries(first, last))


def test_a_backfill_never_reaches_the_live_day(after: Path) -> None:
    with pytest.raises(UsageError, match=str(DAY)):
        backfill(settings_of(after), DAY - timedelta(2), DAY)


def test_a_night_that_was_missed_does_not_move_the_queue_back(after: Path) -> None:
    run_night(settings_of(after), DAY - timedelta(3))
    assert record.live_day(after) == DAY


def test_status_tells_the_last_nights_latest_first(after: Path) -> None:
    run_night(settings_of(after), NEXT)
    found = status(after)
    assert (found["live"], found["champion"], found["waiting"]) == (str(NEXT), champion_version(after), 0)
    assert [(row["date"], row["exit_code"]) for row in found["nights"]] == [(str(NEXT), 0), (str(DAY), 0)]


def test_neither_log_nor_record_nor_report_hold_what_a_line_says(done: Path) -> None:
    folder = done / "nights"
    written = [path for path in folder.rglob("*") if path.suffix in {".json", ".jsonl", ".html"}]
    texts = "".join(path.read_text() for path in [*written, done / "metrics" / "originrisk.prom"])
    lines = Store(done).entries(DAY, DAY).to_pylist()
    cells = {line[name] for line in lines for name in ("manufacturer_name", "importer_number", "entry_number")}
    assert len(written) == 3
    assert not [cell for cell in cells if cell in texts]


def test_the_record_says_where_the_time_of_scoring_went(done: Path) -> None:
    parts = nights.record(done)["steps"]["score"]["parts"]
    assert parts.keys() == {"reading", "features", "score", "compare", "hold", "rank", "explain"}
    assert parts["features"] > 0


def test_the_report_needs_no_network(done: Path) -> None:
    page = (done / "nights" / str(DAY) / "report.html").read_text()
    assert "http" not in page
    assert "drifting_features" in page


def test_what_a_killed_run_staged_beside_the_histories_is_swept_away(home: Path) -> None:
    left = home / "history" / ".staged-left"
    left.mkdir(parents=True)
    run_night(settings_of(home), DAY)
    assert not left.exists()
    assert not list((home / "tmp").iterdir())
