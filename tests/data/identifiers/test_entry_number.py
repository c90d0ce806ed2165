"""Entry numbers: form, check digit, and the same verdict one by one and in bulk."""

import json
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from originrisk.data.identifiers import entry_number

SHARED = Path(os.environ.get("ORIGINRISK_SHARED", Path(__file__).parents[4] / "shared"))
VECTORS = SHARED / "vectors" / "entry-number.json"

filers = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=3, max_size=3)
sequences = st.text("0123456789", min_size=7, max_size=7)


@pytest.mark.parametrize(("filer", "sequence", "digit"), [("ABC", "1234567", 6), ("999", "9999999", 0)])
def test_check_digit(filer: str, sequence: str, digit: int) -> None:
    assert entry_number.check_digit(filer, sequence) == digit


def test_letters_take_the_values_of_the_catair_table() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    values = [-entry_number.check_digit(f"{letter}00", "0000000") % 10 for letter in letters]
    assert values == [*range(1, 10), *range(1, 10), *range(2, 10)]


def test_last_digit_of_the_sequence_is_doubled() -> None:
    assert entry_number.check_digit("TA2", "1234007") - entry_number.check_digit("TA2", "1234008") == 2


@pytest.mark.skipif(not VECTORS.exists(), reason="needs vectors/entry-number.json; set ORIGINRISK_SHARED")
def test_every_vector() -> None:
    for vector in json.loads(VECTORS.read_text("utf-8"))["vectors"]:
        assert entry_number.check_digit(vector["filer"], vector["sequence"]) == vector["check_digit"]
        assert entry_number.normalise(vector["entry_number"])


@pytest.mark.parametrize("text", ["ABC-1234567-6", " abc12345676 ", "ABC-12345676", "ABC1234567-6"])
def test_normalise_drops_hyphens_blanks_and_case(text: str) -> None:
    assert entry_number.normalise(text) == "ABC12345676"


@pytest.mark.parametrize("text", ["", "ABC123456", "AB-C1234567-6", "ABC-123456X-6", "ABC-1234567-66", "ÄBC12345676"])
def test_normalise_refuses_what_has_not_the_form(text: str) -> None:
    assert entry_number.normalise(text) is None


def test_check_digit_of_something_else_is_an_error() -> None:
    with pytest.raises(ValueError, match="7 digits"):
        entry_number.check_digit("ABC", "12345")


@given(filers, sequences)
def test_exactly_one_last_digit_is_valid(filer: str, sequence: str) -> None:
    codes = np.array([f"{filer}-{sequence}-{digit}" for digit in range(10)], dtype=object)
    assert np.flatnonzero(entry_number.valid(codes)).tolist() == [entry_number.check_digit(filer, sequence)]


@given(filers, sequences, st.integers(0, 9), st.integers(1, 9))
def test_a_changed_digit_is_noticed(filer: str, sequence: str, place: int, change: int) -> None:
    place = place % 7
    wrong = f"{sequence[:place]}{(int(sequence[place]) + change) % 10}{sequence[place + 1 :]}"
    assert entry_number.check_digit(filer, sequence) != entry_number.check_digit(filer, wrong)


def test_valid_knows_null_empty_and_foreign_text() -> None:
    codes = pa.chunked_array([["ABC-1234567-6", None], ["", "ABC-1234567-7", "99999999990", "１２３45678901"]])
    assert entry_number.valid(codes).tolist() == [True, False, False, False, True, False]


def test_valid_of_a_slice_and_of_nothing() -> None:
    assert entry_number.valid(pa.array(["x", "ABC12345676", "x"])[1:2]).tolist() == [True]
    assert entry_number.valid(pa.array([], pa.string())).tolist() == []
