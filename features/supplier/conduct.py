"""What the lines of a party were like in the past year."""

from originrisk.features.feature import Feature, named
from originrisk.features.readings import mean, share


def china_share(key: str, words: str) -> Feature:
    """How many of its lines were declared Chinese."""
    return named(
        f"{key}_china_share",
        "supplier",
        unit="share",
        meaning=f"Share of the lines of the {words} in the past 365 days that were declared Chinese.",
        sentence=f"{{value:.0%}} of the lines of the {words} in the past year were declared Chinese.",
        column=share(f"{key}.china.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def cheap_share(key: str, words: str) -> Feature:
    """How many of its lines were cheap."""
    return named(
        f"{key}_cheap_share",
        "supplier",
        unit="share",
        meaning=f"Share of the lines of the {words} in the past 365 days priced far below the fair value.",
        sentence=f"{{value:.0%}} of the lines of the {words} in the past year were far below the fair value.",
        column=share(f"{key}.cheap.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def detour_share(key: str, words: str) -> Feature:
    """How many of its lines passed through China undeclared."""
    return named(
        f"{key}_detour_share",
        "lane",
        unit="share",
        meaning=f"Share of the lines of the {words} in a year that passed through China undeclared.",
        sentence=f"{{value:.0%}} of the lines of the {words} passed through China under another origin.",
        column=share(f"{key}.detour.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def discount(key: str, words: str) -> Feature:
    """How far its prices were from the fair value."""
    return named(
        f"{key}_discount",
        "price",
        unit="spreads",
        meaning=f"Mean deviation of the value per kg of the {words} from the fair value in the past 365 days.",
        sentence=f"The {words} was {{value:+.1f}} spreads from the fair value on the mean of the past year.",
        column=mean(f"{key}.discount.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def cotton_mean(key: str, words: str) -> Feature:
    """How much cotton its goods held."""
    return named(
        f"{key}_cotton_mean",
        "commodity",
        unit="share",
        meaning=f"Mean cotton share of the goods of the {words} in the past 365 days.",
        sentence=f"The goods of the {words} in the past year were {{value:.0%}} cotton on the mean.",
        column=mean(f"{key}.cotton.365", f"{key}.lines.365"),
        missing="no lines in the past year",
        dated=True,
    )
