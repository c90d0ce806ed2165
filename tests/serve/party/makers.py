"""Small tables of entry lines by what they declare of the maker."""

from datetime import date, timedelta

import pyarrow as pa

from originrisk.data.contract import ENTRIES
from originrisk.features.lines import Lines

START = date(2022, 3, 1)
COLUMNS = ("name", "address", "city", "postal_code", "id")


def lines(*makers: dict[str, str], day: int = 0, received: int | None = None) -> Lines:
    """One line for each maker, entered `day` days after the start."""
    return Lines.of(table(*makers, day=day, received=received))


def table(*makers: dict[str, str], day: int = 0, received: int | None = None) -> pa.Table:
    """The same as a table in the contract's shape."""
    return pa.Table.from_pylist([_row(maker, day, received, n) for n, maker in enumerate(makers)], ENTRIES.schema)


def _row(maker: dict[str, str], day: int, received: int | None, number: int) -> dict[str, object]:
    declared = {f"manufacturer_{column}": maker.get(column) for column in COLUMNS}
    return declared | {
        "entry_number": f"XX{day:04d}{number:03d}",
        "line_number": 1,
        "entry_date": START + timedelta(days=day),
        "received_on": START + timedelta(days=day if received is None else received),
        "country_of_origin": maker.get("country", "CN"),
        "htsus": "6109100012",
        "entered_value_usd": 1000.0,
    }


QIAOLONG = {
    "name": "SHAOXING QIAOLONG TEXTILE CO., LTD.",
    "address": "NO. 128 MEILUN ROAD",
    "city": "SHAOXING",
    "id": "CNSHAQIA128SHA",
}
QIAOLONG_SPELT_OTHERWISE = {
    "name": "Qiao Long Tex. (Shaoxing) Company Limited",
    "address": "MEILUN RD 128#",
    "city": "SHAOXING CITY",
    "id": "CNQIALON128SHA",
}
HOMONYM = {
    "name": "SHAOXING QIAOLONG TEXTILE CO., LTD.",
    "address": "NO. 7 TIANBEI ROAD",
    "city": "SHAOXING",
    "id": "CNSHAQIA7SHA",
}
SHELL = {
    "name": "SHAOXING VENTORE GARMENT CO., LTD.",
    "address": "NO. 128 MEILUN ROAD",
    "city": "SHAOXING",
    "id": "CNSHAVEN128SHA",
}
VAGUE = {"name": "QIAOLONG TEXTILE", "city": "SHAOXING"}
