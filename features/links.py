"""Links: what is known of those around the parties of a line, one and two steps away."""

import numpy as np

from originrisk.features.commodity.beginnings import age
from originrisk.features.feature import Feature, feature, named, read
from originrisk.features.history.view import Known, listed
from originrisk.features.lines import Bools, Floats, Lines
from originrisk.features.readings import Reading, count, mean, rate, share, since

AROUND = {
    "importer": "importer",
    "seller": "seller",
    "consolidator": "consolidator",
    "address": "address",
    "supplier": "supplier",
}


@feature("links", "yes/no", "A party of the maker's name is listed under an order.", monotone=1, dated=True)
def maker_listed(lines: Lines, known: Known) -> Bools:
    """A party of the maker's name stood on a list before the day."""
    return listed(lines, "manufacturer_name", known)


@feature(
    "links", "yes/no", "The seller's or consolidator's name is listed under an order.", monotone=1, dated=True
)
def trader_listed(lines: Lines, known: Known) -> Bools:
    """A party of the seller's or consolidator's name stood on a list before the day."""
    return listed(lines, "seller_name", known) | listed(lines, "consolidator_name", known)


@feature(
    "links",
    "probability",
    "The maker's name is that of a listed party with a probability of {value:.0%}.",
    missing="no name declared",
    monotone=1,
    dated=True,
)
def maker_list_match(lines: Lines, known: Known) -> Floats:
    """Probability that the maker, by name and city, is a party on a list, however it is spelled."""
    name, city = (lines.texts[f"manufacturer_{part}"] for part in ("name", "city"))
    return known.listings.spelled.probability(name, city, known.today)


@feature(
    "links",
    "probability",
    "The seller's or consolidator's name is that of a listed party with a probability of {value:.0%}.",
    missing="neither declared",
    monotone=1,
    dated=True,
)
def trader_list_match(lines: Lines, known: Known) -> Floats:
    """Probability that the seller or the consolidator, by name, is a party on a list: the likelier of the two."""
    spelled = known.listings.spelled
    seller, consolidator = (
        spelled.probability(lines.texts[f"{trader}_name"], None, known.today)
        for trader in ("seller", "consolidator")
    )
    return np.fmax(seller, consolidator)


def _listed_around(key: str, words: str) -> Feature:
    return named(
        f"{key}_listed_lines",
        "links",
        unit="lines",
        meaning=f"Lines of the {words} from makers that were listed when the line was learned.",
        sentence=f"The {words} handled {{value:.0f}} lines of listed makers.",
        column=count(f"{key}.listed.ever"),
        monotone=1,
    )


def _suspicion_around(key: str, of: str, words: str) -> Feature:
    return named(
        f"{key}_{of}_suspicion",
        "links",
        unit="share",
        meaning=f"Mean find rate, above the general one, of the {of}s that the {words} dealt with in the past year.",
        sentence=f"Examinations of {of}s tied to this {words} found Xinjiang inputs {{value:.1%}} above the usual.",
        column=mean(f"{key}.{of}_suspicion.365", f"{key}.lines.365"),
        missing="no lines in the past year",
        monotone=1,
    )


@read(
    "links",
    "share",
    "{value:.0%} of the importer's lines of these goods came from this supplier.",
    missing="goods new",
)
def supplier_share_of_goods_at_importer() -> Reading:
    """Share of the importer's lines of the same HTS-6 in the past 365 days that came from this supplier."""
    return share("importer*hts6*supplier.lines.365", "importer*hts6.lines.365")


@read("links", "days", "Seller and supplier first dealt {value:.0f} days ago.", missing="first deal")
def seller_supplier_age() -> Reading:
    """Days since the first line of this supplier through this seller."""
    return since("supplier*seller.first")


@read("links", "days", "Importer and seller first dealt {value:.0f} days ago.", missing="first deal")
def importer_seller_age() -> Reading:
    """Days since the first line of this importer through this seller."""
    return since("importer*seller.first")


@read("links", "days", "Importer and consolidator first dealt {value:.0f} days ago.", missing="first deal")
def importer_consolidator_age() -> Reading:
    """Days since the first line of this importer through this consolidator."""
    return since("importer*consolidator.first")


@feature(
    "links",
    "days",
    "Importer and seller dealt {value:.0f} days before the supplier appeared.",
    missing="first deal",
)
def new_supplier_old_ties(lines: Lines, known: Known) -> Floats:
    """Days that importer and seller have dealt, less the supplier's age: large where a new supplier has old ties."""
    return known.since("importer*seller.first") - age(known, "supplier.first")


def _flow_rate(flow: str, parent: str, words: str) -> Feature:
    return named(
        f"{flow.replace('*', '_')}_found_rate",
        "links",
        unit="share",
        meaning=f"Share of examinations of the same {words} that found Xinjiang inputs, shrunk to the {parent}'s.",
        sentence=f"{{value:.1%}} of known examinations of the same {words} found Xinjiang inputs (shrunk).",
        column=rate(parent, flow),
        monotone=1,
    )


FEATURES: tuple[Feature, ...] = (
    maker_listed,
    trader_listed,
    maker_list_match,
    trader_list_match,
    *[_listed_around(key, words) for key, words in AROUND.items()],
    *[
        _suspicion_around(key, "maker", AROUND[key])
        for key in ("importer", "seller", "consolidator", "address")
    ],
    *[_suspicion_around(key, "trader", AROUND[key]) for key in ("importer", "supplier", "address")],
    _flow_rate("supplier*importer", "supplier", "supplier and importer"),
    _flow_rate("supplier*hts6", "supplier", "supplier and goods"),
    _flow_rate("importer*seller", "seller", "importer and seller"),
    _flow_rate("importer*maker", "maker", "importer and maker"),
    _flow_rate("importer*hts6", "importer", "importer and goods"),
    _flow_rate("importer*hts6*origin", "importer", "importer, goods and origin"),
    supplier_share_of_goods_at_importer,
    seller_supplier_age,
    importer_seller_age,
    importer_consolidator_age,
    new_supplier_old_ties,
)
