"""Names and addresses: one party in several spellings that a reader would still know."""

import numpy as np
import pandas as pd
import pytest

from originrisk.data.identifiers import manufacturer_id
from originrisk.data.simulation.parties import make_parties
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.spelling import (
    FORMATS,
    NO_FIBRE,
    SPELLINGS,
    STYLES,
    Spelling,
    contents,
    describe,
    spell,
)
from originrisk.data.simulation.tables import COTTON, MIXED, countries, goods, places


@pytest.fixture(scope="module")
def parties() -> pd.DataFrame:
    return make_parties(WorldSettings(lines=2_000))


@pytest.fixture(scope="module")
def spelling(parties: pd.DataFrame) -> Spelling:
    return spell(parties)


def test_every_party_has_every_text_in_every_spelling(parties: pd.DataFrame, spelling: Spelling) -> None:
    assert all(len(column) == len(parties) * SPELLINGS and column.null_count == 0 for column in spelling)


def test_spellings_differ_but_keep_the_word(spelling: Spelling) -> None:
    names = spelling.name.slice(0, SPELLINGS).to_pylist()
    assert len(set(names)) >= 5
    assert len({name.replace(" ", "").upper()[:4] for name in names}) <= 4


def test_mid_begins_with_the_country_of_the_seat(parties: pd.DataFrame, spelling: Spelling) -> None:
    for row in range(0, len(parties), 37):
        mid = manufacturer_id.parse(spelling.manufacturer_id[row * SPELLINGS].as_py())
        assert mid is not None
        assert mid.origin == countries()[parties["country"].iat[row]]


def test_postal_codes_of_xinjiang_begin_with_83_or_84(parties: pd.DataFrame, spelling: Spelling) -> None:
    inside = places()["xinjiang"].to_numpy()[parties["place"]]
    chinese = (parties["country"] == countries().index("CN")).to_numpy()
    codes = spelling.postal_code.to_pylist()[::SPELLINGS]
    assert inside.any()
    for row in chinese.nonzero()[0]:
        assert codes[row].startswith(("83", "84")) == inside[row]
        assert len(codes[row]) == 6


def _one(declared: int, content: int, style: int, form: int) -> str:
    text: str = describe(*(np.array([code]) for code in (declared, content, style, form)))[0].as_py()
    return text


def test_cotton_goods_name_cotton() -> None:
    row = int(np.flatnonzero(goods()["family"] == COTTON)[0])
    assert "COTTON" in _one(row, 0, 0, 0)


def test_goods_without_fibre_have_clean_texts_in_every_format() -> None:
    for form in range(FORMATS):
        text = _one(len(goods()) - 1, NO_FIBRE, STYLES - 1, form)
        assert text == text.strip(" ,")
        assert "  " not in text


def test_content_follows_the_declared_goods_not_the_truth() -> None:
    contracts = pd.DataFrame({"holds": [True, True], "family": [COTTON, MIXED]})
    mixed = int(np.flatnonzero(goods()["family"] == MIXED)[0])
    named = contents(contracts, np.array([0, 1]), np.array([mixed, mixed]))
    assert named.tolist() == [2, 1]
