"""What a line costs and weighs: goods × origin × cotton price × importer × maker, heavy tails, honest extremes."""

import numpy as np
import pandas as pd
from numpy.random import Generator

from originrisk.data.arrays import Floats
from originrisk.data.reference import materials
from originrisk.data.simulation.contracts import PARCELS
from originrisk.data.simulation.parameters import stream, value, values
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.tables import COTTON, FAMILIES, MIXED, by_country, goods

PARCEL_LIMIT = 800.0
"""Value in dollars up to which a parcel is free of duty (19 U.S.C. 1321)."""


def price(settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Lines with true `quantity`, `unit_value`, `value` in dollars and `weight` in kg; no error of keying yet.

    The second and third line of some shipments are a `component` of a set, whose value stands with the first.
    """
    rng = stream(settings.seed, "prices")
    table = goods()
    row = lines["contract"].to_numpy()
    unit_value = np.exp(_log_unit_value(rng, settings, parties, contracts, lines))
    size = contracts["size"].to_numpy()[row]
    great = np.array([values("value_of_line").get(name, 1.0) for name in FAMILIES])[contracts["family"]][row]
    target = great * np.exp(8.6 + size + rng.normal(0, 0.8, len(lines)))
    parcel = (contracts["mechanism"].to_numpy() == PARCELS)[row]
    target = np.where(parcel, np.minimum(target, rng.uniform(0.2, 1.0, len(lines)) * PARCEL_LIMIT), target)
    quantity = np.maximum(np.round(target / unit_value), 1.0)
    kg = table["kg"].to_numpy()[lines["goods"]]
    build = stream(settings.seed, "weights").normal(0, 0.12, len(parties))[contracts["maker"].to_numpy()[row]]
    weight = quantity * kg * 1.08 * np.exp(build + rng.normal(0, 0.1, len(lines)))
    worth = np.round(quantity * unit_value, 0).clip(1)
    place, shipment = lines["line"].to_numpy(), lines["shipment"].to_numpy()
    set_of = stream(settings.seed, "sets").random(int(shipment.max()) + 1) < value("special", "sets")
    component = set_of[shipment] & np.isin(place, (2, 3))
    in_header = np.bincount(shipment, worth * component)
    worth = np.where(component, 0.0, worth + np.where(place == 1, in_header[shipment], 0.0))
    return lines.assign(
        quantity=quantity, unit_value=unit_value, value=worth, weight=np.round(weight, 1), component=component
    )


def _log_unit_value(
    rng: Generator, settings: WorldSettings, parties: pd.DataFrame, contracts: pd.DataFrame, lines: pd.DataFrame
) -> Floats:
    row = lines["contract"].to_numpy()
    family = contracts["family"].to_numpy()[row]
    fibre = np.isin(family, (COTTON, MIXED))
    importer = rng.normal(0, value("prices", "importer_sd"), int(contracts["importer"].max()) + 1)
    base = np.log(goods()["usd"].to_numpy())[lines["goods"]]
    made = by_country(value("prices", "origin"))[contracts["made"].to_numpy()[row]]
    known, place = np.unique(lines["day"].to_numpy().astype("datetime64[D]"), return_inverse=True)
    level = materials.price("cotton", known)
    by_cotton = value("prices", "cotton_elasticity") * np.log(level / np.nanmean(level))[place]
    effects = (
        made * np.where(fibre, 1.0, 0.6)
        + np.where(fibre, by_cotton, 0.0)
        + importer[contracts["importer"].to_numpy()[row]]
        + parties["price"].to_numpy()[contracts["maker"].to_numpy()[row]]
        + np.where(contracts["related"].to_numpy()[row], value("prices", "related"), 0.0)
        + settings.price_strength * value("prices", "xinjiang") * lines["exposed"].to_numpy()
        + settings.price_strength * value("prices", "kept_apart") * lines["apart"].to_numpy()
        + contracts["shift"].to_numpy()[row]
    )
    noise = rng.standard_t(4, len(lines)).clip(-8, 8) * value("prices", "line_scale")
    honestly_low = rng.random(len(lines)) < value("prices", "closeout_share")  # overstock and seconds
    closeouts = np.where(honestly_low, value("prices", "closeout"), 0.0)
    result: Floats = base + effects + noise + closeouts
    return result


def expected_log_unit_value(contracts: pd.DataFrame, lines: pd.DataFrame) -> Floats:
    """What an officer would expect for the declared goods and origin."""
    origin = contracts["origin"].to_numpy()[lines["contract"]]
    result: Floats = (
        np.log(goods()["usd"].to_numpy())[lines["declared"]] + by_country(value("prices", "origin"))[origin]
    )
    return result
