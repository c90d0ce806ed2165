"""Problem details (RFC 9457): every refusal of the service, its type, its status and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.responses import Response

from originrisk.data.errors import Problem

MEDIA_TYPE: Final = "application/problem+json"
MOST: Final = 100
"""Single problems that an answer lists; it says how many there are."""


@dataclass(frozen=True, slots=True)
class Type:
    """A kind of refusal: the URN of its name, its HTTP status, and its title."""

    name: str
    status: int
    title: str

    @property
    def uri(self) -> str:
        return f"urn:originrisk:problem:{self.name}"


NOT_JSON: Final = Type("not-json", 400, "The body is not one JSON document in UTF-8")
UNKNOWN_KEY: Final = Type("unknown-key", 401, "No valid API key or token")
MISSING_SCOPE: Final = Type("missing-scope", 403, "The key may not do this")
NOT_FOUND: Final = Type("not-found", 404, "There is no such thing here")
WRONG_METHOD: Final = Type("wrong-method", 405, "The address does not take this method")
TOO_SLOW: Final = Type("too-slow", 408, "The body did not arrive in time")
TOO_LARGE: Final = Type("too-large", 413, "The body is too large")
WRONG_MEDIA: Final = Type("wrong-media-type", 415, "The body is not declared as JSON")
BROKEN_LINES: Final = Type("broken-lines", 422, "The request breaks rules of the data contract")
OVER_LIMIT: Final = Type("over-limit", 429, "The key has used up its rate")
DEFECT: Final = Type("defect", 500, "A defect of the service, please report it")
FULL: Final = Type("full", 503, "The service is full")
NOT_READY: Final = Type("not-ready", 503, "No model or no history is in charge")
UNREADABLE_KEYS: Final = Type("unreadable-keys", 503, "The service cannot read its keys")

TYPES: Final = (
    NOT_JSON,
    UNKNOWN_KEY,
    MISSING_SCOPE,
    NOT_FOUND,
    WRONG_METHOD,
    TOO_SLOW,
    TOO_LARGE,
    WRONG_MEDIA,
    BROKEN_LINES,
    OVER_LIMIT,
    DEFECT,
    FULL,
    NOT_READY,
    UNREADABLE_KEYS,
)


class RefusedError(Exception):
    """A request that gets no answer but a problem; `headers` go with it."""

    def __init__(self, type: Type, problems: Sequence[Problem] = (), headers: Mapping[str, str] | None = None) -> None:
        self.type, self.problems, self.headers = type, problems, headers
        super().__init__(type.name)

    def response(self) -> Response:
        """The problem as a response. What was sent is never repeated in it, only how it breaks a rule."""
        listed = [
            {"where": p.where, "expected": p.expected, "found": p.found, "next_step": p.next_step}
            for p in self.problems[:MOST]
        ]
        body: dict[str, Any] = {"type": self.type.uri, "title": self.type.title, "status": self.type.status}
        if listed:
            body |= {"detail": f"{len(self.problems)} problems", "problems": listed}
        return Response(orjson.dumps(body), self.type.status, self.headers, MEDIA_TYPE)


def later(type: Type, seconds: float, problem: Problem) -> RefusedError:
    """A refusal that says when to come back."""
    return RefusedError(type, [problem], {"Retry-After": str(max(1, round(seconds + 0.5)))})
