import numpy as np
import pytest

from originrisk.data.settings import TrainSettings
from originrisk.train.calibrate import rate_rows
from originrisk.train.evaluation.holdout import evaluate_holdout
from originrisk.train.labels import Expected
from originrisk.train.origin_classifier import OriginClassifier
from originrisk.train.report.card import card
from tests.train.factory import none_of, planted

SETTINGS = {
    "cutoff": "2021-06-30",
    "examples": 1500,
    "trees": 60,
    "tables": {"entries": 3, "outcomes": 1},
    "history_start": "2018-01-01",
    "train": {"seeds": 1},
}


RATES = Expected.of().error_rates
RATES.lines[0] = 9
ROWS = rate_rows(RATES, np.zeros((len(RATES.lines), 4)))


@pytest.fixture(scope="module")
def text() -> str:
    lines = planted(1500).examples
    holdout = evaluate_holdout(lines, none_of(lines), OriginClassifier(), TrainSettings(), seed=0)
    unknown = [{"chapter": "94", "share": 0.25, "share_expected": 0.0312}]
    measured = {**holdout.summary(), "left_out": {"pending": 12}, "error_rates": ROWS}
    measured["chapters_without_result"] = unknown
    return card("abc123", "champion", SETTINGS, measured)


def test_the_card_says_what_the_score_must_not_be_used_for(text: str) -> None:
    assert "must not be used" in text
    assert "detain" in text


def test_the_card_states_sample_sizes_bias_and_table_versions(text: str) -> None:
    assert "1,500 examined lines" in text
    assert "entries version 3" in text
    assert "| pending | 12 |" in text
    assert "Label bias" in text


def test_the_card_says_what_its_level_rests_on(text: str) -> None:
    assert "**Assumed:**" in text.split("Label bias")[1]


def test_the_card_says_which_rates_are_priors_and_where_they_come_from(text: str) -> None:
    assert "- isotopic: Tests find .95" in text


def test_the_card_names_chapters_without_a_result_and_says_what_holds_over_all_lines(text: str) -> None:
    assert "| 94 | 25.00% | 3.12% |" in text
    assert "- truly from Xinjiang " in text.split("Over all lines")[1]


def test_slices_with_few_positives_are_marked_weak(text: str) -> None:
    found = [row for row in text.splitlines() if row.startswith("| declared Chinese")]
    assert len(found) == 1
    marked = "too few positives" in found[0]
    assert marked == (int(found[0].split("|")[3]) < 30)


def test_every_table_has_as_many_cells_as_its_head(text: str) -> None:
    head = 0
    for row in text.splitlines():
        if row.startswith("|"):
            head = head or row.count("|")
            assert row.count("|") == head, row
        else:
            head = 0
