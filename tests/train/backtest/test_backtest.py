import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from originrisk.data.errors import BadInputError, GateRefusedError, UsageError
from originrisk.data.settings import ScoreSettings, Settings, TrainSettings
from originrisk.features.history.keys import find
from originrisk.features.lines import Lines
from originrisk.train.backtest.plan import POLICIES, BacktestPlan, Policy, from_outcomes, from_truth, select
from originrisk.train.backtest.run import Backtest, backtest, interval, summary
from originrisk.train.dataset import TrainingTables
from originrisk.train.labels import PRIORS
from tests.train.home import home, small_world
from tests.train.test_commands import app

PLAN = BacktestPlan(np.datetime64("2021-01", "M"), months=3, every=3, delay=0, seed=0)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return home(tmp_path_factory.mktemp("home")).model_copy(
        update={
            "train": TrainSettings(seeds=1),
            "score": ScoreSettings(capacity_share=0.3, capacity_least=1, random_share=0.1),
        }
    )


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("truth") / "truth.parquet"
    pq.write_table(small_world().truth, path)
    return path


@pytest.fixture(scope="module")
def lived(settings: Settings, truth: Path) -> Backtest:
    return backtest(settings, PLAN, ["random10"], truth)


def test_capacity_goes_to_the_highest_scores_the_doubted_and_the_lot() -> None:
    score, doubt = np.arange(100.0), np.r_[np.ones(10), np.zeros(90)]
    picked = select(Policy(by_lot=0.2, doubtful=0.2), score, doubt, 10, np.random.default_rng(0))
    assert picked.examined.sum() == 10
    assert picked.examined[94:].all()
    assert picked.examined[:10].sum() >= 2
    assert picked.random.sum() == 2
    assert picked.chance == 2 / 92
    assert not (picked.random & (score >= 94)).any()


@pytest.mark.parametrize("name", POLICIES)
def test_where_there_is_room_for_all_all_are_examined(name: str) -> None:
    picked = select(POLICIES[name], np.arange(40.0), np.arange(40.0), 1000, np.random.default_rng(0))
    assert picked.examined.all()


def test_every_line_of_a_month_is_examined_or_rest_and_examinations_miss_some(lived: Backtest, truth: Path) -> None:
    table = pq.read_table(truth)
    for month in lived.policies["random10"]:
        assert month.examined + month.rest == month.lines
        assert month.found <= month.positives - month.rest_found
        assert 0.2 * month.lines <= month.examined == len(set(month.rows)) <= 0.5 * month.lines
        assert month.random_lines == sum(month.random) == round(0.1 * month.examined)
    months = lived.policies["random10"]
    examined = sum(m.positives - m.rest_found for m in months)
    assert 0 < sum(m.found for m in months) < examined
    assert sum(m.positives for m in months) < table["y_any"].to_numpy().sum()
    assert (lived.folder / "backtest.png").stat().st_size > 10_000


def test_finds_beat_the_lot(lived: Backtest) -> None:
    told = summary(lived.policies["random10"])
    assert told["recall"] > 1.5 * 0.1


def test_an_interrupted_backtest_goes_on_to_the_same_end(settings: Settings, truth: Path, lived: Backtest) -> None:
    journal = lived.folder / "random10.jsonl"
    whole = journal.read_text("utf-8")
    journal.write_text("".join(whole.splitlines(keepends=True)[:2]), "utf-8")
    again = backtest(settings, PLAN, ["random10"], truth)
    assert again.folder == lived.folder
    assert journal.read_text("utf-8") == whole


def test_without_the_truth_only_lines_with_a_known_result_are_examined(settings: Settings) -> None:
    data = TrainingTables.read(settings)
    conclusive = set(zip(*(data.outcomes[n].to_pylist() for n in ("entry_number", "line_number")), strict=True))
    told = backtest(settings, PLAN, ["exploit"], None)
    assert not told.complete
    rows = [row for month in told.policies["exploit"] for row in month.rows]
    picked = data.entries.take(rows)
    keys = zip(picked["entry_number"].to_pylist(), picked["line_number"].to_pylist(), strict=True)
    assert rows
    assert set(keys) <= conclusive
    total = summary(told.policies["exploit"])
    assert total["true_share"] is total["recall"] is total["lot_share"] is None
    json.dumps(total, allow_nan=False)


def test_the_truth_of_another_world_is_refused(settings: Settings, tmp_path: Path) -> None:
    pq.write_table(small_world(600, seed=9).truth.slice(0, 50), tmp_path / "other.parquet")
    data = TrainingTables.read(settings)
    lines = Lines.of(data.entries)
    with pytest.raises(BadInputError, match="lines without"):
        from_truth(tmp_path / "other.parquet", lines, data.outcomes, 0)
    with pytest.raises(BadInputError, match=r"truth\.parquet"):
        from_truth(tmp_path / "none.parquet", lines, data.outcomes, 0)


def test_examinations_of_a_simulated_trade_are_wrong_as_often_as_is_expected(settings: Settings, truth: Path) -> None:
    data = TrainingTables.read(settings)
    findings = from_truth(truth, Lines.of(data.entries), data.outcomes, 0)
    papers = findings.cell == list(PRIORS).index("document_review") * 3
    rates = PRIORS["document_review"]
    missed, wrong = (np.ravel(one)[0] for one in (rates.false_negative, rates.false_positive))
    for true, right in ((1, 1 - missed), (0, wrong)):
        lines = findings.found[papers & (findings.truth == true)]
        assert abs(lines.mean() - right) < 4 * np.sqrt(right * (1 - right) / len(lines))


def test_known_results_keep_the_method_that_found_them(settings: Settings) -> None:
    data = TrainingTables.read(settings)
    lines = Lines.of(data.entries)
    examples = data.gather(data.last_day(), 0).examples
    rows = find(lines, examples.lines["entry_number"], examples.lines["line_number"])
    findings = from_outcomes(data.outcomes, lines)
    assert len(np.unique(examples.cell)) > 1
    assert findings.cell[rows].tolist() == examples.cell.tolist()
    assert findings.found[rows].tolist() == examples.observed.tolist()


def test_a_store_without_results_is_refused(settings: Settings, truth: Path) -> None:
    data = TrainingTables.read(settings)
    with pytest.raises(GateRefusedError, match="conclusive results"):
        from_truth(truth, Lines.of(data.entries), data.outcomes.slice(0, 0), 0)


def test_months_beyond_the_store_and_unknown_policies_are_refused(settings: Settings) -> None:
    late = BacktestPlan(np.datetime64("2021-06", "M"), 2, 1, 30, 0)
    with pytest.raises(GateRefusedError, match="fewer --months"):
        backtest(settings, late, ["exploit"], None)
    with pytest.raises(UsageError, match="exploit, random5"):
        backtest(settings, PLAN, ["luck"], None)


def test_the_interval_of_the_lot_covers_as_often_as_it_says() -> None:
    finds = np.random.default_rng(0).binomial(200, 0.03, 2000)
    inside = [low <= 0.03 <= high for low, high in (interval(int(found), 200) for found in finds)]
    assert np.mean(inside) >= 0.95
    assert interval(0, 100)[0] == 0
    assert np.isnan(interval(0, 0)).all()


def test_the_command_prints_one_json_object(settings: Settings, truth: Path, lived: Backtest) -> None:
    words = ["backtest", "--start", "2021-01", "--months", "1", "--policy", "exploit", "--truth", str(truth)]
    told = CliRunner().invoke(app, [str(settings.home), *words, "--json"], catch_exceptions=False)
    result = json.loads(told.stdout)
    assert result["every_line"]
    assert result["policies"]["exploit"]["examined"] > 0
