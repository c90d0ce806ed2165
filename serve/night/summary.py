"""What a person and a scheduler read at the end of one night, or of a backfill."""

from collections.abc import Sequence
from typing import Any

from originrisk.data.console import print_table
from originrisk.serve.night import report
from originrisk.serve.night.manifest import Manifest


def summary(nights: Sequence[Manifest]) -> dict[str, Any]:
    """Exit code of the run (the first that is not a success, else 0), and each night in short."""
    codes = [night.content["ended"]["exit_code"] for night in nights]
    return {"exit_code": next(filter(None, codes), 0), "nights": [_short(night) for night in nights]}


def print_nights(nights: Sequence[Manifest]) -> None:
    """Print each night in short, and what each one warned of."""
    rows = [_short(night) for night in nights]
    heads = ("date", "outcome", "lines", "places", "model", "seconds")
    print_table("Nights (leads, not findings)", heads, ([row[name] for name in heads] for row in rows))
    raised = [
        (row["date"], one["name"], one["about"], one["value"], one["warn"])
        for row in rows
        for one in row["raised"]
    ]
    if raised:
        print_table("Warnings", ("date", "measure", "where", "value", "warns above"), raised)


def _short(night: Manifest) -> dict[str, Any]:
    content = night.content
    return {
        "date": content["date"],
        "outcome": content["ended"]["outcome"],
        "exit_code": content["ended"]["exit_code"],
        "lines": night.figures("publish")["lines"],
        "places": night.figures("score")["places"],
        "model": content["model"],
        "seconds": round(sum(figures["seconds"] for figures in content["steps"].values()), 1),
        "raised": [row for row in report.measures(night) if row["verdict"] != "ok"],
    }
