"""When something of a line began, and how soon after a legal date on the goods: a supplier, dealings, an origin."""

from typing import Final

import numpy as np

from originrisk.features.commodity.scope import since_legal_date
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines, shared

BEGINNINGS: Final = (
    "supplier.first",
    "seller.first",
    "supplier*importer.first",
    "supplier*origin.first",
    "importer*hts6*origin.first",
)
"""Counts that hold the day of a beginning."""


def age(known: Known, name: str) -> Floats:
    """Days since a beginning (n,), by its name in BEGINNINGS; 0 where it is this line."""
    days: Floats = _ages(known)[BEGINNINGS.index(name)]
    return days


def after_legal_date(known: Known, lines: Lines, name: str) -> Floats:
    """Days from the last legal date on the goods to a beginning (n,), by its name; NaN where there is none."""
    days: Floats = _after(known, lines)[BEGINNINGS.index(name)]
    return days


@shared
def _ages(known: Known) -> Floats:
    begun = known.counts(BEGINNINGS)
    return np.where(begun > 0, known.today - begun, 0.0)


@shared
def _after(known: Known, lines: Lines) -> Floats:
    return since_legal_date(lines, lines.days["entry_date"] - _ages(known))
