import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from originrisk.data.contract import SCORES
from originrisk.data.store.tables import Store
from originrisk.features.catalogue import CATALOGUE, NAMES
from originrisk.models.evidence import LineEvidence, gather
from originrisk.models.explanation import (
    SUMMARY,
    TOLD,
    Explanation,
    by_concept,
    explain,
    explanation,
    summary,
    told_columns,
)
from originrisk.models.statements import STATEMENTS
from tests.models.factory import matrix, model
from tests.serve import factory

DAY = date(2021, 2, 5)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> list[LineEvidence]:
    home = tmp_path_factory.mktemp("home")
    factory.home(home)
    return gather(Store(home), Store(home).entries(DAY, DAY), date(2021, 2, 4))


def test_contributions_by_concept_add_up_to_the_score() -> None:
    features, origin = matrix(6), model()
    summed = by_concept(origin.contributions(features), origin.features)
    assert summed.shape == (6, len(STATEMENTS) + 1)
    np.testing.assert_allclose(summed.sum(axis=1), origin.log_odds(features))


def test_each_feature_adds_to_its_own_concept_alone() -> None:
    for place, feature in enumerate(CATALOGUE):
        parts = np.zeros((1, len(CATALOGUE) + 1))
        parts[0, place] = 1.0
        assert by_concept(parts, NAMES)[0, [*STATEMENTS].index(feature.concept)] == 1.0


def test_what_raises_most_comes_first_and_what_lowers_says_nothing(known: list[LineEvidence]) -> None:
    parts = np.array([0.1, -0.5, 0.7, 0.0, -0.9, 0.0, 0.2, 0.2, -2.0])
    told = explanation(parts, known[0], most=8)
    assert [one["concept"] for one in told.reasons] == ["links", "goods", "paperwork", "findings"]
    assert [one["concept"] for one in told.against] == ["price", "parties"]
    assert all(one["text"] for one in told.reasons)
    assert not any(one["text"] or one["facts"] for one in told.against)
    shown = sum(one["contribution"] for one in (*told.reasons, *told.against))
    assert told.base_log_odds is not None
    assert math.isclose(told.base_log_odds + shown, told.log_odds or 0.0)
    assert len(explanation(parts, known[0], most=2).reasons) == 2


def test_the_order_of_lines_changes_no_line(known: list[LineEvidence]) -> None:
    features, order = matrix(len(known)), np.random.default_rng(1).permutation(len(known))
    every = np.arange(len(known))
    straight = explain(features, model(), known, rows=every, lines=len(known), most=5)
    mixed = explain(features[order], model(), [known[row] for row in order], rows=every, lines=len(known), most=5)
    assert mixed == [straight[row] for row in order]


def test_only_the_lines_asked_for_are_told(known: list[LineEvidence]) -> None:
    rows = np.array([7, 2])
    told = explain(matrix(40)[rows], model(), known[:2], rows=rows, lines=40, most=1)
    assert {row for row, one in enumerate(told) if one != Explanation()} == {2, 7}


def test_the_columns_are_those_of_the_contract(known: list[LineEvidence]) -> None:
    columns = told_columns(explain(matrix(2)[:1], model(), known[:1], rows=np.array([1]), lines=2, most=2))
    assert {name: column.type for name, column in columns.items()} == {
        name: SCORES.schema.field(name).type for name in TOLD
    }
    assert [value is None for value in columns["summary"].to_pylist()] == [True, False]


def test_no_line_is_no_row(tmp_path: Path) -> None:
    assert gather(Store(tmp_path), SCORES.schema.empty_table(), DAY) == []
    columns = told_columns(explain(matrix(0), model(), [], rows=np.arange(0), lines=0, most=5))
    assert {len(column) for column in columns.values()} == {0}


@pytest.mark.parametrize("length", [1, 90, 198, 199, 400])
def test_a_summary_is_one_sentence_within_its_length(length: int) -> None:
    reason = {"concept": "price", "contribution": 1.0, "text": "x" * length + ".", "facts": []}
    said = summary([], [reason, {**reason, "text": "Second."}])
    assert 0 < len(said) <= SUMMARY
    assert said.endswith(".")


def test_a_summary_tells_a_finding_once_and_orders_last() -> None:
    flag = {"flag": "finding_at_party", "text": "Found in goods of this maker.", "facts": []}
    order = {"flag": "order_in_force", "text": "WRO on cotton.", "facts": []}
    counted = {"concept": "findings", "contribution": 1.0, "text": "1 of 2 of this maker found inputs.", "facts": []}
    other = {**counted, "concept": "route", "text": "Loaded at Yantian."}
    assert summary([flag, order], [counted]) == "1 of 2 of this maker found inputs; WRO on cotton."
    assert summary([flag, order], [other]) == "Found in goods of this maker; loaded at Yantian; WRO on cotton."
