"""Route: where the goods say they were made, exported and loaded, and how usual that way is."""

from functools import partial
from typing import Final

import numpy as np

from originrisk.features.catalogue.feature import Feature, ratio, share, since
from originrisk.features.declared import differs, exported_from, made_in, through_china
from originrisk.features.history.view import PointInTimeView
from originrisk.features.lines import Floats, Lines


def _days_in_transit(lines: Lines, _view: PointInTimeView) -> Floats:
    export = lines.days["export_date"]
    return np.where(export >= 0, lines.days["entry_date"] - export, np.nan)


_days = partial(Feature, "route", unit="days")
_share = partial(Feature, "route", unit="share")
_LANE: Final = "origin*export*lading"

# fmt: off
FEATURES: Final[tuple[Feature, ...]] = (
    Feature("route", "exported_elsewhere", "yes/no",
            "Country of export is not the declared origin.",
            lambda lines, _: differs(made_in(lines), exported_from(lines))),
    Feature("route", "passed_through_china", "yes/no",
            "Declared elsewhere, but exported from or loaded in China, Hong Kong or Macau.",
            lambda lines, _: through_china(lines)),
    _days("days_in_transit", meaning="Days from export to entry.",
          column=_days_in_transit, missing="export date not declared"),
    _days("lane_age", meaning="Days since the first line of the same origin, country of export and port of lading.",
          column=since(f"{_LANE}.first"), missing="lane never taken"),
    _days("lane_goods_age", meaning="Days since the lane's first line of the heading.",
          column=since(f"{_LANE}*hts4.first"), missing="goods never came by this lane"),
    _share("lane_share_of_origin", meaning="Share of the origin's lines of the past 365 days that came by this lane.",
           column=ratio(f"{_LANE}.lines.365", "origin.lines.365"), missing="origin not seen"),
    _share("hub_share",
           meaning="Share of the lines by the port of lading in the past 365 days that were made elsewhere: high at"
                   " hubs.",
           column=share("abroad", "lading"), missing="port not seen"),
    _days("supplier_port_age", meaning="Days since the supplier's first line by the same port of lading.",
          column=since("supplier*lading.first"), missing="port new to the supplier"),
    _days("importer_port_age", meaning="Days since the importer's first line by the same port of lading.",
          column=since("importer*lading.first"), missing="port new to the importer"),
    _share("detour_share",
           meaning="Share of lines in a year that passed through China undeclared: highest of supplier, seller, "
                   "consolidator, importer.",
           column=share("detour", "supplier", "seller", "consolidator", "importer"),
           missing="no lines in the past year"),
    _share("importer_china_share_of_goods",
           meaning="Share of the importer's lines of the same HTS-6 in the past 365 days declared Chinese.",
           column=share("china", "importer*hts6"), missing="goods new to the importer"),
    _days("importer_origin_age", meaning="Days since the importer's first line of the same HTS-6 with this origin.",
          column=since("importer*hts6*origin.first"), missing="origin new for these goods"),
)
# fmt: on
