"""A home that has taken in a simulated trade, by the product's own commands."""

from pathlib import Path

from benchmarks.korea import originrisk

TABLES = {"entries": "entries", "outcomes": "outcomes.parquet", "listed": "listed.parquet"}
"""Tables of a world, and where each lies under its folder."""


def take_in(home: Path | str, *words: object) -> None:
    """Make a world with these words of the command, and take in its tables."""
    originrisk(str(home), "world", *words)
    for table, place in TABLES.items():
        originrisk(str(home), "ingest", table, Path(home) / "world" / place)
