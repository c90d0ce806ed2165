"""What is declared of price and amount: values per unit and kilogram, round and repeated values, related parties."""

import numpy as np

from originrisk.features.feature import feature, read
from originrisk.features.history.prices import log_prices
from originrisk.features.history.view import Known
from originrisk.features.lines import Bools, Floats, Lines, positive, units
from originrisk.features.readings import Reading, count


@feature("price", "ln USD/unit", "The value per unit is {times:,.2f} USD.")
def unit_value(lines: Lines, known: Known) -> Floats:
    """ln of value per unit."""
    return log_prices(lines)["unit"]


@feature("price", "ln USD/kg", "The value per kg is {times:,.2f} USD.")
def kilo_value(lines: Lines, known: Known) -> Floats:
    """ln of value per kilogram."""
    return log_prices(lines)["kilo"]


@feature("price", "ln kg", "The weight per unit is {times:,.3f} kg.")
def unit_weight(lines: Lines, known: Known) -> Floats:
    """ln of kilograms per unit."""
    return log_prices(lines)["mass"]


@feature("price", "ln USD", "The line is worth {times:,.0f} USD.")
def value(lines: Lines, known: Known) -> Floats:
    """ln of the entered value."""
    return np.log(positive(lines.numbers["entered_value_usd"]))


@feature("price", "ln", "The line counts {times:,.0f} units.")
def quantity(lines: Lines, known: Known) -> Floats:
    """ln of the quantity in single units."""
    return np.log(units(lines))


@feature("price", "yes/no", "The value is a round number.")
def round_value(lines: Lines, known: Known) -> Bools:
    """Entered value is a whole multiple of 100 dollars."""
    whole: Bools = np.mod(lines.numbers["entered_value_usd"], 100) == 0
    return whole


@read("price", "lines", "The supplier declared exactly this value {value:.0f} times in the past year.")
def repeated_value() -> Reading:
    """Lines of the supplier with exactly the same value in the past 365 days."""
    return count("supplier*value.lines.365")


@feature("price", "yes/no", "Buyer and seller are related.")
def related(lines: Lines, known: Known) -> Floats:
    """Buyer and seller are related, so the price may not be a market price."""
    return lines.numbers["related_parties"]
