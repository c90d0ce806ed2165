"""Price against fair market value, in spreads of the goods' own benchmark; below market is evidence, never proof."""

import numpy as np

from data import as_of
from features.commodity import likely_cotton
from features.descriptions import pack_count
from features.fair_value import Benchmark, benchmark, log_freight, log_prices, party_mean
from features.feature import Feature, feature, named
from features.goods import positive, units
from features.known import Known
from features.lines import Bools, Floats, Lines
from features.tallies import PRICE_LEVELS

KILOS_PER_POUND = 0.45359237
LINT_PER_KILO = 1.30
"""Kilograms of lint in a kilogram of cotton garments: USDA's 1.05 for spinning, and usual losses in fabric and cut."""

LOW = "{value:+.1f} spreads from the fair market value of such goods"


def fair(known: Known, price: str) -> Benchmark:
    """Benchmark without the line's own supplier and importer, worked out once."""
    if (memo_key := (fair, price)) not in known.memo:
        known.memo[memo_key] = benchmark(known, price, own=False)
    found: Benchmark = known.memo[memo_key]
    return found


def _deviation(lines: Lines, known: Known, price: str) -> Floats:
    return fair(known, price).deviation(log_prices(lines)[price])


@feature("price", "spreads", f"The value per unit is {LOW}.", missing="no quantity, or no like goods seen")
def unit_value_deviation(lines: Lines, known: Known) -> Floats:
    """Value per unit against the fair market value of the goods and origin, in spreads (negative is below)."""
    return _deviation(lines, known, "unit")


@feature("price", "spreads", f"The value per kg is {LOW}.", missing="no weight, or no like goods seen")
def kilo_value_deviation(lines: Lines, known: Known) -> Floats:
    """Value per kg against the fair market value of the goods and origin, in spreads (negative is below)."""
    return _deviation(lines, known, "kilo")


@feature(
    "price",
    "spreads",
    "The weight per unit is {value:+.1f} spreads from that of such goods.",
    missing="no weight",
)
def unit_weight_deviation(lines: Lines, known: Known) -> Floats:
    """Kilograms per unit against those of the same goods, in spreads."""
    return _deviation(lines, known, "mass")


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
    cents_per_pound = as_of.lint_price(lines.days["entry_date"].astype("datetime64[D]"))
    cost_per_kilo = (
        cents_per_pound
        / 100
        / KILOS_PER_POUND
        * LINT_PER_KILO
        * positive(likely_cotton.compute(lines, known))
    )
    return log_prices(lines)["kilo"] - np.log(cost_per_kilo)


@feature("price", "yes/no", "The value is a round number.")
def round_value(lines: Lines, known: Known) -> Bools:
    """Entered value is a whole multiple of 100 dollars."""
    whole: Bools = np.mod(lines.numbers["entered_value_usd"], 100) == 0
    return whole


@feature("price", "lines", "The supplier declared exactly this value {value:.0f} times in the past year.")
def repeated_value(lines: Lines, known: Known) -> Floats:
    """Lines of the supplier with exactly the same value in the past 365 days."""
    return known.count("supplier*value.lines.365")


@feature("price", "pieces", "The description names packs of {value:.0f}.", missing="no pack named")
def pack(lines: Lines, known: Known) -> Floats:
    """Pieces in a pack by the description, which moves the value per unit."""
    return lines.texts["description"].read(pack_count, np.nan)


@feature("price", "yes/no", "Buyer and seller are related.")
def related(lines: Lines, known: Known) -> Floats:
    """Buyer and seller are related, so the price may not be a market price."""
    return lines.numbers["related_parties"]


def _own(party: str, price: str, words: str) -> Feature:
    def column(lines: Lines, known: Known) -> Floats:
        return log_prices(lines)[price] - party_mean(known, PRICE_LEVELS[1], party, price)

    return named(
        f"{price}_value_against_{party}",
        "price",
        unit="ln",
        meaning=f"ln of value per {words} over the {party}'s own mean of the same goods in the past year.",
        sentence=f"The value per {words} is {{times:.2f}} times the {party}'s own past.",
        column=column,
        missing=f"{party} new to these goods",
    )


def _party_level(party: str, price: str, words: str) -> Feature:
    def column(lines: Lines, known: Known) -> Floats:
        return party_mean(known, PRICE_LEVELS[0], party, price) - fair(known, price).centre

    return named(
        f"{party}_{price}_value_level",
        "price",
        unit="ln",
        meaning=f"ln of the {party}'s mean value per {words} of the past year over the fair market value of others.",
        sentence=f"The {party}'s usual value per {words} is {{times:.2f}} times that of others.",
        column=column,
        missing=f"{party} new to these goods",
    )


FEATURES: tuple[Feature, ...] = (
    unit_value_deviation,
    kilo_value_deviation,
    unit_weight_deviation,
    unit_value_log_ratio,
    kilo_value_log_ratio,
    fair_value_support,
    unit_value,
    kilo_value,
    unit_weight,
    value,
    quantity,
    charges_share,
    freight,
    freight_against_lane,
    value_over_fibre_cost,
    round_value,
    repeated_value,
    pack,
    related,
    _own("supplier", "kilo", "kg"),
    _own("importer", "kilo", "kg"),
    _own("supplier", "unit", "unit"),
    _party_level("supplier", "kilo", "kg"),
    _party_level("importer", "kilo", "kg"),
)
