"""Descriptions: they name what is declared, never what is hidden."""

import numpy as np
import pandas as pd

from originrisk.data.simulation.descriptions import FORMATS, NO_FIBRE, STYLES, contents, describe
from originrisk.data.simulation.tables import COTTON, MIXED, goods


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
