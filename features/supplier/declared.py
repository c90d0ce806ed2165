"""Where the maker is declared to be, and which parties are not declared."""

import numpy as np

from originrisk.data.identifiers import postal_code
from originrisk.features.feature import feature
from originrisk.features.history.view import Known
from originrisk.features.lines import Floats, Ints, Lines, entry_dates
from originrisk.features.places import maker_in_china, maker_in_xinjiang, names_xinjiang


@feature(
    "supplier",
    "likeness",
    "The declared maker's name or place is of Xinjiang ({value:.1f}).",
    monotone=1,
)
def names_place_in_xinjiang(lines: Lines, known: Known) -> Floats:
    """Maker's name, city, postal code or address is of Xinjiang: 1 if clear, 0.5 if shared elsewhere or not agreed."""
    named = lines.texts["manufacturer_name"].read(names_xinjiang, 0.0)
    return np.maximum(named, maker_in_xinjiang(lines))


@feature("supplier", "state", "The state of the maker's postal code.", kind="category", dated=True)
def postal_state(lines: Lines, known: Known) -> Ints:
    """Postal code of a maker in China, by MID or else origin: not yet required, missing, invalid, other, Xinjiang."""
    given = lines.texts["manufacturer_postal_code"].read(
        postal_code.state_of, postal_code.RegionAlert.MISSING
    )
    state = postal_code.region_alert(maker_in_china(lines), given, entry_dates(lines))
    return state.astype(np.int64)


@feature("supplier", "cells", "{value:.0f} of the optional cells that tell of the parties are empty.")
def undeclared_parties(lines: Lines, known: Known) -> Ints:
    """Empty cells among MID, maker's name, address, city, seller and consolidator."""
    names = ("manufacturer_id", "manufacturer_name", "manufacturer_address", "manufacturer_city")
    cells = (*names, "seller_name", "consolidator_name")
    empty: Ints = np.add.reduce([lines.texts[name].null.astype(np.int64) for name in cells])
    return empty
