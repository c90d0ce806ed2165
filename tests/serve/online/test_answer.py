"""The law of the service: a line asked for over HTTP gets what the batch of its day gives it, bit for bit."""

from datetime import date, timedelta

import numpy as np
import pytest
from starlette.testclient import TestClient

from originrisk.data.settings import Settings
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import NAMES
from originrisk.features.lines import Floats
from originrisk.models.calibration import Calibrator
from originrisk.models.checkpoints import EPOCH, Checkpoints
from originrisk.serve.scoring.batch import score_period
from originrisk.serve.scoring.scorer import _pieces
from tests.serve import factory
from tests.serve.online import served


def batch(settings: Settings, day: date) -> tuple[dict[str, float], Floats]:
    """Probability of each line by entry number, and the features in order of the store."""
    checkpoints = Checkpoints(Store(settings.home), settings.history_start)
    history = checkpoints.latest(day)
    seen = checkpoints.replay(history, checkpoints.entries(history, day), day, kept=False)
    matrix = np.vstack([piece for _, _, piece in _pieces(seen, (day - EPOCH).days, lambda _: None)])
    scores = score_period(settings, day, day).scores().to_pylist()
    return {row["entry_number"]: row["probability"] for row in scores}, matrix


def assert_parity(client: TestClient, settings: Settings, day: date, **versions: str) -> None:
    rows = served.rows(settings, day)
    answer = served.ask(client, rows, "features")
    probability, matrix = batch(settings, day)
    assert {name: answer[name] for name in versions} == versions
    assert {line["entry_number"]: line["probability"] for line in answer["lines"]} == probability
    got = np.array([[line["features"][name] for name in NAMES] for line in answer["lines"]], dtype=float)
    assert got.tobytes() == np.where(np.isnan(matrix), np.nan, matrix).tobytes()
    assert len(set(probability.values())) > 3


def test_http_is_batch_and_stays_it_after_a_swap_of_history_and_of_model(settings: Settings) -> None:
    with served.client(settings) as client:
        assert_parity(client, settings, served.DAY, history_date=str(served.NIGHT))
        before = client.get("/v1/model").json()
        after = served.DAY + timedelta(1)  # the batch of DAY has left its history
        await_change(client, "history_date", str(served.DAY))
        assert_parity(client, settings, after, history_date=str(served.DAY))
        version = factory.champion(settings.home, seed=7)
        await_change(client, "model_version", version)
        assert version != before["model_version"]
        day = after + timedelta(1)
        await_change(client, "history_date", str(after))
        assert_parity(client, settings, day, model_version=version)


def await_change(client: TestClient, name: str, value: str) -> None:
    for _ in range(500):
        if client.get("/v1/model").json()[name] == value:
            return
    raise AssertionError(f"{name} never became {value}")


def test_a_line_is_answered_alike_alone_and_among_others(settings: Settings) -> None:
    rows = served.rows(settings)
    with served.client(settings) as client:
        together = served.ask(client, rows, "reasons", "features")["lines"]
        assert together == [served.ask(client, [row], "reasons", "features")["lines"][0] for row in rows]


def test_goods_of_a_chapter_without_a_result_have_a_wider_band(settings: Settings) -> None:
    rows, known = (
        served.rows(settings),
        Calibrator(edges=(0.0,), lower=(0.0,), upper=(0.5,), chapters=("20", "61", "62")),
    )
    factory.champion(settings.home, calibrator=known)
    rows[0]["htsus"] = "9403500000"
    with served.client(settings) as client:
        first, *rest = served.ask(client, rows)["lines"]
    assert first["upper"] > 0.8
    assert {line["upper"] for line in rest} == {max(0.5, line["probability"]) for line in rest}


def test_reasons_are_the_batchs(settings: Settings) -> None:
    with served.client(settings) as client:
        lines = served.ask(client, served.rows(settings), "reasons")["lines"]
    scores = score_period(settings, served.DAY, served.DAY).scores().to_pylist()
    published = {row["entry_number"]: row["reasons"] for row in scores}
    assert len(published) > 5
    assert {line["entry_number"]: line["reasons"] for line in lines} == published


@pytest.mark.parametrize("day", [served.NIGHT, served.NIGHT + timedelta(32)])
def test_a_day_that_the_history_knows_or_that_lies_far_ahead_is_refused(settings: Settings, day: date) -> None:
    row = {**served.rows(settings)[0], "entry_date": str(day)}
    with served.client(settings) as client:
        refused = client.post("/v1/score", json={"lines": [row]})
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["where"] == "/lines/0/entry_date"
