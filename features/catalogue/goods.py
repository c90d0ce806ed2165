"""Goods: what they are by tariff number, which orders cover them, and how usual they are from this origin."""

from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np

from originrisk.data.reference import orders
from originrisk.features.catalogue.feature import Feature, ratio, since
from originrisk.features.declared import by_tariff_of_day, families
from originrisk.features.history.view import PointInTimeView
from originrisk.features.lines import Floats, Lines, prefix


def _heading(lines: Lines, _view: PointInTimeView) -> Floats:
    number = prefix(lines, 4)
    return np.where(number == 0, np.nan, number)


def _goods_family(lines: Lines, _view: PointInTimeView) -> Floats:
    family = families(lines)
    return np.where(family >= 0, family, np.nan)


@cache
def _link_by(tariff: int) -> Callable[[str], float]:
    def link(code: str) -> float:
        row = orders.scope_of(tariff)(code)
        return 0 if row is None else 2 if row.link == "direct" else 1

    return link


# fmt: off
FEATURES: Final[tuple[Feature, ...]] = (
    Feature("goods", "goods_family", "family",
            "Family of goods that an order or act covers, by the tariff number.",
            _goods_family, "no family", dated=True, kind="category"),
    Feature("goods", "heading", "heading", "Heading of the tariff: the first four digits of the number.",
            _heading, "number too short", kind="category"),
    Feature("goods", "scope_link", "link",
            "Goods by the tariff number: the raw goods of an order (2), made of them (1), neither (0).",
            lambda lines, _: by_tariff_of_day(lines, _link_by, 0), kind="category", dated=True),
    Feature("goods", "goods_origin_age", "days",
            "Days since the first line of the same HTS-6 and origin.",
            since('hts6*origin.first'), "goods never of this origin"),
    Feature("goods", "origin_share_of_heading", "share",
            "Share of the heading's lines of the past 365 days that had this origin.",
            ratio('hts4*origin.lines.365', 'hts4.lines.365'), "goods new"),
)
# fmt: on
