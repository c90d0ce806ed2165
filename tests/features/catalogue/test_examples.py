"""Every feature does what its example rows say; they are its documentation too (docs/features.md)."""

import pytest

from originrisk.features.catalogue import CATALOGUE, NAMES
from originrisk.features.catalogue.feature import CONCEPTS, Feature
from tests.features.examples import MISSING, declared, examples

LEAST = 3


@pytest.mark.parametrize("feature", CATALOGUE, ids=NAMES)
def test_a_feature_does_what_its_examples_say(feature: Feature) -> None:
    wrong = [(one.row, one.value(feature)) for one in examples(feature.name) if not one.holds(feature)]
    assert not wrong


def test_every_feature_has_examples_and_every_example_a_feature() -> None:
    assert [*declared()] == [*NAMES]
    assert not [name for name, rows in declared().items() if len(rows) < LEAST]


def test_the_examples_show_a_missing_value_where_there_is_one() -> None:
    shown = {name for name in NAMES if any(one.expected == MISSING for one in examples(name))}
    assert {one.name for one in CATALOGUE if one.unit in ("days", "ln", "robust z")} <= shown


def test_concepts_are_the_catalogue_s_order() -> None:
    assert [*dict.fromkeys(one.concept for one in CATALOGUE)] == [*CONCEPTS]
