"""How long and how busily a party has traded."""

from originrisk.features.commodity.beginnings import after_legal_date
from originrisk.features.feature import Feature, named
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines
from originrisk.features.readings import Reading, count, share, since


def age(key: str, words: str) -> Feature:
    """How old a party is."""
    return named(
        f"{key}_age",
        "supplier",
        unit="days",
        meaning=f"Days since the first line of the {words}.",
        sentence=f"The {words} was first seen {{value:.0f}} days ago.",
        column=since(f"{key}.first"),
    )


def idle(key: str, words: str) -> Feature:
    """How long ago its latest line was."""
    return named(
        f"{key}_idle",
        "supplier",
        unit="days",
        meaning=f"Days since the latest line of the {words}.",
        sentence=f"The {words} was last seen {{value:.0f}} days ago.",
        column=since(f"{key}.last"),
    )


def lines_of_year(key: str, words: str) -> Feature:
    """How busy it was in the past year."""
    return named(
        f"{key}_lines",
        "supplier",
        unit="lines",
        meaning=f"Lines of the {words} in the past 365 days.",
        sentence=f"The {words} had {{value:.0f}} lines in the past year.",
        column=count(f"{key}.lines.365"),
    )


def burst(key: str, words: str) -> Feature:
    """Whether it is busier than usual."""
    return named(
        f"{key}_burst",
        "supplier",
        unit="ratio",
        meaning=f"Lines of the {words} in the past 30 days, times twelve, against the past 365 days (1 is steady).",
        sentence=f"The {words} is {{value:.1f}} times as busy as usual.",
        column=Reading(_against_usual, (f"{key}.lines.30", f"{key}.lines.365")),
    )


def _against_usual(_known: Known, month: Floats, year: Floats) -> Floats:
    return (12 * month + 1) / (year + 1)


def recent_share(key: str, words: str) -> Feature:
    """How much of all its trade is of the past year."""
    return named(
        f"{key}_recent_share",
        "supplier",
        unit="share",
        meaning=f"Share of all lines of the {words} that fell in the past 365 days: low where it dwindles.",
        sentence=f"{{value:.0%}} of all lines of the {words} fell in the past year.",
        column=share(f"{key}.lines.365", f"{key}.lines.ever"),
    )


def new_supplier_share(key: str, words: str) -> Feature:
    """How many of its lines came from new suppliers."""
    return named(
        f"{key}_new_supplier_share",
        "supplier",
        unit="share",
        meaning=f"Share of the lines of the {words} in the past 365 days whose supplier was not 90 days old.",
        sentence=f"{{value:.0%}} of the lines of the {words} in the past year came from new suppliers.",
        column=share(f"{key}.fresh.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def returned_share(key: str, words: str) -> Feature:
    """How many of its lines came from suppliers that had been away."""
    return named(
        f"{key}_returned",
        "supplier",
        unit="share",
        meaning=f"Share of the lines of the {words} in a year whose supplier came back after 180 days without a line.",
        sentence=f"{{value:.0%}} of the lines of the {words} came from suppliers back after half a year's silence.",
        column=share(f"{key}.returned.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


def begun_after_legal_date(key: str, words: str) -> Feature:
    """How soon after a legal date it, or these dealings, began."""

    def column(lines: Lines, known: Known) -> Floats:
        return after_legal_date(known, lines, f"{key}.first")

    return named(
        f"{key.replace('*', '_')}_begun_after_legal_date",
        "supplier",
        unit="days",
        meaning=f"Days from the last legal date on the goods to the first line of the {words} (this one, if none yet).",
        sentence=f"The {words} began {{value:.0f}} days after a legal date on these goods.",
        column=column,
        missing="no legal date before",
        dated=True,
    )
