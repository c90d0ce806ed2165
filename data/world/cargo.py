"""What is declared of the goods: tariff number, words, amounts, terms; with the slips of keying."""

from typing import Final

import numpy as np
import pyarrow as pa

from originrisk.data.world.catalogue import countries, goods, routes
from originrisk.data.world.columns import Columns, blank, text
from originrisk.data.world.descriptions import FORMATS, contents, describe
from originrisk.data.world.papers import Part
from originrisk.data.world.parameters import order, value
from originrisk.data.world.trade import Trade

_SLIPS: Final = ("pieces_for_dozens", "pounds_for_kilograms", "tariff_number_as_quantity")


def merchandise(rng: np.random.Generator, trade: Trade, part: Part) -> Columns:
    lines, contracts = part.lines, part.contracts
    table = goods()
    declared = lines["declared"].to_numpy()
    old = np.where(table["before_2022"] == "", table["htsus"], table["before_2022"])
    before = lines["day"].to_numpy() < order("tariff_renumbering")
    number = np.where(before, old[declared], table["htsus"].to_numpy()[declared])
    usual = (contracts["style"] * 5 + contracts["importer"]).to_numpy() % FORMATS
    form = np.where(rng.random(len(lines)) < 0.2, rng.integers(0, FORMATS, len(lines)), usual)
    content = contents(trade.contracts, lines["contract"].to_numpy(), declared)
    return {
        "htsus": pa.array(number, pa.string()),
        "description": describe(declared, content, contracts["style"].to_numpy(), form),
    }


def amounts(rng: np.random.Generator, trade: Trade, part: Part) -> Columns:
    lines = part.lines
    table, count = goods(), len(lines)
    declared = lines["declared"].to_numpy()
    unit = table["unit"].to_numpy(dtype=object)
    quantity, weight = lines["quantity"].to_numpy(), lines["weight"].to_numpy()
    slips = {name: rng.random(count) < value("slips", name) * trade.settings.slip_factor for name in _SLIPS}
    quantity = np.where(slips["pieces_for_dozens"] & (unit[declared] == "DOZ"), quantity * 12, quantity)
    digits = table["htsus"].str[:6].astype(float).to_numpy()[declared]
    quantity = np.where(slips["tariff_number_as_quantity"], digits, quantity)
    weight = np.where(slips["pounds_for_kilograms"], np.round(weight * 2.2046, 1), weight)
    mode = routes()["mode"].to_numpy()[part.shipped["route"]]
    freight = np.select([mode == "40", mode == "11"], [4.2, 0.35], 0.12)
    charges = (
        lines["weight"].to_numpy() * freight * rng.lognormal(0, 0.35, count)
        + 0.004 * lines["value"].to_numpy()
    )
    return {
        "quantity": pa.array(quantity, pa.float64()),
        "unit_of_measure": text(unit, declared),
        "gross_weight_kg": pa.array(weight, pa.float64()),
        "entered_value_usd": pa.array(lines["value"].to_numpy(), pa.float64()),
        "charges_usd": pa.array(np.round(charges), pa.float64()),
    }


def terms(rng: np.random.Generator, part: Part) -> Columns:
    lines, contracts = part.lines, part.contracts
    programs = value("programs", "values")
    code = np.array([programs.get(country, "") for country in countries()], dtype=object)[contracts["origin"]]
    lapsed = np.isin(code, ["A"]) & (lines["day"].to_numpy() > order("gsp_until"))
    claimed = (code != "") & ~lapsed & ((contracts["style"] + contracts["importer"]) % 10 < 7).to_numpy()
    keyed_wrong = rng.random(len(lines)) < 0.003
    return {
        "related_parties": pa.array(contracts["related"].to_numpy(dtype=bool) ^ keyed_wrong),
        "special_program": blank(pa.array(code, pa.string()), ~claimed),
    }
