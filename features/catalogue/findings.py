"""Findings: what examinations found at the parties of a line, in its goods and on its way, and how long ago.

Inconclusive examinations and denials are no findings: they are counted apart (`PointInTimeView.facts`).
"""

from functools import partial
from typing import Final

import numpy as np

from originrisk.features.catalogue.feature import Feature, highest_rate, rate, since
from originrisk.features.history.measures import MAKERS, TRADERS
from originrisk.features.history.view import PointInTimeView
from originrisk.features.lines import Floats, Lines


def _pair(lines: Lines, view: PointInTimeView) -> Floats:
    """Each pair's rate is shrunk to that of its maker alone."""
    pairs = rate("supplier", "supplier*importer"), rate("maker", "importer*maker")
    return np.maximum(*(pair(lines, view) for pair in pairs))


_rate = partial(Feature, "findings", unit="share", monotone=1)
_ago = partial(Feature, "findings", unit="days", missing="never found")

# fmt: off
FEATURES: Final[tuple[Feature, ...]] = (
    _rate("pair_found_rate",
          meaning="Find rate of importer and maker together, by MID or by name, the higher one, shrunk to the "
                  "maker's.",
          column=_pair),
    _rate("importer_goods_found_rate", meaning="Find rate of importer and HTS-6, shrunk to the importer's.",
          column=rate("importer", "importer*hts6")),
    _rate("importer_goods_origin_found_rate",
          meaning="Find rate of importer, HTS-6 and origin, shrunk to the importer's.",
          column=rate("importer", "importer*hts6*origin")),
    _rate("importer_found_rate", meaning="Find rate of the importer.",
          column=rate("importer")),
    _rate("maker_found_rate", meaning="Find rate of the maker: the highest by MID, name and address.",
          column=highest_rate(*MAKERS)),
    _rate("maker_goods_found_rate", meaning="Find rate of maker and HTS-6, shrunk to the maker's.",
          column=rate("supplier", "supplier*hts6")),
    _rate("mid_stem_found_rate", meaning="Find rate of MIDs of the same country and name part.",
          column=rate("mid_stem")),
    _rate("trader_found_rate", meaning="Find rate of seller and consolidator: the higher one.",
          column=highest_rate(*TRADERS)),
    _rate("city_found_rate", meaning="Find rate of makers in the same city, shrunk to that of the origin.",
          column=rate("origin", "city*origin")),
    _rate("filer_found_rate", meaning="Find rate of the filer's entries.",
          column=rate("filer")),
    _rate("goods_origin_found_rate",
          meaning="Find rate of HTS-6 and origin, shrunk to heading and origin, then to the heading.",
          column=rate("hts4", "hts4*origin", "hts6*origin")),
    _rate("tariff_number_found_rate", meaning="Find rate of the HTSUS number, shrunk to its heading.",
          column=rate("hts4", "hts10")),
    _rate("description_found_rate",
          meaning="Find rate of goods of this very description, shrunk to that of the HTSUS number, then to "
                  "the heading.",
          column=rate("hts4", "hts10", "text")),
    _rate("lane_goods_found_rate",
          meaning="Find rate of the heading on the lane, shrunk to the lane, then to its origin.",
          column=rate("origin", "origin*export*lading", "origin*export*lading*hts4")),
    _ago("days_since_importer_found", meaning="Days since Xinjiang inputs were last found at the importer.",
         column=since("importer.found_on")),
    _ago("days_since_maker_found",
         meaning="Days since they were last found at the MID, the maker's name or its address.",
         column=since(*(f"{key}.found_on" for key in MAKERS))),
    _ago("days_since_trader_found", meaning="Days since they were last found at the seller or the consolidator.",
         column=since(*(f"{key}.found_on" for key in TRADERS))),
)
# fmt: on
