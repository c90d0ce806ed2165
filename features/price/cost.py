"""What the goods must cost: freight and charges, and the cotton in them."""

import numpy as np

from originrisk.data.reference import materials
from originrisk.features.commodity.cotton import lint_per_kilo
from originrisk.features.feature import feature
from originrisk.features.history.prices import log_freight, log_prices
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines, entry_dates, positive


@feature("price", "ratio", "Freight and charges are {value:.1%} of the value.")
def charges_share(lines: Lines, known: Known) -> Floats:
    """Freight, insurance and other charges over the entered value."""
    return lines.numbers["charges_usd"] / positive(lines.numbers["entered_value_usd"])


@feature("price", "ln USD/kg", "Freight and charges are {times:,.2f} USD per kg.")
def freight(lines: Lines, known: Known) -> Floats:
    """ln of freight and other charges per kilogram, which grows with the distance."""
    return log_freight(lines)


@feature(
    "price",
    "ln",
    "Freight per kg is {times:.2f} times what is usual on this lane.",
    missing="unknown",
)
def freight_against_lane(lines: Lines, known: Known) -> Floats:
    """ln of freight per kilogram over the mean of the lane in the past 365 days."""
    lane = "origin*export*lading"
    count = known.count(f"{lane}.freight_n.365")
    return log_freight(lines) - known.total(f"{lane}.freight_sum.365") / np.where(count > 0, count, np.nan)


@feature(
    "price",
    "ln",
    "The value is {times:.2f} times the cost of its cotton alone.",
    missing="no cotton",
    dated=True,
)
def value_over_fibre_cost(lines: Lines, known: Known) -> Floats:
    """ln of the value over the world price of the lint in the goods: below 0 the goods cost less than their fibre."""
    price = materials.price("cotton", entry_dates(lines))
    cost_per_kilo = price * positive(lint_per_kilo.compute(lines, known))
    return log_prices(lines)["kilo"] - np.log(cost_per_kilo)
