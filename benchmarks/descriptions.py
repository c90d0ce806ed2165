"""Readings of hand-written descriptions: precision and recall. `python -m benchmarks.descriptions [--wrong]`.

`tests/features/descriptions.tsv` holds a text a line and what it says: `cotton=.6` a share, `cotton=?` named without
one, `cotton=0` said not to be in the goods, `-` nothing. A statement is a material with its share or its mere name.
"""

from math import isnan
from pathlib import Path
from typing import Annotated, Final

import typer

from originrisk.features.descriptions import composition

TABLE: Final = Path(__file__).parents[1] / "tests/features/descriptions.tsv"
Statements = set[tuple[str, float | None]]


def table() -> list[tuple[str, Statements]]:
    """Texts and what each says; None stands for a name without a share."""
    rows = (line.split("\t") for line in TABLE.read_text("utf-8").splitlines())
    return [(text.replace("\\n", "\n"), {*map(_statement, says.split())} - {("-", None)}) for text, says in rows]


def _statement(said: str) -> tuple[str, float | None]:
    material, _, share = said.partition("=")
    return material, float(share) if share not in ("", "?") else None


def read(text: str) -> Statements:
    """What the reading makes of a text."""
    found = composition(text)
    said: Statements = set()
    for material in {*found.materials(), "cotton"}:
        share = found.share(material)
        if not isnan(share):
            said.add((material, round(share, 3)))
        elif found.names(material):
            said.add((material, None))
    return said


def main(*, wrong: Annotated[bool, typer.Option(help="Print what is read wrongly.")] = False) -> None:
    """Print precision and recall, of all statements and of shares of cotton alone."""
    rows = [(text, expected, read(text)) for text, expected in table()]
    typer.echo(f"{len(rows)} descriptions")
    for name, kept in (("all statements", lambda _: True), ("cotton", lambda one: one[0] == "cotton")):
        right = sum(len({*filter(kept, expected & found)}) for _, expected, found in rows)
        told = sum(len({*filter(kept, found)}) for _, _, found in rows)
        there = sum(len({*filter(kept, expected)}) for _, expected, _ in rows)
        typer.echo(f"{name}: precision {right / told:.3f} ({right} of {told}), recall {right / there:.3f} of {there}")
    for text, expected, found in rows if wrong else []:
        if expected != found:
            typer.echo(f"{text!r}: says {sorted(expected, key=str)}, read {sorted(found, key=str)}")


if __name__ == "__main__":
    typer.run(main)
