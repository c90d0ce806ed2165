"""The laws hold over the whole catalogue, and each of them catches a planted bug."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from originrisk.features.catalogue import CATALOGUE
from originrisk.features.catalogue.feature import Feature
from originrisk.features.history.replay import Outcomes
from originrisk.features.history.view import PointInTimeView
from originrisk.features.lines import Floats, Lines
from tests.features import laws
from tests.features.factory import change, entries, listing_of, outcomes

ENTRIES = entries()
OUTCOMES = outcomes(ENTRIES)
BY_NAME = {feature.name: feature for feature in CATALOGUE}

SPELLED = {"list_match"}
"""Features that ask how near two spellings are: whether they are one name is what they are to find out."""


def bug(column: object) -> list[Feature]:
    """A catalogue of one wrong feature."""
    return [Feature("goods", "planted", "", "", column)]  # type: ignore[arg-type]


def test_what_is_learned_later_changes_nothing() -> None:
    laws.later_changes_nothing(CATALOGUE, ENTRIES, OUTCOMES)


def test_lines_in_any_order_have_the_same_features() -> None:
    laws.order_changes_nothing(CATALOGUE, ENTRIES, OUTCOMES)


def test_a_line_alone_has_the_same_features() -> None:
    laws.company_changes_nothing(CATALOGUE, ENTRIES, OUTCOMES)


def test_a_world_at_another_time_has_the_same_features() -> None:
    laws.shift_changes_nothing(CATALOGUE, ENTRIES, OUTCOMES)


def test_other_names_have_the_same_features() -> None:
    identity = [one for one in CATALOGUE if one.name not in SPELLED]
    laws.names_change_nothing(identity, ENTRIES, OUTCOMES)


def one_line_world() -> tuple[pa.Table, pa.Table]:
    """A world whose last line repeats the parties of its first, the only one examined."""
    table = pa.concat_tables([ENTRIES.slice(0, 3), ENTRIES.slice(0, 1)])
    later = ENTRIES["entry_date"][200].as_py()
    dates = [*table["entry_date"].to_pylist()[:3], later]
    numbers = [*table["entry_number"].to_pylist()[:3], "XX9999999"]
    table = change(table, entry_date=dates, received_on=dates, entry_number=numbers)
    return table, outcomes(table.slice(0, 1), share=1.0)


@pytest.mark.parametrize(
    "name", [one.name for one in CATALOGUE if one.concept == "findings" and one.name != "mid_stem_found_rate"]
)
def test_an_outcome_is_seen_from_the_day_after(name: str) -> None:
    table, found = one_line_world()
    table = change(table, **{column: [cells[0]] * 4 for column, cells in filled(table).items()})
    laws.day_before_is_seen_the_day_is_not([BY_NAME[name]], table, found)


def listed_world() -> tuple[pa.Table, pa.Table]:
    """A world whose last line is alone on its day, and one row of a list that names its maker and its seller."""
    table, _ = one_line_world()
    last = table["entry_date"].to_pylist()[-1] + timedelta(days=1)
    ends = [*table["entry_date"].to_pylist()[:3], last]
    table = change(table, entry_date=ends, received_on=ends, seller_name=[None, None, None, "LATE TRADING"])
    return table, listing_of(table["manufacturer_name"][-1].as_py(), aliases="Late Trading Ltd")


def test_a_listing_is_seen_from_the_day_after() -> None:
    table, listing = listed_world()
    laws.later_listings_change_nothing([BY_NAME["list_match"]], table, outcomes(table, share=0), listing)


def test_law_five_catches_an_undated_list() -> None:
    def maker_on_a_list(lines: Lines, known: PointInTimeView) -> Floats:
        return lines.texts["manufacturer_name"].says(known.listings.names).astype(float)

    table, listing = listed_world()
    with pytest.raises(AssertionError):
        laws.later_listings_change_nothing(bug(maker_on_a_list), table, outcomes(table, share=0), listing)


def test_law_five_catches_a_match_with_every_listed_name_of_all_time() -> None:
    def may_be_listed(lines: Lines, known: PointInTimeView) -> Floats:
        late = np.full(lines.size, 30_000, np.int32)
        return known.listings.spelled.probability(lines.texts["manufacturer_name"], None, late)

    table, listing = listed_world()
    with pytest.raises(AssertionError):
        laws.later_listings_change_nothing(bug(may_be_listed), table, outcomes(table, share=0), listing)


def filled(table: pa.Table) -> dict[str, list[object]]:
    """Columns that a rate may be keyed by, without empty cells."""
    columns = ("manufacturer_address", "seller_name", "port_of_lading", "port_of_entry", "manufacturer_postal_code")
    return {
        name: ["2704" if name == "port_of_entry" else "57035" if "port" in name else "12 A B C"] for name in columns
    }


def test_law_one_catches_a_count_of_the_whole_world() -> None:
    def lines_in_all(lines: Lines, known: PointInTimeView) -> Floats:
        text = lines.texts["manufacturer_name"]
        return np.bincount(text.codes + 1, minlength=len(text.levels) + 1)[text.codes + 1].astype(float)

    with pytest.raises(AssertionError):
        laws.later_changes_nothing(bug(lines_in_all), ENTRIES, OUTCOMES)


def test_law_two_catches_a_mean_over_the_batch() -> None:
    def value_against_batch(lines: Lines, known: PointInTimeView) -> Floats:
        return lines.numbers["entered_value_usd"] - lines.numbers["entered_value_usd"].mean()

    with pytest.raises(AssertionError):
        laws.company_changes_nothing(bug(value_against_batch), ENTRIES, OUTCOMES)


def test_law_two_catches_the_place_in_the_file() -> None:
    def place(lines: Lines, known: PointInTimeView) -> Floats:
        return lines.texts["entry_number"].codes.astype(float)

    with pytest.raises(AssertionError):
        laws.order_changes_nothing(bug(place), ENTRIES, OUTCOMES)


def test_law_three_catches_the_calendar() -> None:
    def year(lines: Lines, known: PointInTimeView) -> Floats:
        return lines.days["entry_date"] // 365.0

    with pytest.raises(AssertionError):
        laws.shift_changes_nothing(bug(year), ENTRIES, OUTCOMES)


def test_law_four_catches_an_outcome_seen_on_its_day() -> None:
    def a_day_early(lines: Lines, table: pa.Table) -> Outcomes:
        right = Outcomes.of(lines, table)
        return Outcomes(right.rows, right.day - np.int32(1), right.told)

    with pytest.raises(AssertionError):
        laws.day_before_is_seen_the_day_is_not([BY_NAME["maker_found_rate"]], *one_line_world(), a_day_early)


def test_law_six_catches_the_spelling_of_a_name() -> None:
    def first_letter(lines: Lines, known: PointInTimeView) -> Floats:
        return lines.texts["manufacturer_name"].read(lambda name: float(ord(name[0])), np.nan)

    with pytest.raises(AssertionError):
        laws.names_change_nothing(bug(first_letter), ENTRIES, OUTCOMES)
