"""What is declared of each line, in the contract's columns, with the gaps and slips of keying."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from originrisk.data.contract import ENTRIES
from originrisk.data.world.cargo import amounts, merchandise, terms
from originrisk.data.world.catalogue import countries, routes
from originrisk.data.world.clock import stream
from originrisk.data.world.columns import Columns, blank, text
from originrisk.data.world.papers import Papers, Part, part_of
from originrisk.data.world.parameters import order, parameters
from originrisk.data.world.shipping import ENTRY_TYPES
from originrisk.data.world.spelling import SPELLINGS
from originrisk.data.world.trade import Trade


def declare(papers: Papers, rows: slice) -> pa.Table:
    """The contract's `entries` for a run of lines. The same run always has the same gaps and slips."""
    rng = stream(papers.trade.settings.seed, f"declaration {rows.start}")
    part = part_of(papers, rows)
    columns = {
        "entry_number": papers.entry_number.slice(rows.start, len(part.lines)),
        "line_number": pa.array(part.lines["line"].to_numpy(), pa.int32()),
        **_dates(part),
        **_parties(rng, papers, part),
        **_way(part),
        **merchandise(rng, papers.trade, part),
        **amounts(rng, papers.trade, part),
        **terms(rng, part),
    }
    _leave_gaps(rng, papers.trade, columns, len(part.lines))
    return pa.table([columns[name] for name in ENTRIES.names], schema=ENTRIES.schema)


def _date(days: NDArray[np.int64]) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())


def _dates(part: Part) -> Columns:
    shipped, day = part.shipped, part.lines["day"].to_numpy()
    return {
        "entry_type": text(ENTRY_TYPES.astype(object), shipped["type"].to_numpy()),
        "entry_date": _date(day),
        "received_on": _date(day + shipped["late"].to_numpy()),
        "export_date": _date(day - shipped["transit"].to_numpy()),
    }


def _parties(rng: np.random.Generator, papers: Papers, part: Part) -> Columns:
    contracts, spelling, numbers = part.contracts, papers.spelling, papers.importer_number
    written = part.shipped["spelling"].to_numpy()
    maker = pa.array(contracts["party"].to_numpy() * SPELLINGS + written)
    houses = {
        name: pa.array(contracts[name].to_numpy() * SPELLINGS + written % 4)
        for name in ("consolidator", "seller")
    }
    direct = (contracts["seller"] == contracts["maker"]).to_numpy()
    seller = pa.array(np.where(direct, maker.to_numpy(), houses["seller"].to_numpy()))
    ocean = (routes()["mode"].to_numpy()[contracts["route"]] == "11") | (rng.random(len(written)) < 0.1)
    return {
        "importer_number": numbers.take(pa.array(contracts["importer"].to_numpy())),
        "consignee_number": numbers.take(pa.array(contracts["consignee"].to_numpy())),
        "manufacturer_id": spelling.manufacturer_id.take(maker),
        "manufacturer_name": spelling.name.take(maker),
        "manufacturer_address": spelling.address.take(maker),
        "manufacturer_city": spelling.city.take(maker),
        "manufacturer_postal_code": _postal(rng, spelling.postal_code.take(maker), part),
        "seller_name": blank(spelling.name.take(seller), ~ocean),
        "consolidator_name": blank(spelling.name.take(houses["consolidator"]), ~ocean),
    }


def _postal(rng: np.random.Generator, code: pa.Array, part: Part) -> pa.Array:
    """Hardly ever given before it was required of Chinese manufacturers, nearly always after."""
    chinese = (part.contracts["origin"] == countries().index("CN")).to_numpy()
    required = chinese & (part.lines["day"].to_numpy() >= order("postal_code_required"))
    given = rng.random(len(chinese)) < np.where(required, 0.97, 0.06)
    return blank(code, ~given | np.asarray(pc.equal(code, "")))


def _way(part: Part) -> Columns:
    table, shipped = routes(), part.shipped
    route = shipped["route"].to_numpy()
    codes = np.array(countries(), dtype=object)
    lading = text(table["lading"].to_numpy(dtype=object), route)
    return {
        "country_of_origin": text(codes, part.contracts["origin"].to_numpy()),
        "country_of_export": text(table["export"].to_numpy(dtype=object), route),
        "port_of_lading": blank(lading, (table["lading"] == "").to_numpy()[route]),
        "port_of_unlading": pa.array(shipped["unlading"], pa.string()),
        "port_of_entry": pa.array(shipped["entry"], pa.string()),
        "mode_of_transport": text(table["mode"].to_numpy(dtype=object), route),
    }


def _leave_gaps(rng: np.random.Generator, trade: Trade, columns: Columns, count: int) -> None:
    """Empty cells at the rates of the parameter file; a line keeps its MID where its maker's name is empty."""
    rates = {name: rate for name, rate in parameters()["missing"].items() if name in columns}
    gaps = {name: rng.random(count) < rate * trade.settings.missing_factor for name, rate in rates.items()}
    gaps["manufacturer_name"] &= ~gaps["manufacturer_id"]
    for name, empty in gaps.items():
        columns[name] = blank(columns[name], empty)
