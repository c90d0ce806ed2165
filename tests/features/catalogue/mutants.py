"""Mutants of the catalogue, planted and counted by `make mutants`: each must turn an example row red.

Of every feature: its sign, a value more by one, a missing value read as 0. Of every reading of counts: another
window, key or measure of each count, its counts in another order, one for all. Of every function of a concept: an
operator, a comparison, a sign, a number by one, two arguments swapped, a name of something declared or counted.
"""

import ast
import importlib
import re
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np

from originrisk.data.console import print_table
from originrisk.features.catalogue import CATALOGUE
from originrisk.features.catalogue.feature import CONCEPTS, Concept, CountReading, Feature
from originrisk.features.history.state import History
from tests.features.examples import examples

COUNTS: Final = History().names.place
SWAPPED: Final[dict[type[ast.AST], type[ast.AST]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.USub: ast.UAdd, ast.Invert: ast.UAdd,
}  # fmt: skip
OTHER: Final = {
    "supplier": "importer", "importer": "supplier", "kilo": "unit", "unit": "kilo", "n": "sum", "sum": "n",
    "found": "examined", "examined": "found", "listed": "found", "export_date": "received_on", "id": "name",
    "address": "city", "city": "address", "entered_value_usd": "charges_usd", "gross_weight_kg": "quantity",
    "manufacturer_name": "seller_name", "seller_name": "consolidator_name", "consolidator_name": "seller_name",
    "manufacturer_city": "manufacturer_address", "manufacturer_id": "manufacturer_name", "description": "htsus",
    "manufacturer_postal_code": "htsus", "entry_date": "received_on", "cotton": "tomato",
}  # fmt: skip
"""What a word of a function is taken for."""
Change = Callable[[Any], None]


def caught(features: list[Feature]) -> bool:
    """Whether an example row of one of the features does not hold."""
    with np.errstate(all="ignore"):
        return any(not row.holds(one) for one in features for row in examples(one.name))


def of_values(feature: Feature) -> Iterator[tuple[str, Feature]]:
    """A feature whose values are others."""
    changes: dict[str, Callable[[Any], Any]] = {
        "sign flipped": lambda values: -values,
        "off by one": lambda values: values + 1,
        "missing read as 0": np.nan_to_num,
        "never known": lambda values: np.full_like(values, np.nan),
    }
    some = any(not np.isnan(row.value(feature)) and row.value(feature) != 0 for row in examples(feature.name))
    for what, change in changes.items():
        if (what != "missing read as 0" or _may_lack(feature)) and (what != "sign flipped" or some):
            yield what, replace(feature, column=lambda *given, c=change: c(feature.compute(*given)))


def _may_lack(feature: Feature) -> bool:
    return any(row.expected < -9e5 for row in examples(feature.name))


def of_reading(feature: Feature) -> Iterator[tuple[str, Feature]]:
    """A feature that reads other counts."""
    reading = feature.column
    assert isinstance(reading, CountReading)
    wrong = [
        (f"{name} for {old}", _with(reading, place, name))
        for place, old in enumerate(reading.names)
        for name in _like(old)
    ]
    if len({name.split(".", 1)[1] for name in reading.names}) > 1:  # else their order is all the same
        wrong += [
            ("counts in reverse", replace(reading, names=reading.names[::-1])),
            ("first count twice", replace(reading, names=reading.names[:1] * len(reading.names))),
        ]
    yield from ((what, replace(feature, column=column)) for what, column in wrong)


def _with(reading: CountReading, place: int, name: str) -> CountReading:
    return replace(reading, names=(*reading.names[:place], name, *reading.names[place + 1 :]))


def _like(name: str) -> list[str]:
    """Counts that one may be mistaken for: another window, another measure of the key, the same of another key."""
    key, measure = name.split(".", 1)
    windows = [f"{key}.{measure.replace(*pair)}" for pair in (("365", "ever"), ("ever", "365"), ("first", "last"))]
    measures = [f"{key}.{other}" for other in ("lines.365", "found.ever", "examined.ever", "denied.ever")]
    keys = [f"{other}.{measure}" for other in ("supplier", "importer", "seller", "origin", "hts4", "lading")]
    return [one for one in dict.fromkeys([*windows, *measures, *keys]) if one in COUNTS and one != name]


def of_code(concept: Concept) -> Iterator[tuple[str, list[Feature]]]:
    """The features of a concept with one thing changed in its functions."""
    path = Path(importlib.import_module(f"originrisk.features.catalogue.{concept}").__file__ or "")
    tree = ast.parse(path.read_text("utf-8"))
    inside = {id(node) for one in tree.body if isinstance(one, ast.FunctionDef) for node in _code(one)}
    inside |= {id(node) for one in ast.walk(tree) if isinstance(one, ast.Lambda) for node in ast.walk(one.body)}
    for place, node in enumerate(ast.walk(tree)):
        for what, change in _changes(node) if id(node) in inside else ():
            planted = deepcopy(tree)
            change([*ast.walk(planted)][place])
            module = ModuleType("planted")
            sys.modules["planted"] = module  # dataclasses look their module up
            exec(compile(ast.fix_missing_locations(planted), "planted", "exec"), module.__dict__)
            yield f"{what} in line {getattr(node, 'lineno', 0)}", [*module.FEATURES]


def _code(function: ast.FunctionDef) -> Iterator[ast.AST]:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (node for statement in body for node in ast.walk(statement))


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    if isinstance(node, ast.BinOp | ast.UnaryOp) and type(node.op) in SWAPPED:
        yield "other operator", lambda n: setattr(n, "op", SWAPPED[type(n.op)]())
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED:
        yield "other comparison", lambda n: setattr(n, "ops", [SWAPPED[type(n.ops[0])]()])
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        yield "number off by one", lambda n: setattr(n, "value", n.value + 1)
    if isinstance(node, ast.Constant) and node.value in OTHER:
        yield f"{OTHER[node.value]} for {node.value}", lambda n: setattr(n, "value", OTHER[n.value])
    if (
        isinstance(node, ast.Call)
        and len(node.args) > 1
        and not re.search("max|min|differs|isin", ast.unparse(node.func))
    ):
        yield "two arguments swapped", lambda n: n.args.__setitem__(slice(0, 2), n.args[1::-1])


def survivors(concept: Concept) -> tuple[int, list[str]]:
    """How many mutants were planted in a concept, and those that no example row told."""
    planted: list[tuple[str, bool]] = []
    own = [one for one in CATALOGUE if one.concept == concept]
    for feature in own:
        readings = of_reading(feature) if isinstance(feature.column, CountReading) else ()
        for what, wrong in (*of_values(feature), *readings):
            planted.append((f"{feature.name}: {what}", caught([wrong])))
    for what, features in of_code(concept):
        try:
            planted.append((f"{concept}.py: {what}", caught(features)))
        except Exception:
            planted.append((what, True))
    return len(planted), [what for what, told in planted if not told]


def main() -> None:
    """Print how many mutants of each concept were planted and caught, and each survivor; fail if there is one."""
    found = {concept: survivors(concept) for concept in CONCEPTS}
    rows = [(concept, str(number), str(number - len(left))) for concept, (number, left) in found.items()]
    total = [sum(int(row[column]) for row in rows) for column in (1, 2)]
    print_table("Mutants", ("concept", "planted", "caught"), [*rows, ("all", *map(str, total))])
    for _, left in found.values():
        print(*left, sep="\n", end="\n" if left else "")
    sys.exit(total[0] != total[1])


if __name__ == "__main__":
    main()
