"""One contract follows another: the old one ends, the new one keeps importer, seller and consolidator."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from originrisk.data.world.catalogue import countries
from originrisk.data.world.parties import SHELL, draw_places, seat
from originrisk.data.world.settings import WorldSettings

Pair = tuple[pd.DataFrame, pd.DataFrame]


def succeed(
    rng: np.random.Generator, contracts: pd.DataFrame, rows: NDArray[np.int64], day: NDArray[np.int64]
) -> Pair:
    """End the contracts of `rows` on `day`; their followers begin some weeks later with the weight of the rest."""
    first, last = contracts["first"].to_numpy(copy=True), contracts["last"].to_numpy(copy=True)
    follow = np.minimum(day + rng.integers(5, 60, len(rows)), last[rows]).astype(np.int32)
    rest = (last[rows] - follow + 1) / (last[rows] - first[rows] + 1)
    weight = contracts["weight"].to_numpy(copy=True)
    followers = contracts.iloc[rows].assign(
        first=follow, weight=weight[rows] * rest, before=contracts["party"].to_numpy()[rows]
    )
    weight[rows] *= 1 - rest
    last[rows] = day - 1
    return contracts.assign(last=last, weight=weight), followers


def rename(
    rng: np.random.Generator,
    settings: WorldSettings,
    parties: pd.DataFrame,
    flows: pd.DataFrame,
    moved: NDArray[np.bool_],
) -> Pair:
    """A new party for each flow that moved; flows of one maker to one country share it."""
    rows = np.flatnonzero(moved)
    key = flows["maker"].to_numpy()[rows] * len(countries()) + flows["origin"].to_numpy()[rows]
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    old = parties.iloc[flows["party"].to_numpy()[rows][first]].reset_index(drop=True)
    country = flows["origin"].to_numpy()[rows][first]
    fresh = seat(rng, old.assign(kind=SHELL, country=country))
    stays = (old["country"] == country).to_numpy() & (rng.random(len(old)) < 0.7)
    elsewhere = draw_places(rng, country, np.zeros(len(old), dtype=bool))
    fresh["place"] = np.where(stays, old["place"], elsewhere)
    neighbour = stays & (rng.random(len(old)) < 0.3 + 0.5 * settings.link_strength)
    for column in ("street", "house", "postal"):
        fresh[column] = np.where(neighbour, old[column], fresh[column])
    party = flows["party"].to_numpy(copy=True)
    party[rows] = len(parties) + place
    return pd.concat([parties, fresh], ignore_index=True), flows.assign(party=party)
