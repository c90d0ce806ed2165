"""The account of materials: what goods hold by their number, where it may be from, and what is not known."""

from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from originrisk.data import reference
from originrisk.data.reference import materials, orders, table


def _days(*texts: str) -> NDArray[np.datetime64]:
    return np.array(texts, dtype="datetime64[D]")


def _content(code: str, day: str = "2024-01-02") -> tuple[str | None, float]:
    found = materials.content(code, int(orders.tariff(_days(day))[0]))
    name = None if found.material == materials.NO_MATERIAL else materials.MATERIALS[found.material]
    return name, found.share


def _share(material: str, country: str | None, day: str) -> float:
    code = np.array([materials.MATERIALS.index(material)])
    return float(materials.expected_share(code, np.array([country], dtype=object), _days(day))[0])


@pytest.mark.parametrize(
    ("code", "material", "share"),
    [
        ("6109100012", "cotton", 0.85),
        ("5201001200", "cotton", 1.0),
        ("5513110020", "cotton", 0.35),
        ("6110909026", "cotton", 0.3),
        ("6307909882", "cotton", 0.85),
        ("1207210000", "cotton", 1.0),
        ("6110303053", "cotton", 0.2),
        ("2002908010", "tomato", 1.0),
        ("0710809750", "tomato", 0.05),
        ("8541430010", "polysilicon", 1.0),
        ("8541490000", "polysilicon", 0.3),
        ("8501720000", "polysilicon", 1.0),
        ("8501802000", "polysilicon", 0.1),
        ("2811221000", "polysilicon", 1.0),
        ("2849201000", "polysilicon", 1.0),
        ("7606110000", "aluminium", 0.95),
        ("8708704530", "aluminium", 0.6),
        ("8708998180", "aluminium", 0.1),
        ("3904100000", "pvc", 1.0),
        ("3918101000", "pvc", 0.45),
        ("3920490000", "pvc", 0.9),
        ("3920990000", "pvc", 0.1),
        ("3917390050", "pvc", 0.3),
        ("2815110000", "caustic_soda", 1.0),
        ("7403110000", "copper", 0.9),
        ("8507600020", "battery", 1.0),
        ("8507208041", "battery", 1.0),
        ("0810904600", "jujube", 0.05),
        ("4011101010", "rubber", 1.0),
        ("6704200000", "hair", 0.6),
        ("7210490091", "steel", 1.0),
        ("0304620020", "seafood", 1.0),
        ("6403919045", "footwear", 1.0),
    ],
)
def test_content_by_tariff_number(code: str, material: str, share: float) -> None:
    assert _content(code) == (material, share)


@pytest.mark.parametrize("code", ["9503000073", "8471300100", "61", ""])
def test_no_material_is_missing_and_not_zero(code: str) -> None:
    name, share = _content(code)
    assert name is None
    assert np.isnan(share)


@pytest.mark.parametrize(
    ("material", "country", "day", "share"),
    [
        ("cotton", "CN", "2025-08-01", 0.97 * 0.69),
        ("cotton", "VN", "2025-08-01", 0.45 * 0.69),
        ("cotton", "BD", "2021-08-01", 0.40 * 0.60),
        ("cotton", "MY", "2025-08-01", None),
        ("cotton", "TW", "2025-08-01", None),
        ("cotton", "KR", "2025-08-01", None),
        ("cotton", "MO", "2025-08-01", None),
        ("cotton", None, "2025-08-01", None),
        ("tomato", "CN", "2023-01-01", 0.98 * 0.75),
        ("tomato", "IT", "2023-01-01", None),
        ("polysilicon", "CN", "2023-08-01", 0.88 * 0.524),
        ("polysilicon", "MY", "2023-08-01", 0.96 * 0.524),
        ("polysilicon", "KR", "2023-08-01", None),
        ("aluminium", "CN", "2024-02-01", None),
        ("aluminium", "CN", "2024-02-02", 0.96 * 0.15),
        ("aluminium", "MX", "2025-01-01", None),
        ("pvc", "CN", "2023-01-01", 0.97 * 0.20),
        ("caustic_soda", "CN", "2025-08-20", 0.99 * 0.16),
        ("steel", "CN", "2025-08-20", None),
        ("seafood", "CN", "2025-01-01", 0.0),
        ("footwear", "VN", "2025-01-01", 0.0),
    ],
)
def test_expected_share_of_xinjiang(material: str, country: str | None, day: str, share: float | None) -> None:
    np.testing.assert_allclose(_share(material, country, day), np.nan if share is None else share)


def test_the_figure_of_mill_use_goes_before_that_of_output() -> None:
    cotton = np.array([materials.MATERIALS.index("cotton")] * 3)
    found = materials.xinjiang_share(cotton, _days("2020-01-02", "2020-07-02", "2022-07-02"))
    assert found.tolist() == [0.849, 0.69, 0.67]


def test_price_is_that_of_the_last_month_known() -> None:
    found = materials.price("cotton", _days("2015-02-15", "2015-02-16", "2015-03-16", "2030-01-01"))
    prices = [row.usd_per_kg for row in reference.material_prices() if row.material == "cotton"]
    assert np.isnan(found[0])
    assert found[1:].tolist() == [prices[0], prices[1], prices[-1]]
    assert np.isnan(materials.price("steel", _days("2024-01-01"))).all()
    of_others = [materials.price(name, _days("2022-04-16"))[0] for name in ("aluminium", "copper", "rubber")]
    np.testing.assert_allclose(of_others, [3.4984, 10.2309, 2.1672], atol=1e-3)
    assert materials.price("tomato", _days("2022-04-30", "2022-05-01")).tolist() == [0.772, 0.98]


def test_a_cut_of_the_future_changes_nothing() -> None:
    day = date(2021, 6, 1)
    seen = [row for row in table.known(reference.material_prices(), day) if row.material == "cotton"]
    assert materials.price("cotton", _days(str(day)))[0] == seen[-1].usd_per_kg


def test_kilograms_of_material_go_by_the_kind_of_goods() -> None:
    codes = ("5201001200", "5205110000", "6109100012", "8517130000")
    found = [materials.kilograms("cotton", code) for code in codes]
    np.testing.assert_array_equal(found, [1.0, 1.05, 1.294, np.nan])
    assert np.isnan(materials.kilograms("steel", "7210490091"))
    codes = ("7606123096", "7601203000", "7602000030", "8708704530")
    np.testing.assert_array_equal([materials.kilograms("aluminium", code) for code in codes], [1, 0.85, np.nan, 1])
