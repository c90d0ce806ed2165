"""What examinations found at the parties of a line."""

from originrisk.features.feature import Feature, feature, named, read
from originrisk.features.history.measures import MAKERS, TRADERS, suspicion_of
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines
from originrisk.features.readings import Reading, count, rate, since


def found_rate(key: str, words: str) -> Feature:
    """How often examinations of it found Xinjiang inputs."""
    return named(
        f"{key}_found_rate",
        "supplier",
        unit="share",
        meaning=f"Share of examinations of the {words} that found Xinjiang inputs, shrunk to the general share.",
        sentence=f"{{value:.1%}} of known examinations of the {words} found Xinjiang inputs (shrunk).",
        column=rate(key),
        monotone=1,
    )


def found(key: str, words: str) -> Feature:
    """How many examinations of it found Xinjiang inputs."""
    return named(
        f"{key}_found",
        "supplier",
        unit="lines",
        meaning=f"Known examinations of the {words} that found Xinjiang inputs.",
        sentence=f"{{value:.0f}} known examinations of the {words} found Xinjiang inputs.",
        column=count(f"{key}.found.ever"),
        monotone=1,
    )


def examined(key: str, words: str) -> Feature:
    """How many examinations of it are known."""
    return named(
        f"{key}_examined",
        "supplier",
        unit="lines",
        meaning=f"Known conclusive examinations of the {words}.",
        sentence=f"{{value:.0f}} examinations of the {words} are known.",
        column=count(f"{key}.examined.ever"),
    )


def since_found(key: str, words: str) -> Feature:
    """How long ago Xinjiang inputs were last found at it."""
    return named(
        f"days_since_{key}_found",
        "supplier",
        unit="days",
        meaning=f"Days since Xinjiang inputs were last found at the {words}.",
        sentence=f"Xinjiang inputs were found at the {words} {{value:.0f}} days ago.",
        column=since(f"{key}.found_on"),
        missing="never found",
    )


@read(
    "supplier",
    "share",
    "{value:.1%} of examinations in this city and origin found Xinjiang inputs.",
    monotone=1,
)
def city_found_rate() -> Reading:
    """Share of examinations of makers in the same city and origin that found Xinjiang inputs, shrunk."""
    return rate("origin", "city*origin")


@read(
    "supplier",
    "share",
    "{value:.1%} of examinations of MIDs with this stem found Xinjiang inputs.",
    monotone=1,
)
def mid_stem_found_rate() -> Reading:
    """Share of examinations of MIDs of the same country and name part that found Xinjiang inputs, shrunk."""
    return rate("mid_stem")


@read(
    "supplier",
    "share",
    "{value:.1%} of examinations handed in by this filer found Xinjiang inputs.",
    monotone=1,
)
def filer_found_rate() -> Reading:
    """Share of examinations of the filer's entries that found Xinjiang inputs, shrunk."""
    return rate("filer")


@feature(
    "supplier",
    "share",
    "Examinations of makers tied to this line found Xinjiang inputs {value:.1%} more often than usual.",
    monotone=1,
)
def maker_suspicion(lines: Lines, known: Known) -> Floats:
    """Highest shrunk find rate of MID, maker's name and address, above the general rate."""
    return suspicion_of(known, MAKERS)


@feature(
    "supplier",
    "share",
    "Examinations of traders tied to this line found Xinjiang inputs {value:.1%} more often than usual.",
    monotone=1,
)
def trader_suspicion(lines: Lines, known: Known) -> Floats:
    """Highest shrunk find rate of seller and consolidator, above the general rate."""
    return suspicion_of(known, TRADERS)
