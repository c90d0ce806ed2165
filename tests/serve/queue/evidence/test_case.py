"""What stands at the top of a line's page."""

from pathlib import Path

import pytest

from originrisk.data import reference
from originrisk.models.flags import RULES
from originrisk.models.statements import STATEMENTS
from originrisk.serve.queue.db.database import alias_key
from originrisk.serve.queue.evidence.case import CONCEPTS, PROOF, concept_rows, in_words
from originrisk.serve.queue.evidence.store_reader import importer_alias


def test_an_importer_has_one_name_in_a_home_and_another_in_the_next(tmp_path: Path) -> None:
    here, there = alias_key(tmp_path / "a"), alias_key(tmp_path / "b")
    assert alias_key(tmp_path / "a") == here
    alias = importer_alias("12-3456789", here)
    assert alias == importer_alias("12-3456789", here)
    assert alias != importer_alias("12-3456789", there)
    assert importer_alias(None, here) is None


def test_the_secret_of_the_aliases_is_for_its_owner_alone(tmp_path: Path) -> None:
    alias_key(tmp_path)
    assert (tmp_path / "queue" / "alias.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("probability", "usual", "words"),
    [
        (0.33, 0.018, "1 in 3; 18 times the day's average"),
        (0.8, 0.2, "80%; 4.0 times the day's average"),
        (0.02, 0.02, "1 in 50; about the day's average"),
        (0.001, 0.02, "1 in 1,000; below the day's average"),
    ],
)
def test_a_probability_is_said_as_people_say_it(probability: float, usual: float, words: str) -> None:
    assert in_words(probability, usual) == words


def test_every_concept_has_a_row_with_its_verdict_strongest_first() -> None:
    score = {
        "reasons": [{"concept": "price", "contribution": 0.5, "text": "$1 a piece", "facts": []}],
        "against": [{"concept": "parties", "contribution": -0.7, "text": "", "facts": []}],
    }
    rows = concept_rows(score)
    assert rows[0].title == "Price"
    assert (rows[0].verdict, rows[-1].title, rows[-1].verdict) == ("raises", "Parties", "lowers")
    assert {row.verdict for row in rows[1:-1]} == {"says nothing"}


def test_every_concept_is_shown_and_every_proof_is_of_a_flag_that_there_is() -> None:
    assert list(CONCEPTS) == list(STATEMENTS)
    assert set(PROOF) <= {rule.__name__ for rule in RULES} | {"listed_party", "below_material_cost", "order_in_force"}


def test_documents_are_of_known_materials() -> None:
    known = {row.material for row in reference.named_materials()} | {"any"}
    assert {one.material for one in reference.documents()} <= known
