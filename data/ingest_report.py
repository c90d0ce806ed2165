"""The counts of a delivery: a table for people, one JSON object for scripts."""

import json
import sys
from typing import Any

from originrisk.data.console import print_table
from originrisk.data.ingest import Ingested


def show(table: str, ingested: Ingested, *, as_json: bool) -> None:
    """Print the counts; the mapping's note goes to standard error, where a script does not trip over it."""
    if ingested.note:
        sys.stderr.write(f"note: {ingested.note}\n")
    counts = as_dict(ingested)
    if as_json:
        sys.stdout.write(json.dumps(counts) + "\n")
        return
    rules = counts.pop("rules")
    print_table(f"ingest {table}", ["records", "count"], counts.items())
    if rules:
        print_table("rules", ["column: rule", "cells"], rules.items())


def as_dict(ingested: Ingested) -> dict[str, Any]:
    """The counts by name: of records up to `duplicates`, of stored rows in `new`, `corrected`, `unchanged`."""
    counts, stored = ingested.counts, ingested.stored
    return {
        "read": counts.read,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "repaired": counts.repaired,
        "duplicates": counts.duplicates,
        "new": stored.new,
        "corrected": stored.corrected,
        "unchanged": stored.unchanged,
        "rules": dict(counts.rules.most_common()),
    }
