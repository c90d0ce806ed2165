"""Numbers of entries and importers: unique, well formed, from ranges that look unassigned."""

import numpy as np

from originrisk.data.identifiers import entry_number, importer_number
from originrisk.data.simulation.shipping import entry_numbers, filer_codes, fixed_text, importer_numbers


def test_each_filer_numbers_its_entries_one_after_another() -> None:
    filer = np.array([1, 0, 1, 1])
    numbers = entry_numbers(filer, np.array([0, 0, 1, 2, 3], dtype=np.int32)).to_pylist()
    assert numbers[0] == numbers[1]
    assert [number[3:10] for number in numbers[1:]] == ["1000000", "1000000", "1000001", "1000002"]
    assert entry_number.valid(np.array(numbers, dtype=object)).all()


def test_filer_codes_are_distinct_and_begin_with_z() -> None:
    codes = filer_codes(220)
    assert len(set(codes)) == 220
    assert all(len(code) == 3 and code.startswith("Z") for code in codes)


def test_importer_numbers_are_distinct_and_never_a_social_security_number() -> None:
    numbers = importer_numbers(30_000).to_pylist()
    assert len(set(numbers)) == 30_000
    assert {importer_number.form(number) for number in numbers} == {"EIN", "CBP"}


def test_text_of_equal_length_is_read_from_its_bytes() -> None:
    assert fixed_text(np.array([[65, 66], [67, 68]], dtype=np.uint8)).to_pylist() == ["AB", "CD"]
