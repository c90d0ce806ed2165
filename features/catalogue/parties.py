"""Parties: how long and how busily the parties of a line have traded, and what their lines were like."""

from functools import partial
from typing import Final

from originrisk.features.catalogue.feature import Feature, count, share, since
from originrisk.features.history.measures import MAKERS, TRADERS

_days = partial(Feature, "parties", unit="days", missing="never seen before")
_share = partial(Feature, "parties", unit="share", missing="no lines in the past year")

# fmt: off
FEATURES: Final[tuple[Feature, ...]] = (
    _days("supplier_age",
          meaning="Days since the first line of the supplier: of its MID, without one of the maker's name.",
          column=since("supplier.first")),
    _days("trader_age", meaning="Days since the first line of the younger of seller and consolidator seen before.",
          column=since(*(f"{key}.first" for key in TRADERS))),
    _days("importer_age", meaning="Days since the first line of the importer.",
          column=since("importer.first")),
    Feature("parties", "importer_lines", "lines",
            "Lines of the importer in the past 365 days.",
            count('importer.lines.365'), "never seen before"),
    _share("maker_china_share",
           meaning="Share of lines in a year declared Chinese: highest of MID, maker's name and address.",
           column=share("china", *MAKERS)),
    _share("trader_china_share",
           meaning="Share of lines in a year declared Chinese: the higher of seller and consolidator.",
           column=share("china", *TRADERS)),
    _share("importer_china_share", meaning="Share of the importer's lines in a year declared Chinese.",
           column=share("china", "importer")),
    _share("supplier_new_share", meaning="Share of the supplier's lines in a year that fell in its first 90 days.",
           column=share("fresh", "supplier")),
    _share("trader_new_supplier_share",
           meaning="Share of lines in a year from suppliers not 90 days old: the higher of seller and consolidator.",
           column=share("fresh", *TRADERS)),
    _share("importer_new_supplier_share",
           meaning="Share of the importer's lines in a year from suppliers not 90 days old.",
           column=share("fresh", "importer")),
    _share("maker_cheap_share",
           meaning="Share of lines in a year priced far below fair value: highest of MID, maker's name and address.",
           column=share("cheap", *MAKERS)),
)
# fmt: on
