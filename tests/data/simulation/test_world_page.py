"""The datasheet: up to date, with a source and a confidence for every parameter, and pictures that exist."""

import re
from pathlib import Path

import pytest

from docs.pages.world import PICTURES, document, draw
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.tables import parameters

DOCS = Path(__file__).parents[3] / "docs"


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
    names = re.findall(r"\]\((figures/[^)]+)\)", document())
    assert len(names) == 5
    assert all((DOCS / name).stat().st_size < 100_000 for name in names)


def test_every_picture_is_drawn(tmp_path: Path) -> None:
    draw(tmp_path, lines=60_000)
    assert {path.name for path in tmp_path.iterdir()} == {f"world-{name}.png" for name in PICTURES}
    assert all(path.stat().st_size > 5_000 for path in tmp_path.iterdir())
