"""Every alarm of the quality gate, raised by a fault that is planted for it; and none on the day as it is."""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES, OUTCOMES, SCORES
from originrisk.data.settings import NightLevels, NightSettings
from originrisk.data.store.tables import Store
from originrisk.models.profile import Profile
from originrisk.serve.night.checks import Measure, check_arrivals, check_lines
from originrisk.serve.night.steps import check_drift
from tests.serve import factory

DAYS, A_DAY = 70, 40
START = date(2021, 3, 1)
DAY = START + timedelta(DAYS)
Row = dict[str, object]


def line(number: int, day: date) -> Row:
    random = np.random.default_rng(number)
    late = timedelta(2) if number % 20 == 0 else timedelta(0)
    return factory.entry(
        number,
        day,
        received_on=day + late,
        entered_value_usd=float(random.lognormal(6, 1)),
        country_of_export="CN",
        port_of_lading="57078",
        port_of_entry=("2704", "0401")[number % 2],
        port_of_unlading="2704",
        mode_of_transport="11",
        entry_type="01",
    )


def day_of(lines: int = A_DAY) -> list[Row]:
    return [line(DAYS * A_DAY + number, DAY) for number in range(lines)]


def result(row: Row, known: date, number: int) -> Row:
    return {
        "entry_number": row["entry_number"],
        "line_number": 1,
        "selected_date": row["entry_date"],
        "outcome_date": known,
        "selection": "random",
        "method": "isotopic",
        "result": "xinjiang" if number % 10 == 0 else "not_xinjiang",
    }


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("usual")
    build(folder)
    return folder


def store_of(usual: Path, folder: Path, today: list[Row]) -> Store:
    """The usual days, and the lines of the day."""
    shutil.copytree(usual, folder, dirs_exist_ok=True)
    store = Store(folder)
    store.upsert("entries", pa.Table.from_pylist(today, schema=ENTRIES.schema).to_batches())
    return store


def build(folder: Path, *, results_until: date = DAY, promised: float = 0.1) -> Store:
    """Seventy days like each other, a result of one line in five nine days later, scores of every line of some."""
    store = Store(folder)
    before = [line(number, START + timedelta(number // A_DAY)) for number in range(DAYS * A_DAY)]
    known = [(row, row["entry_date"] + timedelta(9)) for row in before[::5]]  # type: ignore[operator]
    results = [result(row, on, number) for number, (row, on) in enumerate(known) if on < results_until]
    store.upsert("entries", pa.Table.from_pylist(before, schema=ENTRIES.schema).to_batches())
    store.upsert("outcomes", pa.Table.from_pylist(results, schema=OUTCOMES.schema).to_batches())
    for number in range(10):
        day = START + timedelta(number + 30)
        rows = [
            {**row, "probability": promised, "rank": place, "model_version": "m", "history_date": day}
            for place, row in enumerate((row for row in before if row["entry_date"] == day), 1)
        ]
        store.replace_day("scores", day, pa.Table.from_pylist(rows, schema=SCORES.schema))
    return store


def measured(store: Store, counts: dict[str, Any] | None = None) -> dict[str, Measure]:
    settings = NightSettings()
    _, of_lines = check_lines(store, DAY, counts or {}, settings)
    return {one.name: one for one in [*of_lines, *check_arrivals(store, DAY, settings)]}


def raised(measures: dict[str, Measure]) -> dict[str, str]:
    return {name: one.verdict for name, one in measures.items() if one.verdict != "ok"}


def test_a_day_like_the_others_raises_nothing(usual: Path, tmp_path: Path) -> None:
    counts = {"entries": {"read": 1000, "rejected": 3}}
    measures = measured(store_of(usual, tmp_path, day_of()), counts)
    assert raised(measures) == {}
    assert len(measures) == 9


def changed(name: str, value: object) -> Callable[[Row], Row]:
    return lambda row: {**row, name: value}


@pytest.mark.parametrize(
    ("fault", "alarm", "about"),
    [
        (changed("gross_weight_kg", None), "nulls", "gross_weight_kg"),
        (changed("port_of_entry", "9998"), "codes", "port_of_entry"),
        (changed("mode_of_transport", "40"), "categories", "mode_of_transport"),
        (lambda row: {**row, "gross_weight_kg": 1000 * row["gross_weight_kg"]}, "values", "gross_weight_kg"),
    ],
)  # fmt: skip
def test_a_fault_in_the_lines_raises_its_alarm(
    usual: Path, tmp_path: Path, fault: Callable[[Row], Row], alarm: str, about: str
) -> None:
    measures = measured(store_of(usual, tmp_path, [fault(row) for row in day_of()]))
    assert raised(measures)[alarm] == "stop"
    assert measures[alarm].about == about
    assert set(raised(measures)) <= {alarm, "categories"}


@pytest.mark.parametrize(("lines", "verdict"), [(0, "warn"), (1, "warn"), (A_DAY // 2, None), (A_DAY * 40, "stop")])
def test_too_few_or_too_many_lines_are_noticed(usual: Path, tmp_path: Path, lines: int, verdict: str | None) -> None:
    settings, store = NightSettings(), store_of(usual, tmp_path, day_of(lines))
    _, measures = check_lines(store, DAY, {}, settings)
    assert raised({one.name: one for one in measures}).get("volume") == verdict


def test_a_day_that_a_file_declares_empty_raises_nothing(usual: Path, tmp_path: Path) -> None:
    counts = {"entries": {"read": 0, "rejected": 0}}
    assert raised(measured(store_of(usual, tmp_path, []), counts)) == {}


@pytest.mark.parametrize(("rejected", "verdict"), [(4, None), (6, "warn"), (51, "stop")])
def test_records_that_break_rules_are_noticed(usual: Path, tmp_path: Path, rejected: int, verdict: str | None) -> None:
    counts = {"entries": {"read": 100, "rejected": rejected}}
    assert raised(measured(store_of(usual, tmp_path, day_of()), counts)).get("rejected") == verdict


def test_results_that_stop_arriving_are_noticed(tmp_path: Path) -> None:
    store = build(tmp_path, results_until=DAY - timedelta(25))
    assert raised(measured(store))["labels"] == "warn"


def test_lines_that_come_late_are_noticed(usual: Path, tmp_path: Path) -> None:
    yesterday = DAY - timedelta(1)
    late = [{**line(90_000 + i, yesterday - timedelta(9)), "received_on": yesterday} for i in range(250)]
    assert raised(measured(store_of(usual, tmp_path, [*day_of(), *late])))["late"] == "warn"


@pytest.mark.parametrize(("promised", "verdict"), [(0.1, None), (0.9, "warn"), (0.002, "stop")])
def test_scores_that_break_their_promise_are_noticed(tmp_path: Path, promised: float, verdict: str | None) -> None:
    store = build(tmp_path, promised=promised)
    assert raised(measured(store)).get("calibration") == verdict


NAMES = tuple(f"feature_{number}" for number in range(10))


def matrix(lines: int, seed: int) -> tuple[Any, Any]:
    random = np.random.default_rng(seed)
    return random.normal(size=(lines, len(NAMES))), random.beta(0.3, 3, lines)


def drift(features: Any, probability: Any) -> dict[str, str]:
    sample = Profile.of(NAMES, *matrix(5000, 0), np.repeat(np.arange(50), 100))
    counts = sample.count(NAMES, features, probability)
    return raised({one.name: one for one in check_drift(sample, counts, probability, NightLevels())})


@pytest.mark.parametrize("seed", range(1, 21))
def test_scores_of_a_usual_day_raise_nothing(seed: int) -> None:
    assert drift(*matrix(400, seed)) == {}


def test_one_feature_that_drifts_warns() -> None:
    features, probability = matrix(400, 1)
    features[:, 0] = np.nan
    assert drift(features, probability) == {"feature_drift": "warn"}


def test_many_features_that_drift_stop_the_night() -> None:
    features, probability = matrix(400, 1)
    features[:, :7] += 4
    assert drift(features, probability) == {"feature_drift": "warn", "drifting_features": "stop"}


def test_scores_that_drift_are_noticed() -> None:
    features, probability = matrix(400, 1)
    assert drift(features, 0.7 + 0.3 * probability)["score_drift"] == "stop"


def test_scores_that_tell_nothing_apart_are_noticed() -> None:
    features, _ = matrix(2000, 1)
    assert drift(features, np.full(2000, 0.1))["performance"] == "stop"
