"""Links: whom the parties of a line hang together with, how firmly, and whether any of them is listed."""

from functools import partial
from typing import Final

import numpy as np

from originrisk.features.catalogue.feature import Feature, mean, ratio, since
from originrisk.features.graph.graph import FLOWS
from originrisk.features.history.view import PointInTimeView, base_rate, shrunk
from originrisk.features.lines import Floats, Lines


def _list_match(lines: Lines, view: PointInTimeView) -> Floats:
    spelled = view.listings.spelled
    city = lines.texts["manufacturer_city"]
    declared = (("manufacturer_name", city), ("seller_name", None), ("consolidator_name", None))
    likeliest: Floats = np.fmax.reduce(
        [spelled.probability(lines.texts[name], of, view.today) for name, of in declared]
    )
    return likeliest


def _listed_neighbours(_lines: Lines, view: PointInTimeView) -> Floats:
    number: Floats = np.sum([view.learner_column(f"graph.{flow}.listed") > 0 for flow in FLOWS], axis=0)
    return number.astype(np.float64)


# What many suppliers share comes first: its rate says least.
FROM_WIDE_TO_NARROW: Final = ("consolidator", "importer", "seller", "address")


def _neighbours_found_rate(_lines: Lines, view: PointInTimeView) -> Floats:
    rate = base_rate(view)
    for flow in FROM_WIDE_TO_NARROW:
        found, examined = (view.learner_column(f"graph.{flow}.{fact}") for fact in ("found", "examined"))
        rate = shrunk(found, examined, rate)
    return rate


_days = partial(Feature, "links", unit="days", missing="first deal")
_share = partial(Feature, "links", unit="share", missing="no lines in the past year")

# fmt: off
FEATURES: Final[tuple[Feature, ...]] = (
    _share("makers_around_excess",
           meaning="Mean find rate above the general one of makers dealt with in a year: highest of importer, "
                   "seller, consolidator, address.",
           column=mean("maker_excess", "importer", "seller", "consolidator", "address"), monotone=1),
    _share("traders_around_excess",
           meaning="Mean find rate above the general one of traders dealt with in a year: highest of importer, "
                   "supplier, address.",
           column=mean("trader_excess", "importer", "supplier", "address"), monotone=1),
    Feature("links", "neighbours_found_rate", "share",
            "Find rate of other suppliers that share importer, seller, consolidator or address with the line, by "
            "the latest close of the graph; narrow ties shrunk to wide ones.",
            _neighbours_found_rate, monotone=1),
    Feature("links", "listed_neighbours", "ties",
            "Of importer, seller, consolidator and address, those shared with another supplier that is listed.",
            _listed_neighbours, monotone=1, dated=True),
    Feature("links", "list_match", "probability",
            "Probability that maker, seller or consolidator, however spelled, is a party on a list: the likeliest.",
            _list_match, "none declared", monotone=1, dated=True),
    _share("supplier_concentration",
           meaning="Chance that two lines of the supplier in a year have the same importer (Herfindahl index).",
           column=mean("captive", "supplier")),
    _share("importer_concentration",
           meaning="Chance that two lines of the importer in a year have the same supplier (Herfindahl index).",
           column=mean("tied", "importer")),
    _share("supplier_share_at_importer",
           meaning="Share of the importer's lines of the past 365 days that came from this supplier.",
           column=ratio("supplier*importer.lines.365", "importer.lines.365")),
    _days("pair_age", meaning="Days since the first line of this supplier to this importer.",
          column=since("supplier*importer.first")),
    _days("importer_seller_age", meaning="Days since the first line of this importer through this seller.",
          column=since("importer*seller.first")),
)
# fmt: on
