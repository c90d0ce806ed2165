"""Shapes of requests and answers for the OpenAPI page: requests from the data contract, answers as they are sent."""

from typing import Any, Final

from originrisk.data.contract import ENTRIES, RULES, Column
from originrisk.serve.online.problems import MEDIA_TYPE, TYPES
from originrisk.serve.online.request import INCLUDES

EXAMPLE: Final[dict[str, Any]] = {
    "entry_number": "ABC-0000001-0",
    "line_number": 1,
    "entry_type": "01",
    "entry_date": "2021-07-01",
    "export_date": "2021-06-03",
    "importer_number": "12-3456789",
    "manufacturer_id": "CNEXATEX12NIN",
    "manufacturer_name": "Example Textile Co., Ltd.",
    "manufacturer_address": "12 Example Road",
    "manufacturer_city": "Ningbo",
    "country_of_origin": "CN",
    "country_of_export": "CN",
    "port_of_lading": "57020",
    "port_of_unlading": "2704",
    "port_of_entry": "2704",
    "mode_of_transport": "11",
    "htsus": "6109100012",
    "description": "MEN'S T-SHIRTS, 100% COTTON, KNITTED",
    "quantity": 500,
    "unit_of_measure": "DOZ",
    "gross_weight_kg": 1200.5,
    "entered_value_usd": 21500,
    "charges_usd": 900,
    "related_parties": False,
}

_TYPES: Final[dict[str, dict[str, Any]]] = {
    "str": {"type": ["string", "null"], "maxLength": 10_000},
    "date": {"type": ["string", "null"], "format": "date"},
    "int": {"type": ["integer", "null"]},
    "float": {"type": ["number", "null"]},
    "bool": {"type": ["boolean", "null"]},
}


def _property(column: Column) -> dict[str, Any]:
    shape = {**_TYPES[column.type], "description": f"{column.meaning}. Rule: {RULES[column.rule]}"}
    if column.required:
        shape["type"] = shape["type"][0]
    if column.rule == "amount":
        shape["minimum"] = 0
    return shape


def request(most: int) -> dict[str, Any]:
    """The body of a request to score."""
    line = {
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in ENTRIES.columns if column.required],
        "properties": {column.name: _property(column) for column in ENTRIES.columns},
    }
    lines = {"type": "array", "minItems": 1, "maxItems": most, "items": line}
    include = {"type": "array", "items": {"enum": list(INCLUDES)}, "description": "what to say besides"}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["lines"],
        "properties": {"lines": lines, "include": include},
    }


def _object(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


_TEXT: Final[dict[str, Any]] = {"type": "string"}
_MAYBE_TEXT: Final[dict[str, Any]] = {"type": ["string", "null"]}
_WHOLE: Final[dict[str, Any]] = {"type": "integer"}
_MAYBE_WHOLE: Final[dict[str, Any]] = {"type": ["integer", "null"]}
_NUMBER: Final[dict[str, Any]] = {"type": "number"}
_MAYBE_NUMBER: Final[dict[str, Any]] = {"type": ["number", "null"]}
_SHARE: Final[dict[str, Any]] = {"type": "number", "minimum": 0, "maximum": 1}
_DAY: Final[dict[str, Any]] = {"type": "string", "format": "date"}
_MAYBE_DAY: Final[dict[str, Any]] = {**_DAY, "type": ["string", "null"]}
_NAMES: Final[dict[str, Any]] = {"type": "array", "items": _TEXT}
_FACT: Final = _object(
    {
        "name": _TEXT,
        "value": _MAYBE_TEXT,
        "count": _MAYBE_WHOLE,
        "of": _MAYBE_WHOLE,
        "usual": _MAYBE_NUMBER,
        "source": _TEXT,
    }
)
_FACTS: Final = {"type": "array", "items": _FACT}
_REASON: Final = _object({"concept": _TEXT, "contribution": _NUMBER, "text": _TEXT, "facts": _FACTS})
_FLAG: Final = _object({"flag": _TEXT, "text": _TEXT, "facts": _FACTS})
_FLAGS: Final = {"type": "array", "items": _FLAG}
_REASONS: Final = {"type": "array", "items": _REASON}
_OF_BEFORE: Final = {"concept": _MAYBE_TEXT, "facts": {"oneOf": [_FACTS, {"type": "null"}]}}
_OLD_REASON: Final = _object({**_REASON["properties"], **_OF_BEFORE})
_OLD_REASONS: Final = {"type": "array", "items": _OLD_REASON}
"""Reasons that were published before there were concepts have neither these nor facts."""
_VERSIONS: Final = {
    "model_version": _TEXT,
    "history_date": _DAY,
    "history_version": _TEXT,
    "lists_version": _MAYBE_WHOLE,
}
_KEY: Final = {"entry_number": _TEXT, "line_number": _WHOLE}
_LINE: Final = _object(
    {
        **_KEY,
        "probability": _SHARE,
        "lower": _SHARE,
        "upper": _SHARE,
        "missing": _NAMES,
        "parties": {"type": "object", "additionalProperties": _MAYBE_TEXT},
        "reasons": _REASONS,
        "flags": _FLAGS,
        "summary": _TEXT,
        "features": {"type": "object", "additionalProperties": _MAYBE_NUMBER},
    },
    "reasons",
    "flags",
    "summary",
    "features",
)
# of a line of the random sample neither score nor reasons are told: they would sway its examination
_PUBLISHED: Final = _object(
    {
        "probability": {"oneOf": [_SHARE, {"type": "null"}]},
        "rank": _MAYBE_WHOLE,
        "reasons": {"oneOf": [_OLD_REASONS, {"type": "null"}]},
        "flags": {"oneOf": [_FLAGS, {"type": "null"}]},
        "summary": _MAYBE_TEXT,
        "model_version": _TEXT,
        "history_date": _DAY,
    }
)
_PART: Final = _object(
    {
        "lines_past_year": _WHOLE,
        "lines": _WHOLE,
        "first_seen": _MAYBE_DAY,
        "last_seen": _MAYBE_DAY,
        "examined": _WHOLE,
        "found": _WHOLE,
        "inconclusive": _WHOLE,
        "denied": _WHOLE,
        "last_found": _MAYBE_DAY,
    }
)
_STORED: Final = {"entry_date": _DAY, "missing": _NAMES, "score": {"oneOf": [_PUBLISHED, {"type": "null"}]}}
ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "score": _object({**_VERSIONS, "lines": {"type": "array", "items": _LINE}}),
    "lines": _object({**_KEY, **_STORED}),
    "parties": _object({**_VERSIONS, "parts": {"type": "object", "additionalProperties": _PART}}),
    "model": _object({**_VERSIONS, "settings": {"type": "object"}, "features": _NAMES}),
    "health": _object({"status": _TEXT}),
}
_PROBLEM: Final = _object({"where": _TEXT, "expected": _TEXT, "found": _TEXT, "next_step": _TEXT})
_REFUSAL: Final = _object(
    {
        "type": _TEXT,
        "title": _TEXT,
        "status": _WHOLE,
        "detail": _TEXT,
        "problems": {"type": "array", "items": _PROBLEM},
    },
    "detail",
    "problems",
)


def responses(answer: str, *statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route may answer, for its documentation."""
    described: dict[int | str, dict[str, Any]] = {
        200: {"description": "The answer", "content": {"application/json": {"schema": ANSWERS[answer]}}}
    }
    for status in statuses:
        titles = "; ".join(type.title for type in TYPES if type.status == status)
        described[status] = {"description": titles, "content": {MEDIA_TYPE: {"schema": _REFUSAL}}}
    return described
