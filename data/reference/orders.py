"""Orders and acts as known on a day: the goods that they cover by tariff number, and when the law on goods changed."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from originrisk.data import reference
from originrisk.data.reference.rows import GoodsFamily, Instrument, ScopePrefix
from originrisk.data.reference.table import Days

FAMILIES: Final[tuple[str, ...]] = get_args(GoodsFamily)
"""Goods families; the place in this tuple is the family's code."""


NO_FAMILY: Final = -1


def tariff(days: Days) -> NDArray[np.intp]:
    """Number of the tariff in use on each day (n,): it changes where `scope.csv` says so."""
    return np.searchsorted(_tariff_starts(), days, side="right") - 1


@cache
def scope_of(number: int) -> Callable[[str], ScopePrefix | None]:
    """The narrowest prefix that a tariff (see `tariff`) has for an HTSUS number; None where none fits."""
    start = _tariff_starts()[number].item()
    table = {
        row.hts_prefix: row
        for row in reference.scope()
        if (row.valid_from or date.min) <= start < (row.valid_until or date.max)
    }

    def narrowest(code: str) -> ScopePrefix | None:
        prefix = reference.longest_prefix(code, table)
        return None if prefix is None else table[prefix]

    return narrowest


@cache
def _tariff_starts() -> Days:
    bounds = {bound for row in reference.scope() for bound in (row.valid_from, row.valid_until) if bound}
    return np.array([date.min, *sorted(bounds)], dtype="datetime64[D]")


def orders(families: NDArray[np.int8], days: Days) -> NDArray[np.int64]:
    """How many orders, acts and priority sectors on goods of the family were in force and known on the day (n,)."""
    found = np.zeros(len(days), np.int64)
    for family in set(families.tolist()):
        here = families == family
        found[here] = np.searchsorted(_orders(family), days[here], side="right")
    return found


@cache
def instruments_on(family: int) -> tuple[Instrument, ...]:
    """Orders, acts and priority sectors on goods of a family (its code) and on all goods, by their day."""
    names = {None, None if family == NO_FAMILY else FAMILIES[family]}
    rows = (row for row in reference.instruments() if row.goods_family in names)
    return tuple(sorted(rows, key=lambda row: row.valid_from))


@cache
def _orders(family: int) -> Days:
    """Days from which a line sees each order, act or priority sector on the family, in order."""
    rows = instruments_on(family)
    return np.array(sorted(_visible(row.valid_from, row.known_from) for row in rows), "datetime64[D]")


def since_legal_date(families: NDArray[np.int8], days: Days) -> NDArray[np.float64]:
    """Days (…, n) since the law on goods of the family (n,) last changed, counted from when that was known; NaN if
    never."""
    since = np.full(days.shape, np.nan)
    for family in set(families.tolist()):
        dates, here = _legal_dates(family), families == family
        asked = days[..., here]
        latest = dates[np.searchsorted(dates[1:], asked, side="right")]
        since[..., here] = (asked - latest) / np.timedelta64(1, "D")
    return since


@cache
def _legal_dates(family: int) -> Days:
    """Days from which a line saw that the law on the family had changed, after a first one that is none; lists of
    single parties do not count."""
    name = "" if family == NO_FAMILY else FAMILIES[family]
    names = {"all", name, *(["cotton", "textiles"] if name.startswith("cotton") else [])}
    days = sorted(
        _visible(row.day, row.known_from)
        for row in reference.legal_dates()
        if row.instrument not in ("HTS", "ACE") and names.intersection(row.scope.split())
    )
    return np.array([np.datetime64("NaT"), *days], dtype="datetime64[D]")


def _visible(day: date, known_from: date) -> np.datetime64:
    return max(np.datetime64(day, "D"), np.datetime64(known_from, "D") + 1)


def under_order(families: NDArray[np.int8], days: Days, basis: Literal["party", "region"]) -> NDArray[np.bool_]:
    """Whether an order on goods of the family (code of `goods_family`) was in force and known on the day."""
    return days >= _first_order(basis)[families]


@cache
def _first_order(basis: Literal["party", "region"]) -> Days:
    """Day of each family from which a line sees an order on it; the last is that of goods of no family."""
    return np.array(
        [
            min((_visible(row.valid_from, row.known_from) for row in instruments_on(family) if row.basis == basis),
                default=np.datetime64(date.max, "D"))
            for family in (*range(len(FAMILIES)), NO_FAMILY)
        ]
    )  # fmt: skip


def families_of(codes: NDArray[np.object_], days: Days) -> NDArray[np.int8]:
    """Code of the goods family of each HTSUS number (n,) in the tariff of its day; NO_FAMILY for none."""
    pairs = zip(tariff(days).tolist(), codes.tolist(), strict=True)
    return np.array([_family(number, code or "") for number, code in pairs], np.int8)


@cache
def _family(number: int, code: str) -> int:
    row = scope_of(number)(code)
    return NO_FAMILY if row is None else FAMILIES.index(row.goods_family)
