"""With whom and in what the parties deal: how many, how concentrated, and what is new."""

import numpy as np

from originrisk.features.feature import Feature, feature, named, read
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Lines
from originrisk.features.readings import Reading, count, mean, share, since
from originrisk.features.supplier.roles import PARTIES


def partners(key: str, other: str, words: str) -> Feature:
    """With how many of a kind it has dealt."""
    return named(
        f"{key}_{other}_count",
        "supplier",
        unit="parties",
        meaning=f"Distinct {words} of the {PARTIES.get(key, key)}, ever.",
        sentence=f"The {PARTIES.get(key, key)} has dealt with {{value:.0f}} {words}.",
        column=count(f"{key}.partners.{other}"),
    )


def concentration(key: str, measure: str, words: str, partners: str) -> Feature:
    """How much of its trade is with the same partners."""
    return named(
        f"{key}_{partners}_concentration",
        "supplier",
        unit="share",
        meaning=f"Chance that two lines of the {words} in a year have the same {partners} (Herfindahl index).",
        sentence=f"Two lines of the {words} have the same {partners} with a chance of {{value:.0%}}.",
        column=mean(f"{key}.{measure}.365", f"{key}.lines.365"),
        missing="no lines in the past year",
    )


@read("supplier", "lines", "Supplier and importer had {value:.0f} lines together in the past year.")
def pair_lines() -> Reading:
    """Lines of this supplier to this importer in the past 365 days."""
    return count("supplier*importer.lines.365")


@read("supplier", "days", "Supplier and importer first dealt {value:.0f} days ago.", missing="first deal")
def pair_age() -> Reading:
    """Days since the first line of this supplier to this importer."""
    return since("supplier*importer.first")


@read("supplier", "share", "{value:.0%} of the importer's lines of the past year came from this supplier.")
def supplier_share_at_importer() -> Reading:
    """Share of the importer's lines of the past 365 days that came from this supplier."""
    return share("supplier*importer.lines.365", "importer.lines.365")


@read("supplier", "lines", "The supplier had {value:.0f} lines of these very goods in the past year.")
def supplier_lines_of_goods() -> Reading:
    """Lines of the supplier of the same HTSUS number in the past 365 days."""
    return count("supplier*hts10.lines.365")


@feature(
    "supplier",
    "yes/no",
    "The supplier now declares an origin that it has not declared before.",
    missing="new supplier",
)
def new_origin_of_supplier(lines: Lines, known: Known) -> Floats:
    """The supplier was seen before, but never with this origin."""
    seen = known.count("supplier.lines.ever") > 0
    return np.where(seen, known.count("supplier*origin.lines.ever") == 0, np.nan)


@feature(
    "supplier",
    "yes/no",
    "The supplier now uses a seller that it has not used before.",
    missing="new supplier",
)
def new_seller_of_supplier(lines: Lines, known: Known) -> Floats:
    """The supplier was seen before, but never with this seller."""
    seen = known.count("supplier.lines.ever") > 0
    return np.where(seen, known.count("supplier*seller.lines.ever") == 0, np.nan)
