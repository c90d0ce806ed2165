"""What was known of the reference tables on a day: what became public (`known_from`) on an earlier day.

`days` are numpy `datetime64[D]`, one per line; answers are one per line, NaN where nothing was known.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Final, Literal, Protocol, TypeVar, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data import reference
from data.identifiers import htsus
from data.reference_rows import Exposure, GoodsFamily

Days = NDArray[np.datetime64]
Texts = NDArray[np.object_]

FAMILIES: Final[tuple[str, ...]] = get_args(GoodsFamily)
"""Goods families; the place in this tuple is the family's code."""

NO_FAMILY: Final = -1


class Dated(Protocol):
    """A row that became public on a day."""

    @property
    def known_from(self) -> date: ...


Row = TypeVar("Row", bound=Dated)


def known(rows: Iterable[Row], day: date) -> tuple[Row, ...]:
    """The rows that a line of that day may see."""
    return tuple(row for row in rows if row.known_from < day)


def _latest(known_from: Sequence[date], values: Sequence[float], days: Days) -> NDArray[np.float64]:
    """The value that became known last before each day; `known_from` ascends."""
    place = np.searchsorted(np.array(known_from, dtype="datetime64[D]"), days, side="left")
    return np.array([np.nan, *values])[place]


def lint_price(days: Days) -> NDArray[np.float64]:
    """World price of cotton lint, US cents per pound: the last month known."""
    rows = sorted(reference.cotton_prices(), key=lambda row: row.known_from)
    return _latest([row.known_from for row in rows], [row.us_cents_per_lb for row in rows], days)


def xinjiang_share(measure: Literal["output", "mill_use"], days: Days) -> NDArray[np.float64]:
    """Xinjiang's share of China's cotton, 0 to 1: the last year known."""
    rows = sorted(
        (row for row in reference.xinjiang_shares() if row.measure == measure), key=lambda row: row.known_from
    )
    return _latest([row.known_from for row in rows], [row.share for row in rows], days)


def china_dependence(countries: Texts, days: Days) -> NDArray[np.float64]:
    """Share of a country's cotton input that comes through China, 0 to 1; NaN without a figure."""
    result = np.full(len(days), np.nan)
    for country, rows in _exposures_by_country().items():
        here = countries == country
        result[here] = _latest(
            [row.known_from for row in rows], [row.china_dependence for row in rows], days[here]
        )
    return result


@cache
def _exposures_by_country() -> dict[str, list[Exposure]]:
    found: dict[str, list[Exposure]] = {}
    for row in sorted(reference.exposures(), key=lambda row: row.known_from):
        found.setdefault(row.country, []).append(row)
    return found


def goods_family(codes: Texts, days: Days) -> NDArray[np.int8]:
    """Place in FAMILIES by the narrowest prefix that the tariff had on the day; NO_FAMILY where none fits."""
    dictionary = pa.array(codes, type=pa.string(), from_pandas=True).dictionary_encode()
    texts = dictionary.dictionary.to_pylist()
    starts, tables = _prefixes_by_epoch()
    families = np.array(
        [[*(_family(text, table) for text in texts), NO_FAMILY] for table in tables], dtype=np.int8
    )
    epoch = np.searchsorted(starts, days, side="right") - 1
    result: NDArray[np.int8] = families[epoch, np.asarray(pc.fill_null(dictionary.indices, len(texts)))]
    return result


def _family(code: str, table: dict[str, int]) -> int:
    prefix = htsus.longest_prefix(code, table)
    return NO_FAMILY if prefix is None else table[prefix]


@cache
def _prefixes_by_epoch() -> tuple[Days, tuple[dict[str, int], ...]]:
    """Days on which the tariff changed, and the prefixes from each of them on."""
    bounds = {bound for row in reference.scope() for bound in (row.valid_from, row.valid_until) if bound}
    starts = [date.min, *sorted(bounds)]
    tables = tuple(
        {
            row.hts_prefix: FAMILIES.index(row.goods_family)
            for row in reference.scope()
            if (row.valid_from or date.min) <= start < (row.valid_until or date.max)
        }
        for start in starts
    )
    return np.array(starts, dtype="datetime64[D]"), tables


def under_order(
    families: NDArray[np.int8], days: Days, basis: Literal["party", "region"]
) -> NDArray[np.bool_]:
    """Whether an order on goods of the family (code of `goods_family`) was in force and known on the day."""
    never = np.datetime64(date.max, "D")
    first = np.full(len(FAMILIES) + 1, never)
    for row in reference.instruments():
        if row.basis == basis:
            place = FAMILIES.index(row.goods_family)
            visible = max(np.datetime64(row.valid_from, "D"), np.datetime64(row.known_from, "D") + 1)
            first[place] = min(first[place], visible)
    return days >= first[families]
