"""The price against the fair market value of such goods."""

from originrisk.features.feature import feature
from originrisk.features.history.prices import log_prices
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines
from originrisk.features.price.benchmark import deviation, fair, fair_of_all_origins

LOW = "{value:+.1f} spreads from the fair market value of such goods"


@feature("price", "spreads", f"The value per unit is {LOW}.", missing="no quantity, or no like goods seen")
def unit_value_deviation(lines: Lines, known: Known) -> Floats:
    """Value per unit against the fair market value of the goods and origin, in spreads (negative is below)."""
    return deviation(lines, known, "unit")


@feature("price", "spreads", f"The value per kg is {LOW}.", missing="no weight, or no like goods seen")
def kilo_value_deviation(lines: Lines, known: Known) -> Floats:
    """Value per kg against the fair market value of the goods and origin, in spreads (negative is below)."""
    return deviation(lines, known, "kilo")


@feature(
    "price",
    "spreads",
    "The weight per unit is {value:+.1f} spreads from that of such goods.",
    missing="no weight",
)
def unit_weight_deviation(lines: Lines, known: Known) -> Floats:
    """Kilograms per unit against those of the same goods, in spreads."""
    return deviation(lines, known, "mass")


@feature(
    "price",
    "ln",
    "The value per unit is {times:.2f} times the fair market value.",
    missing="no quantity",
)
def unit_value_log_ratio(lines: Lines, known: Known) -> Floats:
    """ln of value per unit over the fair market value."""
    return log_prices(lines)["unit"] - fair(known, "unit").centre


@feature("price", "ln", "The value per kg is {times:.2f} times the fair market value.", missing="no weight")
def kilo_value_log_ratio(lines: Lines, known: Known) -> Floats:
    """ln of value per kg over the fair market value."""
    return log_prices(lines)["kilo"] - fair(known, "kilo").centre


@feature("price", "lines", "{value:.0f} lines of other parties stand behind the fair value.")
def fair_value_support(lines: Lines, known: Known) -> Floats:
    """Lines of other parties of the same HTS-10 and origin in the past year."""
    return fair(known, "kilo").support


@feature(
    "price",
    "spreads",
    "The value per kg is {value:+.1f} spreads from that of such goods of all origins.",
    missing="no weight, or no like goods seen",
)
def kilo_value_against_all_origins(lines: Lines, known: Known) -> Floats:
    """Value per kg against the fair market value of the goods whatever their origin, in spreads."""
    return fair_of_all_origins(known).deviation(log_prices(lines)["kilo"])


@feature(
    "price",
    "ln",
    "Such goods of this origin are worth {times:.2f} times those of all origins.",
    missing="no like goods seen",
)
def origin_value_level(lines: Lines, known: Known) -> Floats:
    """ln of the fair market value per kg of the goods of this origin over that of all origins."""
    return fair(known, "kilo").centre - fair_of_all_origins(known).centre
