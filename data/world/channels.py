"""Through whom and over which lane goods go: sellers, consolidators, importers, filers, routes."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from originrisk.data.world.catalogue import choose_group, countries, routes
from originrisk.data.world.parties import CONSOLIDATOR, SELLER
from originrisk.data.world.settings import WorldSettings


def channels(
    rng: np.random.Generator, settings: WorldSettings, parties: pd.DataFrame, frame: pd.DataFrame
) -> pd.DataFrame:
    """Seller, consolidator, importer, filer and lane. Knowing flows lean to a few houses, which serve others too."""
    count = len(frame)
    abroad = (frame["origin"] != countries().index("CN")).to_numpy()
    narrow = frame["known"].to_numpy() & (rng.random(count) < settings.link_strength)
    bound = parties["dependence"].to_numpy()[frame["maker"]] * frame["cotton"].to_numpy()
    through_trader = rng.random(count) < 0.12 + 0.5 * bound + 0.2 * narrow
    seller = np.where(through_trader, _house(rng, parties, SELLER, narrow), frame["maker"])
    importers = max(60, int(0.45 * (parties["kind"] == 0).sum()))
    importer = (importers * rng.random(count) ** 1.6).astype(np.int64)
    home = (importer * 7919 + frame["family"].to_numpy() * 104_729) % importers
    importer = np.where(rng.random(count) < 0.85, home, importer)
    filers = min(220, 12 + importers // 25)
    filer = np.where(rng.random(count) < 0.85, (importer * 31) % filers, rng.integers(0, filers, count))
    return frame.assign(
        seller=seller,
        consolidator=_house(rng, parties, CONSOLIDATOR, narrow),
        importer=importer,
        filer=filer,
        route=lanes(
            rng, frame["origin"].to_numpy(), rng.random(count) < settings.lane_strength * bound * abroad
        ),
        consignee=np.where(rng.random(count) < 0.86, importer, rng.integers(0, importers, count)),
        related=parties["related"].to_numpy(dtype=bool)[frame["maker"]] & (rng.random(count) < 0.7),
    )


def _house(
    rng: np.random.Generator, parties: pd.DataFrame, kind: int, narrow: NDArray[np.bool_]
) -> NDArray[np.int64]:
    houses = np.flatnonzero(parties["kind"] == kind)
    few = max(3, len(houses) // 12)
    some = (len(houses) * rng.random(len(narrow)) ** 1.4).astype(int)
    return houses[np.where(narrow, rng.integers(0, few, len(narrow)), some)]


def lanes(
    rng: np.random.Generator, origin: NDArray[np.int64], through_china: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """A route of each origin; those `through_china` are laden in China where such a route exists."""
    table = routes()
    weight = table["weight"].to_numpy()
    usual = choose_group(rng, origin, table["origin"].to_numpy(), weight)
    chinese = ((table["export"] == "CN") | (table["export"] == "HK")).to_numpy()
    able = through_china & np.isin(origin, table["origin"].to_numpy()[chinese])
    key = np.where(chinese, table["origin"].to_numpy(), -1)
    usual[able] = choose_group(rng, origin[able], key, weight)
    return usual
