"""The price against the party's own past, and the level at which the party trades."""

from originrisk.features.feature import Feature, named
from originrisk.features.history.prices import log_prices, party_mean
from originrisk.features.history.tallies import PRICE_LEVELS
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines
from originrisk.features.price.benchmark import fair


def against_own(party: str, price: str, words: str) -> Feature:
    """How the price stands to what the party was used to."""

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


def level(party: str, price: str, words: str) -> Feature:
    """How the party's usual price stands to that of others."""

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
