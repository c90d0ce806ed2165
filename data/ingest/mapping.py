"""Mappings: which columns of a source make the contract's tables, and what the source means by its cells."""

import codecs
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from originrisk.data.contract import TABLES, Table
from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest.records import heading, named, shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

SHIPPED = Path(__file__).parent / "mappings"
IDENTITY = "contract"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fold(_Strict):
    """Several records make one line: the first of chapters 1 to 97 by `order`; see the module `fold`."""

    order: str
    sums: tuple[str, ...] = ()  # headings whose amounts belong to the record, so that the line's is their sum
    set: tuple[str, ...] = ()  # heading, or alternatives, that say X of a set's header and V of its components
    metal_duties: tuple[str, ...] = ()  # beginnings of tariff numbers that mark one of two lines of the same good


class TableMapping(_Strict):
    """How a source makes one table. Keys on the left are the contract's columns."""

    columns: dict[str, str | tuple[str, ...]]  # heading, or alternatives of which the first present counts
    may_lack: tuple[str, ...] = ()  # columns whose heading a file may leave out
    constants: dict[str, str] = {}
    dates: str | None = None  # as in strptime; ISO is understood beside it
    zone: str | None = None  # IANA name of the zone whose days count, for moments that state a zone
    decimal_comma: bool = False
    values: dict[str, dict[str, str]] = {}  # what the source's words mean
    also: dict[str, tuple[str, ...]] = {}  # codes of the source that stand beside the contract's
    factors: dict[str, float] = {}  # a number is multiplied by it
    days_later: dict[str, int] = {}  # a date is that many days after the source's
    usual: tuple[str, ...] = ()  # repairs that are this source's way of writing, hence not counted
    waived: tuple[str, ...] = ()  # "one of" columns that may all be missing
    fold: Fold | None = None

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name and name not in available_timezones():
            raise ValueError("the name of a time zone is expected, such as America/New_York")
        return name


class Mapping(_Strict):
    """A source: how to read its files, and its tables."""

    description: str
    note: str = ""  # what everyone must know who uses this source
    encoding: str | None = None
    sheet: str | None = None
    check_digit: bool = True  # the entry numbers are CBP's
    only_known_columns: bool = False
    entries: TableMapping | None = None
    outcomes: TableMapping | None = None
    listed: TableMapping | None = None

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str | None) -> str | None:
        try:
            return name and codecs.lookup(name).name
        except LookupError as error:
            raise ValueError("a text encoding that Python knows is expected") from error

    def table(self, name: str) -> TableMapping:
        """The mapping of one table. Raises BadInputError where the source has none."""
        found: TableMapping | None = getattr(self, name, None)
        if found is None:
            has = ", ".join(table for table in TABLES if getattr(self, table, None))
            raise BadInputError(Problem("mapping", f"a table `{name}`", f"only {has}"))
        return found


def load_mapping(name: str) -> Mapping:
    """A shipped mapping by its name, or one from a TOML file. Raises BadInputError naming every mistake."""
    mapping, mistakes = read_mapping(name)
    if mistakes:
        raise BadInputError(mistakes)
    return mapping


def read_mapping(name: str) -> tuple[Mapping, list[Problem]]:
    """A mapping as far as it can be understood, and every mistake in it.

    Raises BadInputError where there is no such file, or no TOML in it.
    """
    if name == IDENTITY:
        return _identity(), []
    path = Path(name) if name.endswith(".toml") else SHIPPED / f"{name}.toml"
    if not path.exists():
        shipped = ", ".join(sorted([IDENTITY, *(file.stem for file in SHIPPED.glob("*.toml"))]))
        raise BadInputError(Problem(f"mapping {name}", f"a TOML file, or one of {shipped}", "nothing"))
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInputError(Problem(path.name, "valid TOML", str(error))) from error
    mistakes: list[Problem] = []
    while True:
        try:
            mapping = Mapping.model_validate(told)
        except ValidationError as error:
            mistakes += [_problem(path.name, item) for item in error.errors()]
            for item in error.errors():
                _put_aside(told, item)
        else:
            return mapping, mistakes + _wrong_columns(path.name, mapping)


def _put_aside(told: dict[str, Any], mistake: "ErrorDetails") -> None:
    """Take what is wrong out of a mapping, so that the rest of it can be judged."""
    *parents, key = mistake["loc"]
    within: Any = told
    for parent in parents:
        if not isinstance(within, dict) or not isinstance(within.get(parent), dict):
            key = parent
            break
        within = within[parent]
    if mistake["type"] == "missing":
        within[key] = {} if key == "columns" else ""
    elif isinstance(within, dict):
        within.pop(key, None)


def _identity() -> Mapping:
    tables = {
        table.name: TableMapping(
            columns={name: name for name in table.names},
            may_lack=tuple(column.name for column in table.columns if not column.required),
        )
        for table in TABLES.values()
        if table.name != "scores"
    }
    return Mapping(description="the contract itself", only_known_columns=True, **tables)


def _wrong_columns(label: str, mapping: Mapping) -> list[Problem]:
    problems: list[Problem] = []
    for table in TABLES.values():
        made: TableMapping | None = getattr(mapping, table.name, None)
        if made is None:
            continue
        parts = (made.columns, made.constants, made.values, made.also, made.factors, made.days_later)
        filled_or_named = {column for part in parts for column in part} | set(made.may_lack)
        problems += [
            Problem(
                f"{label}: {table.name}",
                "columns of the contract",
                f"`{name}`",
                _hint(get_close_matches(name, table.names, 1)),
            )
            for name in sorted(filled_or_named - set(table.names))
        ]
        filled = set(made.columns) | set(made.constants)
        unfilled = [column.name for column in table.columns if column.required and column.name not in filled]
        step = f"Name its heading under [{table.name}.columns], or its value under [{table.name}.constants]."
        where = f"{label}: {table.name}"
        problems += [Problem(where, f"a source for `{name}`", "none", step) for name in unfilled]
    return problems


def _problem(label: str, item: "ErrorDetails") -> Problem:
    where = ".".join(str(part) for part in item["loc"])
    if item["type"] == "missing":
        return Problem(f"{label}: {where}", "this key", "nothing")
    if item["type"] != "extra_forbidden":
        message = item["msg"].removeprefix("Value error, ")
        return Problem(f"{label}: {where}", message, f"`{str(item['input'])[:60]}`")
    keys = sorted({key for model in (Mapping, TableMapping, Fold) for key in model.model_fields})
    close = get_close_matches(str(item["loc"][-1]), keys, 1)
    return Problem(f"{label}: {where}", "a key that mappings have", "this key", _hint(close))


def _hint(close: Sequence[str]) -> str:
    return f"Is it `{close[0]}`?" if close else ""


def wanted(mapping: TableMapping) -> set[str]:
    """All headings that the mapping speaks of."""
    return {name for names in mapping.columns.values() for name in _alternatives(names)}


def resolve(
    label: str, table: Table, mapping: TableMapping, headings: Sequence[str], *, only_known: bool
) -> dict[str, str]:
    """For each column of the table that the file can fill, its heading there.

    Raises BadInputError for headings that must be there and are not, and, where only known columns are allowed,
    for every other heading.
    """
    present = {heading(name): name for name in headings}
    found = {
        column: present[heading(name)]
        for column, names in mapping.columns.items()
        for name in reversed(_alternatives(names))
        if heading(name) in present
    }
    lacking = [column for column in mapping.columns if column not in found and column not in mapping.may_lack]
    problems = [_lack(label, _alternatives(mapping.columns[column]), headings, bool(found)) for column in lacking]
    if only_known:
        strange = [name for name in named(headings) if name not in found.values()]
        problems += [_strange(label, name, headings, table.names, bool(found)) for name in strange]
    if mapping.fold and heading(mapping.fold.order) not in present:
        problems.append(_lack(label, (mapping.fold.order,), headings, bool(found)))
    if problems:
        raise BadInputError(problems[:1] if not found else problems)
    return found


def _alternatives(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names


def _lack(label: str, names: tuple[str, ...], headings: Sequence[str], recognised: bool) -> Problem:
    """Headings are quoted only where some were recognised: the first row of a headless file holds parties."""
    if not recognised:
        hint = "Does it begin with its headings? Another shape needs `--mapping`."
        return Problem(label, f"a heading `{names[0]}`", "no known heading", hint)
    close = get_close_matches(names[0], headings, 3, 0.6)
    hint = f"Closest: {', '.join(shown(headings, one) for one in close)}." if close else ""
    return Problem(label, f"a heading `{'` or `'.join(names)}`", "none", hint)


def _strange(label: str, name: str, headings: Sequence[str], columns: Sequence[str], recognised: bool) -> Problem:
    if not recognised:
        return Problem(label, "headings of the contract", "none")
    close = get_close_matches(name.strip().lower(), columns, 1, 0.5)
    hint = f"Is it `{close[0]}`?" if close else "Remove it, or bring the file in through a mapping."
    return Problem(label, "only columns of the contract", shown(headings, name), hint)
