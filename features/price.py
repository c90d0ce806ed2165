"""Price against fair market value, in spreads of the goods' own benchmark; below market is evidence, never proof."""

import numpy as np
from scipy.special import ndtr

from data import as_of
from features.commodity.cotton import lint_per_kilo
from features.dates import entry_dates
from features.descriptions import pack_count
from features.fair_value import Benchmark, benchmarks, log_freight, log_prices, party_mean
from features.feature import Feature, feature, named, read
from features.goods import positive, units
from features.known import Known
from features.lines import Bools, Floats, Lines, shared
from features.readings import Reading, count
from features.tallies import LOW_MEASURES, LOW_STEPS, PRICE_LEVELS, RARITY_LEVEL

KILOS_PER_POUND = 0.45359237
NORMAL_WEIGHT = 20.0
"""Lines that the normal law counts for in the rarity of a price."""

LOW = "{value:+.1f} spreads from the fair market value of such goods"


def fair(known: Known, price: str) -> Benchmark:
    """Benchmark without the line's own supplier and importer."""
    return _of_others(known)[PRICE_LEVELS[0]].of(price)


@shared
def _of_others(known: Known) -> dict[str, Benchmark]:
    return benchmarks(known, own=False)


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
    cents_per_pound = as_of.lint_price(entry_dates(lines))
    cost_per_kilo = cents_per_pound / 100 / KILOS_PER_POUND * positive(lint_per_kilo.compute(lines, known))
    return log_prices(lines)["kilo"] - np.log(cost_per_kilo)


def _fair_of_all_origins(known: Known) -> Benchmark:
    return _of_others(known)[PRICE_LEVELS[1]].of("kilo")


@feature(
    "price",
    "spreads",
    "The value per kg is {value:+.1f} spreads from that of such goods of all origins.",
    missing="no weight, or no like goods seen",
)
def kilo_value_against_all_origins(lines: Lines, known: Known) -> Floats:
    """Value per kg against the fair market value of the goods whatever their origin, in spreads."""
    return _fair_of_all_origins(known).deviation(log_prices(lines)["kilo"])


@feature(
    "price",
    "ln",
    "Such goods of this origin are worth {times:.2f} times those of all origins.",
    missing="no like goods seen",
)
def origin_value_level(lines: Lines, known: Known) -> Floats:
    """ln of the fair market value per kg of the goods of this origin over that of all origins."""
    return fair(known, "kilo").centre - _fair_of_all_origins(known).centre


@feature(
    "price",
    "share",
    "{value:.1%} of the past year's lines of such goods were cheaper.",
    missing="no weight, or no like goods seen",
)
def share_cheaper(lines: Lines, known: Known) -> Floats:
    """Share of the past year's lines of the same goods that lay further below their fair value; 0.5 is usual."""
    deviation = _deviation(lines, known, "kilo")
    count = known.count(f"{RARITY_LEVEL}.kilo_n.365")[:, None]
    under = np.column_stack([known.count(f"{RARITY_LEVEL}.{name}.365") for name in LOW_MEASURES])
    shares = (under + NORMAL_WEIGHT * ndtr(LOW_STEPS)) / (count + NORMAL_WEIGHT)
    return _between(deviation, shares)


def _between(deviation: Floats, shares: Floats) -> Floats:
    """Shares (n, steps) read at deviations (n,), in a straight line between steps; the ends hold beyond them."""
    steps = np.array(LOW_STEPS)
    near = np.clip(np.nan_to_num(deviation), steps[0], steps[-1])
    right = np.clip(np.searchsorted(steps, near), 1, len(steps) - 1)
    rows = np.arange(len(near))
    part = (near - steps[right - 1]) / (steps[right] - steps[right - 1])
    between = shares[rows, right - 1] * (1 - part) + shares[rows, right] * part
    return np.where(np.isnan(deviation), np.nan, between)


@feature(
    "price",
    "spreads",
    "Taken as packs or as pieces, the value per unit is {value:+.1f} spreads from the fair value at best.",
    missing="no quantity, or no like goods seen",
)
def pack_value_deviation(lines: Lines, known: Known) -> Floats:
    """Value per unit against the fair market value, the quantity read as packs where that fits better."""
    as_declared = _deviation(lines, known, "unit")
    as_packs = as_declared - np.log(pack.compute(lines, known)) / fair(known, "unit").spread
    return np.where(np.abs(as_packs) < np.abs(as_declared), as_packs, as_declared)


@feature("price", "yes/no", "The value is a round number.")
def round_value(lines: Lines, known: Known) -> Bools:
    """Entered value is a whole multiple of 100 dollars."""
    whole: Bools = np.mod(lines.numbers["entered_value_usd"], 100) == 0
    return whole


@read("price", "lines", "The supplier declared exactly this value {value:.0f} times in the past year.")
def repeated_value() -> Reading:
    """Lines of the supplier with exactly the same value in the past 365 days."""
    return count("supplier*value.lines.365")


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
    kilo_value_against_all_origins,
    origin_value_level,
    share_cheaper,
    pack_value_deviation,
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
