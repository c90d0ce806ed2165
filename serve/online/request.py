"""A request to score: bytes within bounds of size and time, lines by the data contract; every problem is named."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from math import isfinite
from typing import Any, Final

import numpy as np
import orjson
from starlette.requests import Request

from originrisk.data.contract import ENTRIES, EPOCH, LINE_KEY, RULES, Column
from originrisk.data.errors import Problem
from originrisk.data.ingest.parsers import Cell
from originrisk.data.ingest.repair import BOUNDS, parse
from originrisk.data.settings import ServiceSettings
from originrisk.features.lines import NO_DAY, Lines, Text
from originrisk.serve.online.problems import BROKEN_LINES, NOT_JSON, TOO_LARGE, TOO_SLOW, WRONG_MEDIA, RefusedError


async def receive(request: Request, settings: ServiceSettings) -> bytes:
    """The bytes of a request's body. Raises RefusedError (408, 413 or 415)."""
    _check_declared(request, settings.most_bytes)
    try:
        async with asyncio.timeout(settings.wait_seconds):
            return await _bounded(request, settings.most_bytes)
    except TimeoutError as error:
        expected = f"a body within {settings.wait_seconds:g} seconds"
        raise RefusedError(TOO_SLOW, [Problem("body", expected, "a part of one")], {"Connection": "close"}) from error


def _check_declared(request: Request, most: int) -> None:
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media != "application/json" or request.headers.get("content-encoding", "identity") != "identity":
        raise RefusedError(WRONG_MEDIA, [Problem("content-type", "application/json, not compressed", "another")])
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and (len(declared) > 18 or int(declared) > most):
        raise _too_large(most)


async def _bounded(request: Request, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise _too_large(most)
        parts.append(part)
    return b"".join(parts)


def _too_large(most: int) -> RefusedError:
    problem = Problem("body", f"{most} bytes at the most", "more", "Send the lines in several requests.")
    return RefusedError(TOO_LARGE, [problem], {"Connection": "close"})


INCLUDES: Final = ("reasons", "features")
LONGEST_TEXT: Final = 10_000
READ_AT_ONCE: Final = 100
_FIRST: Final = EPOCH.toordinal()
_NOTHING: Final = Cell()
_SOURCE: Final = dict(ENTRIES.defaults)

Row = dict[str, Any]


def read_request(body: bytes, most: int) -> tuple[list[Any], frozenset[str]]:
    """The lines of a body as they came, and what the answer shall include. Raises RefusedError."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        found = Problem("/", "one JSON document in UTF-8", "something else")
        raise RefusedError(NOT_JSON, [found]) from error
    if problems := list(_problems_of_shape(content, most)):
        raise RefusedError(BROKEN_LINES, problems)
    return content["lines"], frozenset(content.get("include", ()))


def read_rows(lines: list[Any]) -> Iterator[list[Row]]:
    """Lines as dicts of the contract's columns, some at a time. Raises RefusedError with all problems of all lines."""
    problems: list[Problem] = []
    rows: list[Row] = []
    for start in range(0, len(lines), READ_AT_ONCE):
        part = enumerate(lines[start : start + READ_AT_ONCE], start)
        rows += (read := [_row(f"/lines/{place}", given, problems) for place, given in part])
        yield read
    problems += _twice(rows)
    if problems:
        raise RefusedError(BROKEN_LINES, problems)


def read_line(given: Mapping[str, Any]) -> Row:
    """One line on its own. Raises RefusedError with every problem of it."""
    ((row,),) = read_rows([given])
    return row


def _problems_of_shape(content: Any, most: int) -> list[Problem]:
    if not isinstance(content, dict):
        return [Problem("/", "an object", _kind(content))]
    lines, include = content.get("lines"), content.get("include", [])
    problems = [
        Problem("/", "only `lines` and `include`", "a name that is neither")
        for name in content
        if name not in {"lines", "include"}
    ]
    if not isinstance(lines, list) or not 1 <= len(lines) <= most:
        found = f"{len(lines)} lines" if isinstance(lines, list) else _kind(lines)
        problems.append(Problem("/lines", f"1 to {most} lines", found))
    if not isinstance(include, list) or any(name not in INCLUDES for name in include):
        problems.append(Problem("/include", f"some of {', '.join(INCLUDES)}", "something else"))
    return problems


def _row(where: str, given: Any, problems: list[Problem]) -> Row:
    """A line with every column of the contract, None where it is missing."""
    if not isinstance(given, dict):
        problems.append(Problem(where, "an object", _kind(given)))
        return {}
    strange = sum(name not in _JUDGES for name in given)
    if strange:
        problems.append(Problem(where, "columns of the data contract", f"{strange} other names"))
    row = {column.name: _value(where, column, given.get(column.name), problems) for column in ENTRIES.columns}
    for name, source in _SOURCE.items():
        row[name] = row[source] if row[name] is None else row[name]
    problems += [
        Problem(where, f"one of {', '.join(group)} at least", "none")
        for group in ENTRIES.one_of
        if all(row[name] is None for name in group)
    ]
    return row


def _value(where: str, column: Column, value: Any, problems: list[Problem]) -> Any:
    cell = _NOTHING if value is None else _JUDGES[column.name](value)
    if cell.broken:
        problems.append(Problem(f"{where}/{column.name}", RULES[column.rule], cell.broken))
    elif cell.value is None and column.required:
        problems.append(Problem(f"{where}/{column.name}", RULES[column.rule], "nothing"))
    return cell.value


def _judge(column: Column) -> Callable[[Any], Cell]:
    """How a JSON value of a column becomes its cell, as ingest would read it."""
    if column.type == "bool":
        return _truth
    of_rule = {"int": _whole, "float": _number}.get(column.type, _text)
    return of_rule(column.rule)


def _text(rule: str) -> Callable[[Any], Cell]:
    def judge(value: Any) -> Cell:
        if not isinstance(value, str):
            return Cell(broken=_kind(value))
        return parse(rule, value) if len(value) <= LONGEST_TEXT else Cell(broken="a text that is too long")

    return judge


def _whole(rule: str) -> Callable[[Any], Cell]:
    def judge(value: Any) -> Cell:
        return parse(rule, str(value)) if type(value) is int else Cell(broken=_kind(value))

    return judge


def _number(rule: str) -> Callable[[Any], Cell]:
    least, most = (float(str(bound)) for bound in BOUNDS[rule])

    def judge(value: Any) -> Cell:
        if type(value) not in (int, float):
            return Cell(broken=_kind(value))
        number = float(value) + 0.0  # no negative zero
        return Cell(number) if isfinite(number) and least <= number <= most else Cell(broken="out of range")

    return judge


def _truth(value: Any) -> Cell:
    return Cell(value) if isinstance(value, bool) else Cell(broken=_kind(value))


_JUDGES: Final = {column.name: _judge(column) for column in ENTRIES.columns}


def _kind(value: Any) -> str:
    """What JSON calls the type of a value."""
    names = {dict: "an object", list: "an array", str: "a text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "a number")


def _twice(rows: list[Row]) -> list[Problem]:
    seen: set[tuple[Any, ...]] = set()
    problems: list[Problem] = []
    for place, row in enumerate(rows):
        key = tuple(row.get(name) for name in LINE_KEY)
        if None not in key and key in seen:
            problems.append(Problem(f"/lines/{place}", "each line once", "a line that came before"))
        seen.add(key)
    return problems


def lines_of(rows: list[Row]) -> Lines:
    """The rows as columns: what `Lines.of` makes of the same rows in a table of the store."""
    texts, days, numbers = ({name: made([row[name] for row in rows]) for name in names} for made, names in _KINDS)
    return Lines(len(rows), texts, numbers, days)


def _encoded(cells: list[str | None]) -> Text:
    places: dict[str, int] = {}
    codes = [-1 if cell is None else places.setdefault(cell, len(places)) for cell in cells]
    return Text(np.array(codes, np.intp), np.array([*places], object))


def _days(cells: list[date | None]) -> Any:
    return np.array([NO_DAY if cell is None else cell.toordinal() - _FIRST for cell in cells], np.int32)


def _floats(cells: list[Any]) -> Any:
    return np.array([np.nan if cell is None else float(cell) for cell in cells])


def _of_type(*types: str) -> list[str]:
    return [column.name for column in ENTRIES.columns if column.type in types]


_KINDS: Final[tuple[tuple[Callable[[list[Any]], Any], list[str]], ...]] = (
    (_encoded, _of_type("str")),
    (_days, _of_type("date")),
    (_floats, _of_type("int", "float", "bool")),
)
