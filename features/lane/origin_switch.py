"""Another origin than before for the same goods, and whether it came soon after a legal date."""

import numpy as np

from originrisk.features import route
from originrisk.features.commodity.beginnings import after_legal_date, age
from originrisk.features.feature import feature, read
from originrisk.features.history.prices import log_prices, party_mean
from originrisk.features.history.tallies import PRICE_LEVELS
from originrisk.features.history.view import Known
from originrisk.features.lines import Bools, Floats, Lines
from originrisk.features.readings import Reading, share, since

SWITCH_DAYS = 90
LIKE_PRICE = 0.2


@read(
    "lane",
    "share",
    "{value:.0%} of the past year's lines of these goods were declared Chinese at this importer.",
)
def importer_china_share_of_goods() -> Reading:
    """Share of the importer's lines of the same HTS-6 in the past 365 days that were declared Chinese."""
    return share("importer*hts6.china.365", "importer*hts6.lines.365")


@feature(
    "lane", "yes/no", "The importer brought these goods from China before and now declares another origin."
)
def importer_left_china(lines: Lines, known: Known) -> Bools:
    """Not declared Chinese, though the importer once declared the same HTS-6 as Chinese."""
    return (known.count("importer*hts6.china.ever") > 0) & ~route.declared_in_china(lines)


@read(
    "lane",
    "share",
    "{value:.0%} of the importer's lines of these goods came from this origin.",
    missing="goods new",
)
def origin_share_at_importer() -> Reading:
    """Share of the importer's lines of the same HTS-6 in the past 365 days that had this origin."""
    return share("importer*hts6*origin.lines.365", "importer*hts6.lines.365")


@read(
    "lane",
    "days",
    "The importer first declared this origin for these goods {value:.0f} days ago.",
    missing="never",
)
def days_since_origin_at_importer() -> Reading:
    """Days since the importer's first line of the same HTS-6 with this origin."""
    return since("importer*hts6*origin.first")


@feature(
    "lane",
    "grade",
    "The importer turned to this origin soon after a legal date on these goods (grade {value:.0f}).",
    dated=True,
)
def importer_switch_after_legal_date(lines: Lines, known: Known) -> Floats:
    """New origin of the importer's HTS-6 within 90 days after a legal date on it: 1; at its usual price: 2."""
    goods, here = (known.count(f"importer*hts6{part}.lines.365") for part in ("", "*origin"))
    mean = party_mean(known, PRICE_LEVELS[1], "importer", "kilo")
    return _switched(lines, known, "importer*hts6*origin.first", goods > here, mean)


@feature(
    "lane",
    "grade",
    "The supplier turned to this origin soon after a legal date on these goods (grade {value:.0f}).",
    dated=True,
)
def supplier_switch_after_legal_date(lines: Lines, known: Known) -> Floats:
    """New origin of a supplier of the HTS-6 within 90 days after a legal date on it: 1; at its usual price: 2."""
    other_origin = known.count("supplier.lines.ever") > known.count("supplier*origin.lines.ever")
    same_goods = known.count("supplier*hts6.lines.ever") > 0
    mean = party_mean(known, PRICE_LEVELS[1], "supplier", "kilo")
    return _switched(lines, known, "supplier*origin.first", other_origin & same_goods, mean)


def _switched(lines: Lines, known: Known, first: str, others: Bools, mean: Floats) -> Floats:
    """How a new origin looks (n,): 0 none; 1 within SWITCH_DAYS after a legal date; 2 at the usual price as well."""
    after = after_legal_date(known, lines, first) <= SWITCH_DAYS
    new = (age(known, first) <= SWITCH_DAYS) & others & after
    alike = np.abs(log_prices(lines)["kilo"] - mean) < LIKE_PRICE
    return new * (1.0 + alike)
