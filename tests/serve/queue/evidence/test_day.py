"""Rings: suppliers that share a party hang together, unless the party deals with everyone."""

import pyarrow as pa

from originrisk.data.contract import ENTRIES
from originrisk.features.lines import Lines
from originrisk.serve.queue.evidence.day import WIDELY_SHARED as SHARED
from originrisk.serve.queue.evidence.day import rings
from tests.serve.factory import START, entry


def ring_of(*parties: dict[str, object]) -> list[int]:
    """Rings of lines whose suppliers are numbered, with nothing else in common."""
    alone = {"importer_number": None}
    rows = [
        entry(number, START, **{**alone, "manufacturer_name": f"Maker {number}", **changes})
        for number, changes in enumerate(parties)
    ]
    return rings(Lines.of(pa.Table.from_pylist(rows, schema=ENTRIES.schema))).tolist()


def test_suppliers_of_one_seller_are_a_ring_and_the_others_are_in_none() -> None:
    assert ring_of({"seller_name": "Shop"}, {}, {"seller_name": "Shop Ltd"}, {}) == [0, -1, 0, -1]


def test_ties_go_on_from_one_party_to_the_next() -> None:
    chained = ring_of(
        {"seller_name": "Shop"}, {"seller_name": "Shop", "consolidator_name": "Box"}, {"consolidator_name": "Box"}
    )
    assert chained == [0, 0, 0]


def test_a_party_that_deals_with_many_ties_nobody() -> None:
    many = [{"consolidator_name": "Forwarder"} for _ in range(SHARED + 1)]
    assert set(ring_of(*many)) == {-1}
    assert set(ring_of(*many[:SHARED])) == {0}


def test_two_lines_of_one_supplier_are_no_ring() -> None:
    same = {"manufacturer_name": "One", "seller_name": "Shop"}
    assert ring_of(same, same) == [-1, -1]


def test_rings_are_numbered_in_the_order_in_which_they_are_met() -> None:
    pair, other = {"seller_name": "Shop"}, {"seller_name": "Bazaar"}
    assert ring_of({}, other, pair, other, pair) == [-1, 0, 1, 0, 1]
