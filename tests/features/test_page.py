"""The page of features is the one that the catalogue makes."""

from pathlib import Path

from originrisk.features.catalogue import CATALOGUE
from originrisk.features.history.tallies import TALLIES
from originrisk.features.page import FAMILIES, document


def test_the_page_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "features.md"
    assert page.read_text(encoding="utf-8") == document(), (
        "run `python -m originrisk.features.page > docs/features.md`"
    )


def test_every_feature_and_every_tally_has_a_row() -> None:
    rows = [line for line in document().splitlines() if line.startswith("| `")]
    assert len(rows) == len(CATALOGUE) + len(TALLIES)
    assert {feature.family for feature in CATALOGUE} == set(FAMILIES)
