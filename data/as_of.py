"""What was known of the reference tables on a day: what became public (`known_from`) on an earlier day.

`days` are numpy `datetime64[D]`, one per line; answers are one per line, NaN where nothing was known.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, Literal, Protocol, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from data import reference
from data.identifiers import htsus
from data.reference_rows import Exposure, GoodsFamily, ScopePrefix

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


@dataclass(frozen=True, slots=True)
class Series:
    """Values by the day from which each was known."""

    known_from: Days
    values: NDArray[np.float64]

    @classmethod
    def of(cls, rows: Iterable[Row], value: Callable[[Row], float]) -> "Series":
        """The series of rows of a table."""
        ordered = sorted(rows, key=lambda row: row.known_from)
        days = np.array([row.known_from for row in ordered], dtype="datetime64[D]")
        return cls(days, np.array([np.nan, *map(value, ordered)]))

    def latest(self, days: Days) -> NDArray[np.float64]:
        """The value that became known last before each day."""
        return self.values[np.searchsorted(self.known_from, days, side="left")]


def lint_price(days: Days) -> NDArray[np.float64]:
    """World price of cotton lint, US cents per pound: the last month known."""
    return _lint_prices().latest(days)


@cache
def _lint_prices() -> Series:
    return Series.of(reference.cotton_prices(), lambda row: row.us_cents_per_lb)


Measure = Literal["output", "mill_use"]


def xinjiang_share(measure: Measure, days: Days) -> NDArray[np.float64]:
    """Xinjiang's share of China's cotton, 0 to 1: the last year known."""
    return _xinjiang_shares(measure).latest(days)


@cache
def _xinjiang_shares(measure: Measure) -> Series:
    rows = (row for row in reference.xinjiang_shares() if row.measure == measure)
    return Series.of(rows, lambda row: row.share)


def china_dependence(countries: Texts, days: Days) -> NDArray[np.float64]:
    """Share of a country's cotton input that comes through China, 0 to 1; NaN without a figure."""
    result = np.full(len(days), np.nan)
    figures = _dependence_by_country()
    for country in figures.keys() & set(countries.tolist()):
        here = countries == country
        result[here] = figures[country].latest(days[here])
    return result


@cache
def _dependence_by_country() -> dict[str, Series]:
    rows: dict[str, list[Exposure]] = {}
    for row in reference.exposures():
        rows.setdefault(row.country, []).append(row)
    return {country: Series.of(of, lambda row: row.china_dependence) for country, of in rows.items()}


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
        prefix = htsus.longest_prefix(code, table)
        return None if prefix is None else table[prefix]

    return narrowest


@cache
def _tariff_starts() -> Days:
    bounds = {bound for row in reference.scope() for bound in (row.valid_from, row.valid_until) if bound}
    return np.array([date.min, *sorted(bounds)], dtype="datetime64[D]")


def orders(families: NDArray[np.int8], days: Days) -> NDArray[np.int64]:
    """How many orders, acts and priority sectors on goods of the family were in force and known on the day (n,)."""
    found = np.zeros(len(days), np.int64)
    for family in set(families.tolist()) - {NO_FAMILY}:
        here = families == family
        found[here] = np.searchsorted(_orders(FAMILIES[family]), days[here], side="right")
    return found


@cache
def _orders(family: str) -> Days:
    """Days from which a line sees each order, act or priority sector on the family, in order."""
    rows = [row for row in reference.instruments() if row.goods_family == family]
    return np.array(sorted(_visible(row.valid_from, row.known_from) for row in rows), "datetime64[D]")


def since_legal_date(families: NDArray[np.int8], days: Days) -> NDArray[np.float64]:
    """Days since the law on goods of the family last changed, counted from when that was known; NaN if never."""
    since = np.full(len(days), np.nan)
    for family in set(families.tolist()) - {NO_FAMILY}:
        dates, here = _legal_dates(FAMILIES[family]), families == family
        latest = dates[np.searchsorted(dates[1:], days[here], side="right")]
        since[here] = (days[here] - latest) / np.timedelta64(1, "D")
    return since


@cache
def _legal_dates(family: str) -> Days:
    """Days from which a line saw that the law on the family had changed, after a first one that is none; lists of
    single parties do not count."""
    names = {"all", *family.split("_"), *(["textiles", "apparel"] if family.startswith("cotton") else [])}
    days = sorted(
        _visible(row.day, row.known_from)
        for row in reference.legal_dates()
        if row.instrument not in ("HTS", "ACE") and names.intersection(row.scope.split())
    )
    return np.array([np.datetime64("NaT"), *days], dtype="datetime64[D]")


def _visible(day: date, known_from: date) -> np.datetime64:
    return max(np.datetime64(day, "D"), np.datetime64(known_from, "D") + 1)


@cache
def lint_factor(code: str) -> float:
    """Kilograms of lint in a kilogram of cotton goods of an HTSUS number; NaN for goods of no known kind."""
    factors = {
        prefix: row.lint_kg_per_kg for row in reference.cotton_factors() for prefix in row.hts_prefixes
    }
    prefix = htsus.longest_prefix(code, factors)
    return np.nan if prefix is None else factors[prefix]


def under_order(
    families: NDArray[np.int8], days: Days, basis: Literal["party", "region"]
) -> NDArray[np.bool_]:
    """Whether an order on goods of the family (code of `goods_family`) was in force and known on the day."""
    return days >= _first_order(basis)[families]


@cache
def _first_order(basis: Literal["party", "region"]) -> Days:
    """Day of each family from which a line sees an order on it; never for the last, which is no family."""
    first = np.full(len(FAMILIES) + 1, np.datetime64(date.max, "D"))
    for row in reference.instruments():
        if row.basis == basis:
            place = FAMILIES.index(row.goods_family)
            first[place] = min(first[place], _visible(row.valid_from, row.known_from))
    return first
