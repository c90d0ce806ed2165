"""The whole API against its own description: whatever is sent, the answers are of the kinds that it names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from originrisk.serve.online.shapes import EXAMPLE
from tests.serve.online import served

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FEW = hypothesis_settings(
    max_examples=20,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ADDRESSES = (
    "POST /v1/score",
    "GET /v1/lines/{entry}/{line}",
    "GET /v1/parties/{party}",
    "GET /v1/model",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
)


@pytest.fixture(scope="module")
def client(template: Path) -> Iterator[TestClient]:
    with served.client(served.settings(template, lines_per_second=1e9, burst_lines=10**9)) as opened:
        yield opened


@pytest.fixture(scope="module")
def operations(client: TestClient) -> dict[str, Any]:
    schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
    found = [result.ok() for result in schema.get_all_operations()]
    return {f"{operation.method.upper()} {operation.path}": operation for operation in found}


def test_every_address_is_described_and_all_but_health_need_a_key(
    client: TestClient, operations: dict[str, Any]
) -> None:
    assert set(operations) == set(ADDRESSES)
    paths = client.get("/openapi.json").json()["paths"]
    open_to_all = {path for path, of in paths.items() for one in of.values() if "security" not in one}
    assert open_to_all == {"/healthz", "/readyz"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_answers_are_as_described(client: TestClient, operations: dict[str, Any], address: str) -> None:
    operation = operations[address]

    @FEW
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url="http://testserver")
        sent.pop("cookies", None)
        headers = {name: value for name, value in sent.pop("headers").items() if name != "Authorization"}
        case.validate_response(client.request(headers=headers, **sent), checks=CHECKS)

    check()


def test_a_right_answer_is_as_described(client: TestClient, operations: dict[str, Any]) -> None:
    lines = [{**EXAMPLE, "entry_date": str(served.DAY)}]
    case = operations["POST /v1/score"].Case(
        body={"lines": lines, "include": ["reasons", "features"]}, media_type="application/json"
    )
    answered = client.post("/v1/score", json=case.body)
    assert answered.status_code == 200
    case.validate_response(answered, checks=CHECKS)
