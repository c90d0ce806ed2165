"""The queue on a terminal: the top of a day in rank order, each line with what it declares and why it is there."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from originrisk.data.console import print_table
from originrisk.data.contract import LINE_KEY
from originrisk.data.identifiers.importer_number import mask
from originrisk.models.calibration import Calibrator
from originrisk.serve.batch import Batch

SHOWN = 10
"""Lines printed; the rest of the queue is in the store and in the exported file."""

Row = tuple[object, str, str]


def print_batch(batch: Batch) -> None:
    """Print what a run published: the counts, and for a single day the top of its queue."""
    summary = batch.summary()
    print_table("Scored (leads, not findings)", ("", ""), summary.items())
    if batch.start == batch.end and summary["scored"]:
        top = batch.scores().slice(0, min(SHOWN, batch.inside_capacity[batch.end]))
        print_queue(top, batch.entries(), batch.bundle.model.calibrator)


def print_queue(scores: pa.Table, entries: pa.Table, calibrator: Calibrator) -> None:
    """Print scored lines in the order given; importer numbers masked, parties left out.

    `entries` holds these lines among others.
    """
    declared = {tuple(line[name] for name in LINE_KEY): line for line in _matching(scores, entries)}
    scored = [(score, declared[tuple(score[name] for name in LINE_KEY)]) for score in scores.to_pylist()]
    rows = [row for score, line in scored for row in _rows(score, line, calibrator)]
    print_table(
        "Top of the queue", ("rank", "entry line", "probability (90 % band), and what raised it"), rows
    )


def _matching(scores: pa.Table, entries: pa.Table) -> list[dict[str, Any]]:
    columns = [*LINE_KEY, "importer_number", "country_of_origin", "htsus"]
    lines: list[dict[str, Any]] = (
        entries.select(columns).join(scores.select(LINE_KEY), LINE_KEY, join_type="inner").to_pylist()
    )
    return lines


def _rows(score: dict[str, Any], line: dict[str, Any], calibrator: Calibrator) -> Iterator[Row]:
    lower, upper = calibrator.band(np.array([score["probability"]]))
    facts = [
        f"{score['probability']:.1%} ({lower[0]:.1%} to {upper[0]:.1%})",
        f"{line['country_of_origin']} {line['htsus']}",
        mask(line["importer_number"]) or "no importer number",
    ]
    yield score["rank"], f"{score['entry_number']} / {score['line_number']}", ", ".join(facts)
    yield from (("", "", reason["text"]) for reason in score["reasons"])
