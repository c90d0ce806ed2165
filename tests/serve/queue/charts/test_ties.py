"""The link chart at any size: nothing lies upon another, every tie is drawn, hostile names stay short."""

from datetime import date
from itertools import combinations

import pytest

from originrisk.serve.queue.charts import ties
from originrisk.serve.queue.evidence.links import Linked, Links, Tie

DAY = date(2021, 1, 1)


def links(suppliers: int) -> Links:
    """So many suppliers, each tied through one to three of the line's parties."""
    via = {"importer": "EIN ***00", "seller": "S" * 10_000, "address": "\u202eStreet"}
    kinds = list(via)
    linked = [
        Linked(f"Mill {number} {'X' * 200}", number % 2 == 0, 3, 1, [Tie(kind, DAY, DAY, 5) for kind in of])
        for number in range(suppliers)
        for of in [kinds[: 1 + number % 3]]
    ]
    return Links(DAY, via, linked, 0)


def test_without_links_there_is_no_chart() -> None:
    assert ties.chart(Links(DAY, {}, [], 0)) is None


@pytest.mark.parametrize("suppliers", [1, 5, 50])
def test_boxes_do_not_touch_and_stay_in_the_frame(suppliers: int) -> None:
    drawn = ties.chart(links(suppliers))
    assert drawn is not None
    assert len(drawn.nodes) == suppliers + 4
    for one in drawn.nodes:
        assert 0 <= one.x <= one.x + one.width <= drawn.width
        assert 0 <= one.y <= one.y + ties.TALL <= drawn.height
    for one, other in combinations(drawn.nodes, 2):
        apart = abs(one.y - other.y) >= ties.TALL
        assert apart or one.x + one.width <= other.x or other.x + other.width <= one.x


def test_every_tie_is_drawn_and_labels_are_short_and_visible() -> None:
    drawn = ties.chart(links(50))
    assert drawn is not None
    assert len(drawn.edges) == 3 + sum(1 + number % 3 for number in range(50))
    assert all(len(node.words) <= 60 and len(node.below) <= 60 for node in drawn.nodes)
    assert "‹U+202E›Street" in [node.below for node in drawn.nodes]
