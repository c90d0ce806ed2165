"""A small client of the online service, for programs that ask it: the standard library alone.

with Client("https://originrisk.example", key) as service:
    answer = service.score([{"entry_number": "ABC-0000001-0", "line_number": 1, ...}], reasons=True)
    answer["lines"][0]["probability"]
"""

import json
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPSConnection
from types import TracebackType
from typing import Any, NotRequired, Self, TypedDict
from urllib.parse import quote, urlsplit


class Told(TypedDict):
    """A sentence and the facts it rests on: each a declared `value` or a date, or `count` cases `of` so many, with what
    is `usual` among the like, and the `source`. A reason has a `concept` and its `contribution`, a flag its name."""

    text: str
    facts: list[dict[str, Any]]
    concept: NotRequired[str]
    contribution: NotRequired[float]
    flag: NotRequired[str]


class ScoredLine(TypedDict):
    """A line of an answer: its probability of Xinjiang origin, between the ends of the 90 % band."""

    entry_number: str
    line_number: int
    probability: float
    lower: float
    upper: float
    missing: list[str]
    parties: dict[str, str | None]
    reasons: NotRequired[list[Told]]
    flags: NotRequired[list[Told]]
    summary: NotRequired[str]
    features: NotRequired[dict[str, float | None]]


class Answer(TypedDict):
    """An answer, and the versions of the model and of the history that gave it."""

    model_version: str
    history_date: str
    history_version: str
    lists_version: int | None
    lines: list[ScoredLine]


class RequestRefusedError(Exception):
    """The service refused: its status, its problem details, and seconds to wait where it said so."""

    def __init__(self, status: int, problem: dict[str, Any], retry_after: float | None) -> None:
        self.status, self.problem, self.retry_after = status, problem, retry_after
        super().__init__(f"{status} {problem.get('title', '')}")


class Client:
    """A connection to the service at `url`, kept open between requests. Not for several threads at once."""

    def __init__(self, url: str, key: str, *, timeout: float = 30.0) -> None:
        parts = urlsplit(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.netloc, timeout=timeout)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def score(self, lines: Sequence[Mapping[str, Any]], *, reasons: bool = False, features: bool = False) -> Answer:
        """Score lines, in the names of the data contract. Raises RequestRefusedError."""
        wanted = {"reasons": reasons, "features": features}
        include = [name for name, chosen in wanted.items() if chosen]
        answer: Answer = self._ask("POST", "/v1/score", {"lines": list(lines), "include": include})
        return answer

    def line(self, entry_number: str, line_number: int) -> dict[str, Any]:
        """A stored line and its published score. Raises RequestRefusedError."""
        found: dict[str, Any] = self._ask("GET", f"/v1/lines/{quote(entry_number, safe='')}/{line_number}")
        return found

    def party(self, key: str) -> dict[str, Any]:
        """What the closed days hold of a party. Raises RequestRefusedError."""
        found: dict[str, Any] = self._ask("GET", f"/v1/parties/{quote(key, safe='')}")
        return found

    def model(self) -> dict[str, Any]:
        """The model and the history in charge. Raises RequestRefusedError."""
        found: dict[str, Any] = self._ask("GET", "/v1/model")
        return found

    def _ask(self, method: str, address: str, content: Any = None) -> Any:
        body = None if content is None else json.dumps(content)
        self._connection.request(method, address, body, self._headers)
        answered = self._connection.getresponse()
        said = json.loads(answered.read())
        if answered.status != 200:
            wait = answered.headers["Retry-After"]
            raise RequestRefusedError(answered.status, said, float(wait) if wait else None)
        return said

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
