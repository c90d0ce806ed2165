"""Scope: the goods family of a line by the tariff of its day, and the orders and acts that cover it."""

from collections.abc import Callable
from functools import cache

import numpy as np

from originrisk.data.reference import orders
from originrisk.features.feature import feature
from originrisk.features.history.view import Known
from originrisk.features.lines import Bools, Floats, Ints, Lines, entry_dates, shared


@shared
def families(lines: Lines) -> Ints:
    """Code of the goods family of each line by its tariff number on its day (n,); -1 for none."""
    return by_tariff_of_day(lines, _family_by, orders.NO_FAMILY).astype(np.int64)


def since_legal_date(lines: Lines, days: Floats) -> Floats:
    """Days from the last legal date on the goods of each line to days since 1970 (…, n); NaN where there is none."""
    return orders.since_legal_date(families(lines).astype(np.int8), days.astype("datetime64[D]"))


@feature(
    "commodity",
    "family",
    "The family of goods that orders and acts speak of.",
    kind="category",
    missing="no family",
    dated=True,
)
def goods_family(lines: Lines, known: Known) -> Floats:
    """Family of goods that an order or act covers, by the tariff number."""
    family = families(lines)
    return np.where(family >= 0, family, np.nan)


@feature(
    "commodity", "yes/no", "An order on goods of the whole region covers these goods on the day.", dated=True
)
def under_region_order(lines: Lines, known: Known) -> Bools:
    """Goods of the family from the whole region were under an order or act in force on the day."""
    return orders.under_order(families(lines).astype(np.int8), entry_dates(lines), "region")


@feature(
    "commodity", "yes/no", "An order on goods of single parties covers these goods on the day.", dated=True
)
def under_party_order(lines: Lines, known: Known) -> Bools:
    """Goods of the family from single parties were under an order in force on the day."""
    return orders.under_order(families(lines).astype(np.int8), entry_dates(lines), "party")


@feature(
    "commodity", "orders", "{value:.0f} orders, acts and priority sectors cover these goods.", dated=True
)
def orders_in_force(lines: Lines, known: Known) -> Ints:
    """Orders, acts and priority sectors on goods of the family that were in force on the day."""
    return orders.orders(families(lines).astype(np.int8), entry_dates(lines))


@feature("commodity", "link", "How the goods stand to those that orders name.", kind="category", dated=True)
def scope_link(lines: Lines, known: Known) -> Floats:
    """Goods by the tariff number: the raw goods of an order (2), made of them (1), neither (0)."""
    return by_tariff_of_day(lines, _link_by, 0)


def by_tariff_of_day(lines: Lines, reader: Callable[[int], Callable[[str], float]], missing: float) -> Floats:
    """What the reader of the day's tariff makes of HTSUS (n,); each number is read once per tariff."""
    found = np.full(lines.size, missing)
    for tariff, here in _tariffs(lines):
        found[here] = lines.texts["htsus"].read(reader(tariff), missing)[here]
    return found


@shared
def _tariffs(lines: Lines) -> list[tuple[int, Bools]]:
    """The tariffs of the lines, and where each is in use (n,)."""
    tariffs = orders.tariff(entry_dates(lines))
    return [(tariff, tariffs == tariff) for tariff in sorted({*tariffs.tolist()})]


@cache
def _family_by(tariff: int) -> Callable[[str], float]:
    def family(code: str) -> float:
        row = orders.scope_of(tariff)(code)
        return orders.NO_FAMILY if row is None else orders.FAMILIES.index(row.goods_family)

    return family


@cache
def _link_by(tariff: int) -> Callable[[str], float]:
    def link(code: str) -> float:
        row = orders.scope_of(tariff)(code)
        return 0 if row is None else 2 if row.link == "direct" else 1

    return link
