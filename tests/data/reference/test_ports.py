"""The country of a foreign port."""

import csv
import os
from pathlib import Path

import pytest

from originrisk.data import reference

SHARED = Path(os.environ.get("ORIGINRISK_SHARED", Path(__file__).parents[4] / "shared"))
SCHEDULE_K = SHARED / "data" / "reference" / "schedule-k-foreign-ports-2024q4.csv"


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
    assert reference.country_of_schedule_k(code) == country


@pytest.mark.skipif(not SCHEDULE_K.exists(), reason="needs the published Schedule K; set ORIGINRISK_SHARED")
def test_no_port_of_the_whole_schedule_gets_another_country() -> None:
    countries = {country.schedule_c: country.alpha_2 for country in reference.countries()}
    with SCHEDULE_K.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Country Code"] in countries]
    found = [(countries[row["Country Code"]], reference.country_of_schedule_k(row["Schedule K Code"])) for row in rows]
    assert not [(wanted, got) for wanted, got in found if got not in (wanted, None)]
    assert sum(got is None for _, got in found) < 0.12 * len(found)
