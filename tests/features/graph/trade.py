"""Small trades in which one supplier follows another at the same importer, seller and forwarder."""

from datetime import date, timedelta

import pyarrow as pa

from tests.features.factory import change, entries, outcomes

DAY = date(2021, 1, 4)
OLD, NEW = "QIAOLONG TEXTILE", "BRIGHT MOON GARMENT"
ALIKE = {
    "importer_number": "12-3456789",
    "seller_name": "HARBOUR TRADING",
    "consolidator_name": "MOVER",
    "htsus": "6109100012",
}


def trade(*lines: tuple[str, int]) -> pa.Table:
    """Lines of suppliers on days after DAY, alike in all but supplier, address and day."""
    table = pa.concat_tables([entries(1)] * len(lines))
    days = [DAY + timedelta(day) for _, day in lines]
    numbered = {"entry_number": [f"XX{place:07d}" for place in range(len(lines))]}
    named = {name: [value] * len(lines) for name, value in ALIKE.items()}
    return change(
        table,
        **numbered,
        **named,
        entry_date=days,
        received_on=days,
        manufacturer_name=[name for name, _ in lines],
        manufacturer_id=[None] * len(lines),
        manufacturer_address=[f"1 {name} ROAD" for name, _ in lines],
        country_of_origin=["CN"] * len(lines),
    )


def examined(table: pa.Table, result: str) -> pa.Table:
    """The first line, examined, known two days later."""
    one = outcomes(table.slice(0, 1), share=1.0)
    return change(one, outcome_date=[DAY + timedelta(2)], result=[result])


FOLLOWS = trade((OLD, 0), (OLD, 5), ("OTHER", 20), (NEW, 60))
