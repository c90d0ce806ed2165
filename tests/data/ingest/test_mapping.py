"""Mappings: the shipped ones fit the contract; a wrong key, column or name is refused with a hint."""

from pathlib import Path

import pytest

from originrisk.data.contract import TABLES
from originrisk.data.errors import BadInputError
from originrisk.data.ingest.mapping import SHIPPED, Fold, Mapping, TableMapping, load_mapping, resolve

OWN = """
description = "own"
[outcomes]
may_lack = ["result"]
[outcomes.columns]
entry_number = "Number"
selected_date = "Day"
result = "Found"
[outcomes.constants]
line_number = "1"
selection = "random"
"""


def _own(folder: Path, text: str) -> str:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", ["contract", *(path.stem for path in SHIPPED.glob("*.toml"))])
def test_a_shipped_mapping_loads(name: str) -> None:
    assert load_mapping(name).description


def test_the_contract_maps_every_column_to_itself() -> None:
    assert load_mapping("contract").table("entries").columns == {name: name for name in TABLES["entries"].names}


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("may_lack", "may_lak", "Is it `may_lack`?"),
        ("result =", "resullt =", "Is it `result`?"),
        ('entry_number = "Number"', "", "Name its heading under [outcomes.columns]"),
        ('"own"', "7", "valid string"),
        ("[outcomes]", "[outcomes", "valid TOML"),
        ('"own"', '"own"\nencoding = "utf-88"', "a text encoding that Python knows"),
    ],
)
def test_a_wrong_mapping_is_refused_with_a_hint(tmp_path: Path, old: str, new: str, hint: str) -> None:
    with pytest.raises(BadInputError) as caught:
        load_mapping(_own(tmp_path, OWN.replace(old, new, 1)))
    assert hint in str(caught.value)


def test_an_unknown_mapping_is_refused_with_the_names_of_those_that_ship() -> None:
    with pytest.raises(BadInputError, match="korea-kcs"):
        load_mapping("korea")


def test_a_table_that_the_source_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="only outcomes"):
        load_mapping(_own(tmp_path, OWN)).table("entries")


def _resolved(folder: Path, *headings: str) -> dict[str, str]:
    part: TableMapping = load_mapping(_own(folder, OWN)).table("outcomes")
    return resolve("file.csv", TABLES["outcomes"], part, headings, only_known=False)


def test_headings_are_found_in_spite_of_case_and_blanks(tmp_path: Path) -> None:
    found = _resolved(tmp_path, "DAY", " number ", "Other")
    assert found == {"entry_number": " number ", "selected_date": "DAY"}


def test_a_heading_that_the_file_lacks_is_refused_with_the_closest(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="Closest: `Numbr`"):
        _resolved(tmp_path, "Numbr", "Day")


PAGE = Path(__file__).parents[3] / "docs" / "mappings.md"


def test_the_page_names_every_key() -> None:
    page = PAGE.read_text(encoding="utf-8")
    keys = {key for model in (Mapping, TableMapping, Fold) for key in model.model_fields}
    assert {key for key in keys if f"`{key}`" not in page} == set()


def test_the_example_of_the_page_is_a_mapping(tmp_path: Path) -> None:
    example = PAGE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    part = load_mapping(_own(tmp_path, example)).table("entries")
    assert part.columns["htsus"] == ("Tariff 10", "Tariff 8")
