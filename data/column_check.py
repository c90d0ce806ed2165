"""One column of a source to one column of the contract: plain cells as a whole, other texts one by one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from originrisk.data.contract import ARROW_TYPES, Column
from originrisk.data.mapping import TableMapping
from originrisk.data.repairs import quantities
from originrisk.data.repairs.cell import Cell, Notes, Parser
from originrisk.data.repairs.parse import PARSERS, parse
from originrisk.data.repairs.plain import BOUNDS, as_text, is_plain


@dataclass(frozen=True, slots=True)
class Judged:
    """A column after its check: `reasons` of the rows whose cell is broken, `repaired` rows, repairs by name."""

    values: pa.Array
    reasons: dict[int, str]
    repaired: NDArray[np.bool_]
    repairs: Counter[str]


class ColumnCheck:
    """Check of one column under its rule and what the mapping says of it. Remembers the texts it has judged."""

    def __init__(self, column: Column, mapping: TableMapping, *, check_digit: bool = True) -> None:
        foreign = column.rule == "entry number" and not check_digit
        self._rule = "foreign entry number" if foreign else column.rule
        self._type = ARROW_TYPES[column.type]
        self._usual = frozenset(mapping.usual)
        self._factor = mapping.factors.get(column.name)
        self._days = mapping.days_later.get(column.name)
        stated = _stated(column, self._rule, mapping)
        self._as_the_rule = stated is None
        self._judge = lru_cache(1 << 17)(lambda text: parse(self._rule, text, stated))

    def __call__(self, cells: pa.Array) -> Judged:
        """Judge the cells: texts, or values of any type that Parquet has."""
        cells = cells if cells.type == self._type else as_text(cells)
        plain = is_plain(self._rule, cells, texts=self._as_the_rule)
        rows = np.flatnonzero(~plain)
        texts = as_text(cells.filter(pa.array(~plain))).fill_null("").dictionary_encode()
        judged = [self._judge(text) for text in texts.dictionary.to_pylist()]
        codes = np.asarray(texts.indices)
        others = pa.array([cell.value for cell in judged], self._type).take(texts.indices)
        values = pc.replace_with_mask(self._cast(cells, plain), pa.array(~plain), others)
        repaired = np.zeros(len(cells), bool)
        repaired[rows] = np.array([bool(self._counted(cell)) for cell in judged], bool)[codes]
        return Judged(
            self._scaled(values), _reasons(judged, codes, rows), repaired, self._repairs(judged, codes)
        )

    def _cast(self, cells: pa.Array, plain: NDArray[np.bool_]) -> pa.Array:
        kept = cells if plain.all() else pc.if_else(pa.array(plain), cells, None)
        if self._rule == "entry number":
            kept = pc.replace_substring(kept, "-", "")
        return kept.cast(self._type)

    def _scaled(self, values: pa.Array) -> pa.Array:
        if self._factor is not None:
            values = pc.multiply(values, self._factor)
        if self._days is not None:
            values = pc.add(values.cast(pa.int32()), pa.scalar(self._days, pa.int32())).cast(self._type)
        return values

    def _counted(self, cell: Cell) -> list[str]:
        return [repair for repair in cell.repairs if repair not in self._usual]

    def _repairs(self, judged: Sequence[Cell], codes: NDArray[np.int64]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for cell, count in zip(judged, np.bincount(codes, minlength=len(judged)).tolist(), strict=True):
            counts.update(dict.fromkeys(self._counted(cell), count))
        return counts


def _stated(column: Column, rule: str, mapping: TableMapping) -> Parser | None:
    """The parser that a mapping asks for in place of the rule's own, or None."""
    words, also = mapping.values.get(column.name, {}), frozenset(mapping.also.get(column.name, ()))
    base = PARSERS[rule]
    if column.type == "date" and mapping.dates:
        base = quantities.day(mapping.dates)
    if column.type == "float" and mapping.decimal_comma:
        base = quantities.number(*(float(bound) for bound in BOUNDS[rule]), decimal_comma=True)  # type: ignore[arg-type]
    if not words and not also:
        return base if base is not PARSERS[rule] else None

    def parser(text: str, notes: Notes) -> object:
        text = words.get(text, text)
        return text if text in also else base(text, notes)

    return parser


def _reasons(judged: Sequence[Cell], codes: NDArray[np.int64], rows: NDArray[np.int64]) -> dict[int, str]:
    broken = np.array([bool(cell.broken) for cell in judged], bool)[codes]
    return {
        row: judged[code].broken
        for row, code in zip(rows[broken].tolist(), codes[broken].tolist(), strict=True)
    }
