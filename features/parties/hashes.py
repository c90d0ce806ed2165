"""Words as 64-bit numbers that are the same in every run."""

from hashlib import blake2b


def word_hash(word: str) -> int:
    """Number of a word: 64 bits, never 0."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little") | 1
