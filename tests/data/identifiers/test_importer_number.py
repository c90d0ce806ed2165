"""Importer numbers: their forms, and what may be shown of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from originrisk.data.identifiers.importer_number import form, mask


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("12-345678900", "EIN"),
        ("12-3456789AB", "EIN"),
        ("12-3456789", "EIN"),
        ("240101-12345", "CBP"),
        ("123-45-6789", "SSN"),
        ("123456789", None),
        ("", None),
    ],
)
def test_form(text: str, kind: str | None) -> None:
    assert form(text) == kind


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("12-3456789ab", "EIN ***89"),
        ("12-3456789", "EIN ***89"),
        ("07-123456700", "EIN ***67"),
        ("240101-12345", "CBP ***45"),
        ("123-45-6789", "SSN ***"),
        ("123456789", "number ***"),
        (None, ""),
    ],
)
def test_mask(text: str | None, shown: str) -> None:
    assert mask(text) == shown


@given(st.from_regex(r"[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{9}", fullmatch=True))
def test_no_digit_of_a_social_security_number_is_shown(number: str) -> None:
    assert not any(character.isdigit() for character in mask(number))


@given(st.text(min_size=1))
def test_at_most_two_characters_are_shown(text: str) -> None:
    assert len(mask(text)) <= len("number ***")
