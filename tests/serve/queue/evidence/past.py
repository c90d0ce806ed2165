"""Lines before and on a day around one supplier, one importer, one seller: what each test knows to have happened."""

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from originrisk.data.contract import ENTRIES, OUTCOMES
from originrisk.data.contract import LISTED as LISTED_TABLE
from originrisk.data.store.tables import Store
from tests.serve.factory import START, entry

DAY = date(2021, 2, 9)
SHOP = "Shop of Ties"
FOUND_OUT = "Found Out Weaving"
SPELLINGS = ("NANTONG DAVI SENO APPAREL", "DAVISENO APPAREL (NANTONG)")
LISTED = "Hotan Very Listed Textile"
NUMBER = 500_000
HOSTILE = "<script>alert(1)</script>=cmd|' /C calc'!A0 \u202eEVIL\u200b"


def line(number: int, day: date, **changes: object) -> dict[str, object]:
    """A line of the story: same goods, same unit, no party of the other lines."""
    own = {
        "importer_number": "12-7654321",
        "manufacturer_name": "Steady Mill",
        "country_of_origin": "VN",
        "htsus": "6109100012",
        "quantity": 10.0,
        "unit_of_measure": "DOZ",
        "entered_value_usd": 1200.0,
    }
    return entry(NUMBER + number, day, **{**own, **changes})


def key(number: int) -> tuple[str, int]:
    """Key of a line of the story."""
    return str(line(number, DAY)["entry_number"]), 1


def lines() -> list[dict[str, object]]:
    """Number 1 is the line looked at; 2 is new; 3 hostile; 4 bare; 10 to 29 peers; 30 to 35 past; 40 and 41 unknown."""
    peers = [
        line(10 + number, START + timedelta(number), manufacturer_name=f"Peer {number}",
             importer_number=f"99-00000{number:02d}", entered_value_usd=1000.0 + 10 * number)
        for number in range(20)
    ]  # fmt: skip
    past = [line(30 + number, START + timedelta(2 * number)) for number in range(6)]
    return [
        line(1, DAY, seller_name=SHOP, description="100% cotton shirts", entered_value_usd=600.0),
        line(2, DAY, manufacturer_name="Brand New Mill", importer_number=None),
        line(
            3, DAY, manufacturer_name="X" * 10_000, description=HOSTILE, seller_name=HOSTILE, manufacturer_city=HOSTILE
        ),
        line(4, DAY, quantity=None, unit_of_measure=None, gross_weight_kg=None, manufacturer_name="Steady Mill"),
        *peers,
        *past,
        line(40, DAY - timedelta(1), received_on=DAY),
        line(50, START, manufacturer_name=FOUND_OUT, seller_name=SHOP, importer_number="55-1111111"),
        line(51, START, manufacturer_name=LISTED, seller_name=SHOP, importer_number="55-2222222"),
        *(
            line(
                52 + turn,
                START,
                manufacturer_name=name,
                seller_name=SHOP,
                importer_number="55-3333333",
                country_of_origin="CN",
            )
            for turn, name in enumerate(SPELLINGS)
        ),
    ]


def outcomes() -> list[dict[str, object]]:
    """Of past lines: one found, one not, one that becomes known on the day itself; and the one found out."""
    ended = {30: (START + timedelta(9), "xinjiang"), 31: (START + timedelta(20), "not_xinjiang"),
             32: (DAY, "xinjiang"), 50: (START + timedelta(5), "xinjiang"),
             52: (START + timedelta(5), "xinjiang"), 53: (START + timedelta(6), "xinjiang")}  # fmt: skip
    return [
        {
            "entry_number": key(number)[0],
            "line_number": 1,
            "selected_date": START,
            "outcome_date": known,
            "selection": "random",
            "method": "isotopic",
            "result": result,
        }
        for number, (known, result) in ended.items()
    ]


def listed() -> list[dict[str, object]]:
    """One party under an order before the day, one from the day on."""
    of = {"aliases": None, "address": None, "programme": "WRO", "removed_date": None}
    return [{**of, "name": LISTED, "effective_date": START}, {**of, "name": "Steady Mill", "effective_date": DAY}]


def fill(home: Path) -> None:
    """Put the story into a home."""
    story = ((ENTRIES, lines()), (OUTCOMES, outcomes()), (LISTED_TABLE, listed()))
    for table, rows in story:
        Store(home).upsert(table.name, pa.Table.from_pylist(rows, schema=table.schema).to_batches())
