"""Words tell more the fewer parties of their country have them."""

import pytest

from originrisk.features.parties.compare import IMAGINED, CountryRarity, WordCounts


def counted(parties: int, *words: str) -> WordCounts:
    counts = WordCounts()
    for _ in range(parties):
        counts.count("CN", words)
    return counts


def test_a_word_of_one_party_in_many_tells_most() -> None:
    counts = counted(500, "COMMON")
    counts.count("CN", ["KORVAN"])
    rarity = CountryRarity(counts, "CN")
    assert rarity.bits("KORVAN") > rarity.bits("COMMON") + 7


def test_a_word_counts_once_a_party() -> None:
    assert counted(3, "KORVAN", "KORVAN").known("CN", "KORVAN") == 3


def test_each_country_has_counts_of_its_own() -> None:
    counts = counted(400, "KORVAN")
    assert counts.known("VN", "KORVAN") == 0
    assert CountryRarity(counts, "VN").parties == IMAGINED
    assert CountryRarity(counts, "CN").parties == IMAGINED + 400


@pytest.mark.parametrize("generic", ["TEXTILE", "SHANGHAI", "@RD", "#12", "%SUZHOU"])
def test_before_anything_is_counted_shared_words_tell_less(generic: str) -> None:
    rarity = CountryRarity(WordCounts(), "CN")
    assert rarity.bits(generic) < rarity.bits("KORVAN") - 2


def test_counts_survive_their_arrays() -> None:
    counts = counted(7, "KORVAN", "@MEILUN")
    again = WordCounts(*counts.arrays())
    again.count("CN", ["KORVAN"])
    assert again.known("CN", "KORVAN") == 8
    assert again.known("CN", "@MEILUN") == 7
