"""Whatever stands in a free text, the line is learned and has its features: no text stops a night."""

from datetime import date

import numpy as np
import pytest

from originrisk.features.catalogue import CATALOGUE, compute
from originrisk.features.history.replay import replay
from originrisk.features.history.state import History
from originrisk.features.history.view import see
from originrisk.features.lines import Lines
from tests.features.factory import SHIPPED
from tests.features.handmade import NOTHING, in_turn, world

FREE = (
    "manufacturer_id",
    "manufacturer_name",
    "manufacturer_address",
    "manufacturer_city",
    "manufacturer_postal_code",
    "seller_name",
    "consolidator_name",
    "importer_number",
    "description",
    "unit_of_measure",
)
DIGITS = "9" * 5000
TEXTS = (
    DIGITS,
    f"{DIGITS} ROAD, {DIGITS}% COTTON, {DIGITS} PACK, PACK OF {DIGITS}, {DIGITS}/{DIGITS}, {DIGITS}.{DIGITS} KG",
    "0 PACK, 0% COTTON, 0/0, 60/40/0 COTTON POLY",
    "²①፩፪ ١٢ ੧੨ Ⅻ ½",
    "\u202eİıſßﷺ\u200b\u0301",
    "😀\ud7ff\ufffd\U0010ffff",
    "=1+1 %s {0} \\ ' \" ; -- <b>",
    "(((((([[[[***+++???",
    "中" * 9999,
    "X" * 20_000,
    " ",
    "-",
)


@pytest.mark.parametrize("column", FREE)
def test_a_line_with_any_text_is_learned_and_has_its_features(column: str) -> None:
    days = in_turn(date(2021, 1, 1), 2 * len(TEXTS))
    lines, history = Lines.of(world(days, **{column: [*TEXTS, *TEXTS]})), History()
    last = int(lines.days["entry_date"].max())
    blocks = [*replay(history, lines, NOTHING, last, SHIPPED)]
    assert sum(block.lines.size for block in blocks) == len(days)
    with np.errstate(all="ignore"):
        assert compute(lines, see(history, lines, SHIPPED)).shape == (len(days), len(CATALOGUE))
