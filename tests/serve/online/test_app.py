"""The service as a whole: readiness, swaps, refusals, load, and what it says of itself."""

import asyncio
import hashlib
import json
import logging
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from originrisk.data.settings import ScoreSettings, Settings
from originrisk.models.registry import bundle_path, champion_version
from originrisk.serve.online import answer, problems, shapes
from originrisk.serve.online.service import Service
from originrisk.serve.scoring.batch import score_period
from tests.serve import factory
from tests.serve.online import served

ROOT = Path(__file__).parents[3]


def wait_until(holds: Any) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.01)


def test_not_ready_is_503_and_ready_comes_with_model_and_history(settings: Settings) -> None:
    pointer = settings.home / "models" / "champion"
    version = pointer.read_text()
    pointer.unlink()
    with served.client(settings) as client:
        for answered in (client.get("/readyz"), client.post("/v1/score", json={"lines": served.rows(settings)})):
            assert answered.status_code == 503
            assert answered.json()["type"] == "urn:originrisk:problem:not-ready"
            assert "retry-after" in answered.headers
        assert client.get("/healthz").json() == {"status": "alive"}
        pointer.write_text(version)
        wait_until(lambda: client.get("/readyz").status_code == 200)


@pytest.mark.parametrize("damage", ["bytes", "golden", "history"])
def test_what_is_unsound_is_refused_and_the_old_serves_on(
    settings: Settings, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "originrisk.online")
    rows = served.rows(settings)
    service = Service.of(settings)
    service.watch.look()
    before = service.watch.current()
    if damage == "history":
        score_period(settings, served.DAY, served.DAY)
        (file,) = (settings.home / "history" / str(served.DAY)).glob("0.state.npy")
        file.write_bytes(file.read_bytes()[:-1] + b"\xff")
    else:
        unsound(settings.home, damage)
    service.watch.look()
    assert service.watch.current() is before
    assert "refused" in [record.message for record in caplog.records]
    service.close()
    with served.client(settings) as client:  # a new worker has no old one to serve on with
        assert client.post("/v1/score", json={"lines": rows}).status_code == 503


def unsound(home: Path, damage: str) -> None:
    """A champion whose bytes changed, or whose golden sample does not come out."""
    version = factory.champion(home, seed=3)
    folder = bundle_path(home, version)
    if damage == "bytes":
        (folder / "settings.json").write_text("{}")
        return
    calibrator = json.loads((folder / "calibrator.json").read_text())
    (folder / "calibrator.json").write_text(json.dumps({**calibrator, "intercept": 1.0}))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["calibrator.json"] = hashlib.sha256((folder / "calibrator.json").read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_no_request_is_lost_or_answered_wrongly_while_models_are_swapped(settings: Settings) -> None:
    rows = served.rows(settings)[:2]
    versions = [str(champion_version(settings.home)), factory.champion(settings.home, seed=5)]
    with served.client(settings) as client:
        right = {}
        for version in versions:
            promote(settings.home, version)
            wait_until(lambda wanted=version: client.get("/v1/model").json()["model_version"] == wanted)
            right[version] = [line["probability"] for line in served.ask(client, rows)["lines"]]
        assert right[versions[0]] != right[versions[1]]
        stop = threading.Event()

        def swap() -> None:
            while not stop.is_set():
                for version in versions:
                    promote(settings.home, version)
                    time.sleep(0.08)

        swapper = threading.Thread(target=swap)
        swapper.start()
        answers = [served.ask(client, rows) for _ in range(60)]
        stop.set()
        swapper.join()
    assert {made["model_version"] for made in answers} == set(versions)
    for made in answers:
        assert [line["probability"] for line in made["lines"]] == right[made["model_version"]]


def promote(home: Path, version: str) -> None:
    staged = home / "models" / "champion.test"
    staged.write_text(version + "\n")
    staged.replace(home / "models" / "champion")


def test_a_full_service_says_so_at_once_and_finishes_what_it_took(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, entered, gate = served.rows(settings)[:2], threading.Event(), threading.Event()
    compute = answer.compute

    def slow(*given: Any) -> Any:
        entered.set()
        gate.wait(10)
        return compute(*given)

    narrow = served.settings(settings.home, waiting_lines=3)
    with served.client(narrow) as client, ThreadPoolExecutor() as pool:
        monkeypatch.setattr(answer, "compute", slow)
        taken = pool.submit(client.post, "/v1/score", json={"lines": rows})
        assert entered.wait(10)
        refused = client.post("/v1/score", json={"lines": rows})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        gate.set()
        assert taken.result().status_code == 200


def test_a_body_is_bounded_in_size_kind_and_time(settings: Settings) -> None:
    with served.client(served.settings(settings.home, most_bytes=500)) as client:
        large = client.post("/v1/score", json={"lines": ["x" * 500]})
        streamed = client.post(
            "/v1/score", content=iter([b"x" * 300] * 3), headers={"content-type": "application/json"}
        )
        plain = client.post("/v1/score", content=b"{}", headers={"content-type": "text/plain"})
    assert [large.status_code, streamed.status_code, plain.status_code] == [413, 413, 415]


def test_a_stored_line_and_its_published_score_are_found(settings: Settings) -> None:
    few = ScoreSettings(capacity_least=6, capacity_share=0.1, random_share=0.5)
    rows = score_period(settings.model_copy(update={"score": few}), served.NIGHT, served.NIGHT).scores().to_pylist()
    published = next(row for row in rows if row["selection"] != "lot")
    blinded = next(row for row in rows if row["selection"] == "lot")
    with served.client(settings) as client:
        found = client.get(f"/v1/lines/{published['entry_number']}/1").json()
        assert found["score"]["probability"] == published["probability"]
        assert found["score"]["rank"] == published["rank"]
        hidden = client.get(f"/v1/lines/{blinded['entry_number']}/1").json()["score"]
        assert (hidden["probability"], hidden["rank"], hidden["reasons"], hidden["summary"]) == (None,) * 4
        row = served.rows(settings)[0]
        assert client.get(f"/v1/lines/{row['entry_number']}/1").json()["score"] is None
        assert client.get("/v1/lines/ABC-0000001-0/1").status_code == 404
        broken = client.get("/v1/lines/ABC-0000001-1/x").json()
        assert [problem["where"] for problem in broken["problems"]] == ["entry_number", "line_number"]


def test_a_party_is_found_by_the_key_that_an_answer_named(settings: Settings) -> None:
    with served.client(settings) as client:
        key = served.ask(client, served.rows(settings)[:1])["lines"][0]["parties"]["maker"]
        answer = client.get(f"/v1/parties/{key}").json()
        jsonschema_rs.validate(shapes.ANSWERS["parties"], answer)
        parts = answer["parts"]
        assert client.get("/v1/parties/00000000000000ab").status_code == 404
        assert client.get("/v1/parties/nobody").status_code == 422
    assert set(parts) == {"supplier", "maker"}
    assert parts["maker"]["lines"] > 5
    assert parts["maker"]["first_seen"] >= str(factory.START)


def test_every_answer_has_safe_headers_and_its_own_id(settings: Settings) -> None:
    with served.client(settings) as client:
        answers = [client.get(address) for address in ("/healthz", "/nothing", "/v1/model")]
        answers.append(client.delete("/v1/score"))
    assert [answered.status_code for answered in answers] == [200, 404, 200, 405]
    for answered in answers:
        assert answered.headers["x-content-type-options"] == "nosniff"
        assert answered.headers["cache-control"] == "no-store"
    assert len({answered.headers["x-request-id"] for answered in answers}) == len(answers)


def test_a_defect_is_500_and_says_nothing_of_what_was_sent(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "originrisk.online")

    def broken(*given: Any) -> Any:
        raise ValueError("SECRET MAKER")

    row = {**served.rows(settings)[0], "manufacturer_name": "SECRET MAKER"}
    with served.client(settings) as client:
        monkeypatch.setattr(answer, "compute", broken)
        failed = client.post("/v1/score", json={"lines": [row]})
    assert failed.status_code == 500
    said = failed.text + "".join(str(vars(record)) for record in caplog.records)
    assert "ValueError" in said
    assert "SECRET" not in said
    assert row["entry_number"] not in said


def test_measures_are_counted_by_route_and_status(settings: Settings) -> None:
    with served.client(settings) as client:
        served.ask(client, served.rows(settings)[:1])
        page = client.get("/metrics").text
    assert 'originrisk_requests_total{route="/v1/score",status="200"}' in page
    assert "originrisk_lines_total" in page


def test_the_page_of_problems_is_the_table_in_the_code() -> None:
    page = (ROOT / "docs/problems.md").read_text("utf-8")
    rows = re.findall(r"^\| `(.+?)` \| (\d+) \| (.+?) \|", page, re.MULTILINE)
    assert rows == [(kind.name, str(kind.status), kind.title) for kind in problems.TYPES]


def test_the_example_of_the_page_is_answered_in_its_shape(settings: Settings) -> None:
    with served.client(settings) as client:
        page = client.get("/openapi.json").json()
        sent = page["paths"]["/v1/score"]["post"]["requestBody"]["content"]["application/json"]["example"]
        sent["lines"][0]["entry_date"] = str(served.DAY)
        made = client.post("/v1/score", json=sent)
    shape = page["paths"]["/v1/score"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(made.json()) == set(shape["required"])


def test_a_client_that_never_ends_its_body_is_408(settings: Settings) -> None:
    own = served.settings(settings.home, wait_seconds=0.2)
    with served.client(own) as client:
        asked = client.build_request("POST", "/v1/score", headers={"content-type": "application/json"})
        began = time.monotonic()
        messages = asyncio.run(_never_ended(client.app, [*asked.headers.raw]))
    assert messages[0]["status"] == 408
    assert b"connection" in dict(messages[0]["headers"])
    assert json.loads(messages[1]["body"])["problems"][0]["expected"] == "a body within 0.2 seconds"
    assert 0.2 <= time.monotonic() - began < 5


async def _never_ended(app: Any, headers: list[tuple[bytes, bytes]]) -> list[Any]:
    """What the application answers to a body of which one part comes, and never another."""
    parts, answered = iter([{"type": "http.request", "body": b"{", "more_body": True}]), []

    async def receive() -> Any:
        return next(parts, None) or await asyncio.Event().wait()

    async def send(message: Any) -> None:
        answered.append(message)

    lower = [(name.lower(), value) for name, value in headers]
    place = {"path": "/v1/score", "raw_path": b"/v1/score", "query_string": b"", "root_path": ""}
    scope = {"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "headers": lower, **place}
    await app(scope, receive, send)
    return answered


def _status(client: TestClient, content: Any) -> int:
    return client.post("/v1/score", content=content, headers={"content-type": "application/json"}).status_code
