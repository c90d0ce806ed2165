"""The reference tables as shipped: they load, their codes fit each other, every row has a source."""

import re
from collections import Counter
from datetime import date
from typing import Any, get_args

import pytest

from originrisk.data import reference
from originrisk.data.identifiers import manufacturer_id
from originrisk.data.reference.rows import GoodsFamily
from originrisk.data.reference.table import FOLDER

TABLES = {
    "countries": reference.countries,
    "country_names": reference.country_names,
    "schedule_k_ports": reference.foreign_ports,
    "schedule_d_ports": reference.us_ports,
    "units": reference.units,
    "legal_dates": reference.legal_dates,
    "scope": reference.scope,
    "instruments": reference.instruments,
    "exposure": reference.exposures,
    "xinjiang_share": reference.xinjiang_shares,
    "materials": reference.named_materials,
    "documents": reference.documents,
    "material_words": reference.material_words,
    "material_price": reference.material_prices,
    "xinjiang_places": reference.xinjiang_places,
    "listed": reference.listings,
    "material_factors": reference.material_factors,
    "uflpa_waves": reference.uflpa_waves,
}
KEYS = {
    "countries": "alpha_2",
    "country_names": "name",
    "units": "code",
    "schedule_k_ports": "code",
    "schedule_d_ports": "code",
    "exposure": "material country year",
    "instruments": "goods_family instrument",
    "uflpa_waves": "effective_date",
    "scope": "hts_prefix valid_from",
    "xinjiang_share": "material measure year",
    "materials": "material",
    "documents": "material document",
    "material_words": "word",
    "material_price": "material month",
    "xinjiang_places": "name",
    "listed": "name programme effective_date",
    "material_factors": "material goods_kind",
}


def _sources() -> set[str]:
    text = (FOLDER / "SOURCES.md").read_text("utf-8")
    return set(re.findall(r"^\| ([a-z0-9-]+) \|", text, re.MULTILINE)) - {"key", "table"}


def test_every_table_has_a_reader() -> None:
    assert {path.stem for path in FOLDER.glob("*.csv")} == set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_every_row_names_a_source(name: str) -> None:
    rows: tuple[Any, ...] = TABLES[name]()
    assert rows
    assert {row.source for row in rows} <= _sources()


def test_every_source_is_used() -> None:
    assert {row.source for table in TABLES.values() for row in table()} == _sources()


@pytest.mark.parametrize("name", KEYS)
def test_no_key_twice(name: str) -> None:
    rows: tuple[Any, ...] = TABLES[name]()
    found = Counter(tuple(getattr(row, field) for field in KEYS[name].split()) for row in rows)
    assert not [key for key, count in found.items() if count > 1]


@pytest.mark.parametrize("name", [name for name in TABLES if name != "countries"])
def test_countries_exist(name: str) -> None:
    rows: tuple[Any, ...] = TABLES[name]()
    assert {row.country for row in rows if hasattr(row, "country")} <= set(reference.countries_by_alpha_2())


def test_ports_begin_with_a_prefix_of_their_country() -> None:
    prefixes = reference.countries_by_schedule_k_prefix()
    assert all(port.country in prefixes[port.code[:3]] for port in reference.foreign_ports())
    assert all(re.fullmatch(r"[0-9]{5}", port.code) for port in reference.foreign_ports())


def test_chinese_ports_and_no_other_have_a_region() -> None:
    assert {port.country for port in reference.foreign_ports() if port.china_region} == {"CN"}
    assert all(port.china_region for port in reference.foreign_ports() if port.country == "CN")


@pytest.mark.parametrize(("code", "name"), [("4601", "New York/Newark"), ("2704", "Los Angeles")])
def test_ports_of_the_united_states(code: str, name: str) -> None:
    assert reference.us_ports_by_code()[code].name == name
    assert all(re.fullmatch(r"[0-9]{4}", port.code) for port in reference.us_ports())


def test_scope_is_prefixes_of_the_known_families() -> None:
    families = set(get_args(GoodsFamily))
    assert {row.goods_family for row in reference.scope()} == families
    assert {row.goods_family for row in reference.instruments()} <= {*families, None}
    assert all(re.fullmatch(r"[0-9]{2,10}", row.hts_prefix) for row in reference.scope())


def test_materials_of_every_table_are_named() -> None:
    named = {row.material for row in reference.named_materials()}
    assert {row.material for row in reference.scope() if row.material} == named
    rows = (
        reference.exposures(),
        reference.xinjiang_shares(),
        reference.material_prices(),
        reference.material_factors(),
    )
    assert {row.material for table in rows for row in table} <= named
    assert all((row.content is None) == (row.material is None) for row in reference.scope())
    assert all(0 < row.content <= 1 for row in reference.scope() if row.content is not None)


def test_a_year_is_known_only_after_its_end() -> None:
    assert all(row.known_from >= date(row.year + 1, 1, 1) for row in reference.xinjiang_shares())
    assert all(row.known_from >= date(row.year + 1, 1, 1) for row in reference.exposures())


def test_a_month_is_known_only_after_its_end_and_none_is_missing() -> None:
    prices = reference.material_prices()
    assert all((row.known_from - row.month).days >= 29 for row in prices)
    for material in {row.material for row in prices} - {"tomato"}:  # of tomato paste single months were found
        months = [row.month.year * 12 + row.month.month for row in prices if row.material == material]
        assert months == list(range(months[0], months[0] + len(months)))
        assert len(months) >= 90


def test_shares_are_shares_and_factors_lie_in_their_range() -> None:
    assert all(0 < row.share < 1 for row in reference.xinjiang_shares())
    assert all(0 < row.china_dependence < 1 for row in reference.exposures())
    assert all(row.low <= row.kg_per_kg <= row.high for row in reference.material_factors())


def test_places_are_spelt_in_ascii_capitals() -> None:
    assert all(re.fullmatch(r"[A-Z]+", place.name) for place in reference.xinjiang_places())
    assert reference.places_by_name()["WULUMUQI"].place == reference.places_by_name()["URUMQI"].place


@pytest.mark.parametrize(("name", "collides"), [("YUTIAN", True), ("YIWU", True), ("URUMQI", False), ("AKESU", False)])
def test_places_that_collide(name: str, collides: bool) -> None:
    assert bool(reference.places_by_name()[name].collides_with) is collides


def test_listings_end_after_they_begin() -> None:
    ended = [row for row in reference.listings() if row.removed_date]
    assert ended
    assert all(row.removed_date and row.removed_date > row.effective_date for row in ended)


def test_legal_dates_name_whole_families_or_none() -> None:
    families = set(get_args(GoodsFamily))
    words = {word for row in reference.legal_dates() for word in row.scope.split()}
    assert words - {"all", "party", "de_minimis", "cotton", "textiles"} <= families


def test_codes_of_canadian_provinces_are_no_countries() -> None:
    assert not set(manufacturer_id.CANADA.values()) & set(reference.countries_by_alpha_2())
