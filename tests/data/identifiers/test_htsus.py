"""Tariff numbers: read, written, matched by prefix."""

import numpy as np
import pyarrow as pa
import pytest

from originrisk.data.identifiers import htsus


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6109.10.00.12", "6109100012"),
        ("61 09", "6109"),
        ("61", "61"),
        ("610", None),
        ("61091000127", None),
        ("61O9", None),
    ],
)
def test_normalise(text: str, code: str | None) -> None:
    assert htsus.normalise(text) == code


@pytest.mark.parametrize(
    ("code", "text"), [("6109100012", "6109.10.00.12"), ("610910", "6109.10"), ("61", "61")]
)
def test_dotted(code: str, text: str) -> None:
    assert htsus.dotted(code) == text


def test_ancestors_go_from_narrow_to_broad() -> None:
    assert htsus.ancestors("6109100012") == ("6109100012", "61091000", "610910", "6109", "61")
    assert htsus.ancestors("610910") == ("610910", "6109", "61")


@pytest.mark.parametrize(
    ("pattern", "prefixes"),
    [
        ("5801.2x", ("58012",)),
        ("0302-0305", ("0302", "0303", "0304", "0305")),
        ("76", ("76",)),
        ("5803.00.10", ("58030010",)),
    ],
)
def test_expand(pattern: str, prefixes: tuple[str, ...]) -> None:
    assert htsus.expand(pattern) == prefixes


@pytest.mark.parametrize("pattern", ["", "cotton", "5212-5201", "52-5201", "5x01"])
def test_expand_refuses(pattern: str) -> None:
    with pytest.raises(ValueError, match="not a tariff"):
        htsus.expand(pattern)


def test_longest_prefix_wins() -> None:
    assert htsus.longest_prefix("6109100012", {"61", "6109", "6110"}) == "6109"
    assert htsus.longest_prefix("5201", {"61"}) is None


def test_matches_codes_of_any_length_and_null() -> None:
    codes = np.array(["6109100012", "6110", None, "61", "5801210000"], dtype=object)
    assert htsus.matches(codes, ["6109", "58012"]).tolist() == [True, False, False, False, True]
    assert htsus.matches(pa.chunked_array([["6109"], ["6110"]]), ["6109"]).tolist() == [True, False]
