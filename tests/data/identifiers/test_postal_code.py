"""Chinese postal codes and the states of the Region Alert."""

import csv
import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from originrisk.data.identifiers.postal_code import RegionAlert, is_chinese, is_xinjiang, region_alert, state_of

SHARED = Path(os.environ.get("ORIGINRISK_SHARED", Path(__file__).parents[4] / "shared"))
COUNTIES = SHARED / "data" / "reference" / "xuar-county-postcodes.csv"


@pytest.mark.parametrize(
    ("code", "chinese", "xinjiang"),
    [
        ("830000", True, True),
        ("844000", True, True),
        ("200000", True, False),
        ("999077", False, False),
        ("83000", False, False),
        ("８３００００", False, False),
        ("000000", False, False),
        ("850000", True, False),
    ],
)
def test_code(code: str, chinese: bool, xinjiang: bool) -> None:
    assert (is_chinese(code), is_xinjiang(code)) == (chinese, xinjiang)


def _alert(country: str | None, code: str | None, day: date) -> RegionAlert:
    state = RegionAlert.MISSING if code is None else state_of(code)
    days = np.array([day], dtype="datetime64[D]")
    states = region_alert(np.array([country == "CN"]), np.array([float(state)]), days)
    return RegionAlert(int(states[0]))


@pytest.mark.parametrize(
    ("country", "code", "day", "state"),
    [
        ("CN", None, date(2023, 3, 17), RegionAlert.NOT_YET_REQUIRED),
        ("CN", None, date(2023, 3, 18), RegionAlert.MISSING),
        ("CN", "830000", date(2023, 3, 17), RegionAlert.XINJIANG),
        ("CN", "841000", date(2024, 1, 1), RegionAlert.XINJIANG),
        ("CN", "310000", date(2024, 1, 1), RegionAlert.OTHER_PROVINCE),
        ("CN", "90210", date(2024, 1, 1), RegionAlert.INVALID),
        ("VN", "830000", date(2024, 1, 1), RegionAlert.NOT_CHINA),
        (None, "830000", date(2024, 1, 1), RegionAlert.NOT_CHINA),
    ],
)
def test_region_alert(country: str | None, code: str | None, day: date, state: RegionAlert) -> None:
    assert _alert(country, code, day) is state


@pytest.mark.skipif(not COUNTIES.exists(), reason="needs the postal codes of Xinjiang; set ORIGINRISK_SHARED")
def test_counties_of_xinjiang() -> None:
    with COUNTIES.open(encoding="utf-8", newline="") as file:
        codes = [row["zipCode"] for row in csv.DictReader(file)]
    # eight codes in that list are typing errors
    assert sum(map(is_xinjiang, codes)) == len(codes) - 8 == 102
