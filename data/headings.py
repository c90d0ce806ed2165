"""Which heading of a file fills which column: found in spite of case and blanks, refused where one is wrong."""

from collections.abc import Sequence
from difflib import get_close_matches

from originrisk.data.contract import Table
from originrisk.data.errors import BadInputError, Problem
from originrisk.data.files.records import heading
from originrisk.data.mapping import TableMapping


def wanted(mapping: TableMapping) -> set[str]:
    """All headings that the mapping speaks of."""
    return {name for names in mapping.columns.values() for name in _alternatives(names)}


def present(name: str, headings: Sequence[str]) -> str:
    """The file's own spelling of a heading that it has."""
    return next(found for found in headings if heading(found) == heading(name))


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
    problems = [
        _lack(label, _alternatives(mapping.columns[column]), headings, bool(found)) for column in lacking
    ]
    if only_known:
        strange = [name for name in headings if name not in found.values()]
        problems += [_strange(label, name, table.names, bool(found)) for name in strange]
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
    hint = f"Closest: `{'`, `'.join(close)}`." if close else ""
    return Problem(label, f"a heading `{'` or `'.join(names)}`", "none", hint)


def _strange(label: str, name: str, columns: Sequence[str], recognised: bool) -> Problem:
    if not recognised:
        return Problem(label, "headings of the contract", "none")
    close = get_close_matches(name.strip().lower(), columns, 1, 0.5)
    hint = f"Is it `{close[0]}`?" if close else "Remove it, or bring the file in through a mapping."
    return Problem(label, "only columns of the contract", f"`{name[:60]}`", hint)
