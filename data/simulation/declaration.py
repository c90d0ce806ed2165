"""What is declared of each line, in the contract's columns, with the gaps and slips of keying."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.random import Generator
from numpy.typing import NDArray

from originrisk.data.arrays import Ints, Mask
from originrisk.data.contract import ENTRIES
from originrisk.data.simulation.shipping import ENTRY_TYPES, DeclaredLines, Papers, part_of
from originrisk.data.simulation.spelling import FORMATS, SPELLINGS, contents, describe
from originrisk.data.simulation.supply_chain import IN_CHINA
from originrisk.data.simulation.tables import (
    FAMILIES,
    by_country,
    choose,
    countries,
    goods,
    order,
    parameters,
    routes,
    stream,
    value,
    values,
)
from originrisk.data.simulation.trade import SimulatedTrade, is_evasion

Columns = dict[str, pa.Array]


def declare(papers: Papers, rows: slice) -> pa.Table:
    """The contract's `entries` for a run of lines. The same run always has the same gaps and slips."""
    rng = stream(papers.trade.settings.seed, f"declaration {rows.start}")
    part = part_of(papers, rows)
    shipped, day = part.shipped, part.lines["day"].to_numpy()
    dates = {
        "entry_type": text(ENTRY_TYPES.astype(object), shipped["type"].to_numpy()),
        "entry_date": _date(day),
        "received_on": _date(day + shipped["late"].to_numpy()),
        "export_date": _date(day - shipped["transit"].to_numpy()),
    }
    table, route, codes = routes(), shipped["route"].to_numpy(), np.array(countries(), dtype=object)
    lading = text(table["lading"].to_numpy(dtype=object), route)
    columns = {
        "entry_number": papers.entry_number.slice(rows.start, len(part.lines)),
        "line_number": pa.array(part.lines["line"].to_numpy(), pa.int32()),
        **dates,
        **_parties(rng, papers, part),
        "country_of_origin": text(codes, part.contracts["origin"].to_numpy()),
        "country_of_export": text(table["export"].to_numpy(dtype=object), route),
        "port_of_lading": blank(lading, (table["lading"] == "").to_numpy()[route]),
        "port_of_unlading": pa.array(shipped["unlading"], pa.string()),
        "port_of_entry": pa.array(shipped["entry"], pa.string()),
        "mode_of_transport": text(table["mode"].to_numpy(dtype=object), route),
        **merchandise(rng, papers.trade, part),
        **amounts(rng, papers.trade, part),
        **terms(rng, part),
        **_metals(rng, papers.trade, part),
    }
    # Empty cells at the rates of the parameter file; a line keeps its MID where its maker's name is empty.
    count = len(part.lines)
    rates = {name: rate for name, rate in parameters()["missing"].items() if name in columns}
    gaps = {name: rng.random(count) < rate * papers.trade.settings.missing_factor for name, rate in rates.items()}
    gaps["manufacturer_name"] &= ~gaps["manufacturer_id"]
    for name, empty in gaps.items():
        columns[name] = blank(columns[name], empty)
    nothing = pa.nulls(len(part.lines))
    undeclared = {name: nothing.cast(ENTRIES.schema.field(name).type) for name in ENTRIES.names}
    return pa.table([{**undeclared, **columns}[name] for name in ENTRIES.names], schema=ENTRIES.schema)


def _date(days: Ints) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())


def _parties(rng: Generator, papers: Papers, part: DeclaredLines) -> Columns:
    contracts, spelling, numbers = part.contracts, papers.spelling, papers.importer_number
    written = part.shipped["spelling"].to_numpy()
    maker = pa.array(contracts["party"].to_numpy() * SPELLINGS + written)
    houses = {
        name: pa.array(contracts[name].to_numpy() * SPELLINGS + written % 4) for name in ("consolidator", "seller")
    }
    direct = (contracts["seller"] == contracts["maker"]).to_numpy()
    seller = pa.array(np.where(direct, maker.to_numpy(), houses["seller"].to_numpy()))
    ocean = (routes()["mode"].to_numpy()[contracts["route"]] == "11") | (rng.random(len(written)) < 0.1)
    # Hardly ever given before it was required of Chinese manufacturers, nearly always after.
    code = spelling.postal_code.take(maker)
    chinese = (part.contracts["origin"] == countries().index("CN")).to_numpy()
    required = chinese & (part.lines["day"].to_numpy() >= order("postal_code_required"))
    given = rng.random(len(chinese)) < np.where(required, 0.97, 0.06)
    postal = blank(code, ~given | np.asarray(pc.equal(code, "")))
    return {
        "importer_number": numbers.take(pa.array(contracts["importer"].to_numpy())),
        "consignee_number": numbers.take(pa.array(contracts["consignee"].to_numpy())),
        "manufacturer_id": spelling.manufacturer_id.take(maker),
        "manufacturer_name": spelling.name.take(maker),
        "manufacturer_address": spelling.address.take(maker),
        "manufacturer_city": spelling.city.take(maker),
        "manufacturer_postal_code": postal,
        "seller_name": blank(spelling.name.take(seller), ~ocean),
        "consolidator_name": blank(spelling.name.take(houses["consolidator"]), ~ocean),
    }


def _metals(rng: Generator, trade: SimulatedTrade, part: DeclaredLines) -> Columns:
    """Where metal was smelted, cast or melted, since that has to be told; half of evaders tell it wrongly."""
    day, family = part.lines["day"].to_numpy(), goods()["family"].to_numpy()[part.lines["declared"]]
    origin = part.contracts["origin"].to_numpy()
    lot = part.lines["lot"].to_numpy()
    chinese = (trade.sourcing.composition[:, IN_CHINA].sum(axis=1)[lot] > 0.5) & (lot >= 0)
    hides = is_evasion(part.lines["mechanism"].to_numpy()) & (rng.random(len(day)) < 0.5)
    smelters = by_country(values("smelters"))
    abroad = np.where(smelters[origin] > 0, origin, choose(rng, np.tile(smelters, (len(day), 1))))
    metal = text(np.array(countries(), dtype=object), np.where(chinese & ~hides, countries().index("CN"), abroad))
    smelted = np.isin(family, [FAMILIES.index(name) for name in ("aluminium", "vehicle")]) & (lot >= 0)
    told = smelted & (day >= order("smelt_required"))
    poured = (family == FAMILIES.index("metal")) & (day >= order("melt_required"))
    return {
        "smelt_country": blank(metal, ~told),
        "cast_country": blank(text(np.array(countries(), dtype=object), origin), ~told),
        "melt_pour_country": blank(text(np.array(countries(), dtype=object), origin), ~poured),
    }


ASSEMBLED_ABROAD: Final = "9802008068"
"""Assembled abroad of components made in the United States; few filers give this number alone, without the goods'."""
_SLIPS: Final = ("pieces_for_dozens", "pounds_for_kilograms", "tariff_number_as_quantity")


def merchandise(rng: Generator, trade: SimulatedTrade, part: DeclaredLines) -> Columns:
    lines, contracts = part.lines, part.contracts
    table = goods()
    declared = lines["declared"].to_numpy()
    old = np.where(table["before_2022"] == "", table["htsus"], table["before_2022"])
    before = lines["day"].to_numpy() < order("tariff_renumbering")
    number = np.where(before, old[declared], table["htsus"].to_numpy()[declared])
    assembled = by_country(dict.fromkeys(("MX", "HN", "SV", "GT", "NI"), value("special", "chapter_98")))
    number[rng.random(len(lines)) < assembled[contracts["origin"].to_numpy()]] = ASSEMBLED_ABROAD
    usual = (contracts["style"] * 5 + contracts["importer"]).to_numpy() % FORMATS
    form = np.where(rng.random(len(lines)) < 0.2, rng.integers(0, FORMATS, len(lines)), usual)
    content = contents(trade.contracts, lines["contract"].to_numpy(), declared)
    return {
        "htsus": pa.array(number, pa.string()),
        "description": describe(declared, content, contracts["style"].to_numpy(), form),
    }


def amounts(rng: Generator, trade: SimulatedTrade, part: DeclaredLines) -> Columns:
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
    charges = lines["weight"].to_numpy() * freight * rng.lognormal(0, 0.35, count) + 0.004 * lines["value"].to_numpy()
    return {
        "quantity": pa.array(quantity, pa.float64()),
        "unit_of_measure": text(unit, declared),
        "second_quantity": blank(pa.array(np.round(weight / 1.08, 1), pa.float64()), unit[declared] != "DOZ"),
        "second_unit": blank(text(np.full(len(unit), "KG", dtype=object), declared), unit[declared] != "DOZ"),
        "gross_weight_kg": pa.array(weight, pa.float64()),
        "entered_value_usd": pa.array(lines["value"].to_numpy(), pa.float64()),
        "charges_usd": pa.array(np.round(charges), pa.float64()),
    }


def terms(rng: Generator, part: DeclaredLines) -> Columns:
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


def text(texts: NDArray[np.object_], codes: Ints) -> pa.Array:
    """One text of a list for each code."""
    return pa.array(texts, pa.string()).take(pa.array(codes))


def blank(column: pa.Array, empty: Mask) -> pa.Array:
    """The column with some cells empty."""
    return pc.if_else(pa.array(~empty), column, None)
