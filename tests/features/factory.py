"""Small random worlds in the contract's shape, rough on purpose: ties, gaps, empty cells, late lines, rare keys."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from originrisk.data.contract import ENTRIES, LISTED, OUTCOMES
from originrisk.features.lists import Listings

START = date(2019, 3, 1)
SHIPPED = Listings.known(LISTED.schema.empty_table())
"""The lists of a store that holds none."""

COUNTRIES = np.array(["CN", "VN", "BD", "IN", "MX", "HK"])
PORTS = np.array(["57035", "57020", "55224", "53827", "20199", None], dtype=object)
GOODS = np.array(["6109100012", "6203424011", "6109100004", "8517130000", "2002908010", "6110202079"])
TEXTS = np.array(
    ["MENS T-SHIRT 100% COTTON", "60/40 COTTON POLY PANTS 3 PACK", "PHONES", None, "TOMATO PASTE"], dtype=object
)
UNITS = np.array(["DOZ", "NO", "KG", None], dtype=object)


def entries(n: int = 300, seed: int = 0, days: int = 420) -> pa.Table:
    """`n` entry lines over `days` days from START."""
    random = np.random.default_rng(seed)
    maker, trader, importer = random.zipf(1.4, n) % 25, random.integers(0, 8, n), random.zipf(1.5, n) % 15
    entered = np.sort(random.integers(0, days, n))
    received = entered + np.where(random.random(n) < 0.15, random.integers(1, 40, n), 0)
    origin = COUNTRIES[(maker + (random.random(n) < 0.1)) % len(COUNTRIES)]
    cells = {
        "entry_number": [f"XX{i // 3:07d}" for i in range(n)],
        "line_number": [i % 3 + 1 for i in range(n)],
        "entry_type": ["01"] * n,
        "entry_date": [START + timedelta(days=int(day)) for day in entered],
        "received_on": [START + timedelta(days=int(day)) for day in received],
        "export_date": [START + timedelta(days=int(day) - 20) for day in entered],
        "importer_number": [f"12-34567{i:02d}00" for i in importer],
        "consignee_number": [None if i % 3 else f"12-34567{i:02d}00" for i in importer],
        "manufacturer_id": [mid(c, m) if m % 4 else None for c, m in zip(origin, maker, strict=True)],
        "manufacturer_name": [name(m) for m in maker],
        "manufacturer_address": [f"{10 + m} RING ROAD" if m % 5 else None for m in maker],
        "manufacturer_city": [f"CITY{m % 6}" for m in maker],
        "manufacturer_postal_code": [f"3100{m:02d}" if m % 2 else None for m in maker],
        "seller_name": [f"{word(t)} TRADING" if t else None for t in trader],
        "consolidator_name": [f"{word(t % 3)} LOGISTICS" for t in trader],
        "country_of_origin": origin,
        "country_of_export": np.where(random.random(n) < 0.8, origin, "HK"),
        "port_of_lading": PORTS[random.integers(0, len(PORTS), n)],
        "port_of_unlading": ["2704"] * n,
        "port_of_entry": np.array(["2704", "4601", None], dtype=object)[random.integers(0, 3, n)],
        "mode_of_transport": ["11"] * n,
        "htsus": GOODS[random.integers(0, len(GOODS), n)],
        "description": TEXTS[random.integers(0, len(TEXTS), n)],
        "quantity": np.round(random.lognormal(3, 1, n), 1),
        "unit_of_measure": UNITS[random.integers(0, len(UNITS), n)],
        "gross_weight_kg": np.where(random.random(n) < 0.9, np.round(random.lognormal(4, 1, n)), None),
        "entered_value_usd": np.round(random.lognormal(6, 1, n), 2),
        "charges_usd": np.round(random.lognormal(3, 1, n)),
        "related_parties": [None if m % 7 == 0 else bool(m % 2) for m in maker],
        "special_program": [None] * n,
    }
    return pa.table(
        {
            c.name: pa.array(list(cells.get(c.name, [None] * n)), f.type)
            for c, f in zip(ENTRIES.columns, ENTRIES.schema, strict=True)
        }
    )


def outcomes(lines: pa.Table, share: float = 0.3, seed: int = 0) -> pa.Table:
    """Outcomes of a random share of lines, known 1 to 90 days after entry, some pending or inconclusive."""
    random = np.random.default_rng(seed)
    rows = np.flatnonzero(random.random(lines.num_rows) < share)
    entered = lines["entry_date"].to_pylist()
    results = random.choice(np.array(["xinjiang", "not_xinjiang", "inconclusive", None], dtype=object), len(rows))
    known = [entered[row] + timedelta(days=int(random.integers(1, 90))) for row in rows]
    cells = {
        "entry_number": lines["entry_number"].take(rows).to_pylist(),
        "line_number": lines["line_number"].take(rows).to_pylist(),
        "selected_date": [entered[row] for row in rows],
        "outcome_date": [day if result else None for day, result in zip(known, results, strict=True)],
        "selection": ["random"] * len(rows),
        "selection_probability": [share] * len(rows),
        "method": ["isotopic"] * len(rows),
        "result": list(results),
        "disposition": [None] * len(rows),
    }
    return pa.table(cells, schema=OUTCOMES.schema)


def listing_of(name: str, day: date = START, **cells: object) -> pa.Table:
    """One party on a list from `day` on, under an order that concerns Xinjiang."""
    row = {"name": name, "programme": "WRO", "effective_date": day, "scope": "cotton of Xinjiang"} | cells
    return pa.Table.from_pylist([row], LISTED.schema)


def change(table: pa.Table, **columns: list[object]) -> pa.Table:
    """The table with some columns replaced."""
    for column, cells in columns.items():
        place = table.schema.get_field_index(column)
        table = table.set_column(place, table.schema.field(place), pa.array(cells, table.schema.field(place).type))
    return table


def word(number: int) -> str:
    """A word of letters only, different for each number below 676."""
    return "AE" + chr(65 + number // 26) + chr(65 + number % 26) + "OQ"


def name(number: int) -> str:
    """A maker's name."""
    return f"{word(number)} TEXTILE CO LTD"


def mid(country: str, number: int) -> str:
    """A MID of that maker: several makers share a stem."""
    return f"{country}{word(number // 2)[:6]}{10 + number}CIT"
