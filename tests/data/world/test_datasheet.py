"""The datasheet: up to date, with a source and a confidence for every parameter, and pictures that exist."""

import re
from pathlib import Path

import pytest

from originrisk.data.world.datasheet import page
from originrisk.data.world.parameters import parameters
from originrisk.data.world.settings import WorldSettings

DOCS = Path(__file__).parents[3] / "docs"


def test_page_is_what_the_code_makes() -> None:
    assert (DOCS / "world.md").read_text(encoding="utf-8").rstrip("\n") == page().rstrip("\n")


@pytest.mark.parametrize("name", parameters())
def test_parameter_states_meaning_source_and_confidence(name: str) -> None:
    words = ("published", "derived", "common", "assumption")
    table = parameters()[name]
    assert table["meaning"]
    assert table["source"]
    assert any(word in table["confidence"] for word in words)


def test_every_knob_is_explained() -> None:
    assert all(field.description for field in WorldSettings.model_fields.values())


def test_pictures_exist_and_are_small() -> None:
    names = re.findall(r"\]\((figures/[^)]+)\)", page())
    assert len(names) == 5
    assert all((DOCS / name).stat().st_size < 100_000 for name in names)
