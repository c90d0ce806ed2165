"""Whom a queue troubles without cause: lines inside capacity that examination found clean, by who declared them."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from originrisk.train.examples import Examples
from originrisk.train.seen import Seen

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]

GROUPS: Final = 8
SIZES: Final = ("1 fewest", "2 middle", "3 most")
ONE_QUEUE, DISTRICT_QUEUES = "one queue", "a queue by district"


def inside_capacity(
    score: Floats,
    lines: Seen,
    others_score: Floats,
    others: Seen,
    *,
    stands_for: float,
    share: float,
    queue: str,
) -> Mask:
    """Which examined lines a month's capacity would have reached.

    Examined lines stand for themselves, each sampled other line for `stands_for` lines; `share` of a month's lines
    fit. Single days hold too few sampled lines to tell, so a month's days are taken together.
    """
    own, rest = _queue(lines, queue), _queue(others, queue)
    chosen = np.zeros(len(lines), np.bool_)
    for name in np.unique(own):
        mine, around = own == name, rest == name
        pool = np.concatenate([score[mine], others_score[around]])
        weight = np.concatenate([np.ones(mine.sum()), np.full(around.sum(), stands_for)])
        order = np.argsort(-pool, kind="stable")
        reached = np.cumsum(weight[order]) - weight[order] < share * weight.sum()
        chosen[np.flatnonzero(mine)] = reached[np.argsort(order)][: mine.sum()]
    return chosen


def parties_groups(examples: Examples) -> dict[str, Texts]:
    """Groups (lines,) whose clean lines should be troubled alike: importer's size, declared origin, district."""
    size = pd.qcut(examples.features["importer_lines"].rank(method="first"), len(SIZES), labels=SIZES)
    return {
        "importer's lines so far": np.asarray(size.astype(object)),
        "declared origin": _largest(_texts(examples, "country_of_origin")),
        "district of entry": _largest(
            np.array([t[:2] for t in _texts(examples, "port_of_entry")], dtype=object)
        ),
    }


def false_flags(
    flagged: Mask, observed: Floats, weight: Floats, group: Texts
) -> list[dict[str, float | str | int]]:
    """Share of each group's clean lines that were flagged, weighted, with a 95 % interval (Wilson, effective size)."""
    clean = observed == 0
    rows: list[dict[str, float | str | int]] = []
    for name in sorted(set(group[clean])):
        chosen = clean & (group == name)
        low, high = wilson(flagged[chosen].astype(np.float64), weight[chosen])
        share = float(np.average(flagged[chosen], weights=weight[chosen]))
        rows.append(
            {"group": str(name), "clean_lines": int(chosen.sum()), "share": share, "low": low, "high": high}
        )
    return rows


def wilson(hit: Floats, weight: Floats) -> tuple[float, float]:
    """95 % interval of a weighted share, by Kish's effective number of lines."""
    size, z = weight.sum() ** 2 / (weight**2).sum(), 1.96
    share = float(np.average(hit, weights=weight))
    centre = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def _queue(lines: Seen, queue: str) -> Texts:
    month = lines.day.astype("datetime64[M]").astype(str)
    if queue == ONE_QUEUE:
        return np.asarray(month, dtype=object)
    district = lines.features["entry_district"].fillna(-1).astype(int).astype(str).to_numpy()
    return np.array([f"{m} {d}" for m, d in zip(month, district, strict=True)], dtype=object)


def _largest(values: Texts) -> Texts:
    """The most frequent values; the others as one."""
    kept = set(pd.Series(values).value_counts().index[:GROUPS])
    return np.array([value if value in kept else "other" for value in values], dtype=object)


def _texts(examples: Examples, column: str) -> Texts:
    return np.array([cell or "not declared" for cell in examples.lines[column].to_pylist()], dtype=object)
