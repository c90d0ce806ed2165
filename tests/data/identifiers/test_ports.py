"""Port codes of both schedules."""

import pytest

from data.identifiers import ports


@pytest.mark.parametrize(
    ("text", "code"), [("2704", "2704"), (" 401", "0401"), ("27", None), ("27O4", None), ("27040", None)]
)
def test_schedule_d(text: str, code: str | None) -> None:
    assert ports.schedule_d(text) == code


@pytest.mark.parametrize(
    ("text", "code"), [("57035", "57035"), ("5703", None), ("01520", "01520"), ("5703X", None)]
)
def test_schedule_k(text: str, code: str | None) -> None:
    assert ports.schedule_k(text) == code


@pytest.mark.parametrize(
    ("code", "country"),
    [
        ("57035", "CN"),
        ("57099", "CN"),
        ("58201", "HK"),
        ("55224", "VN"),
        ("41323", "GB"),
        ("01520", "CA"),
        ("42737", "FR"),
        ("24899", None),
        ("92009", None),
        ("99999", None),
    ],
)
def test_country(code: str, country: str | None) -> None:
    assert ports.country_of_schedule_k(code) == country
