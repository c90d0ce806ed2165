"""The tables of an evaluation as plain rows: windows, slices, months, origins, commodities, capacity, false flags."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from originrisk.data.arrays import Floats, Mask
from originrisk.data.reference.orders import FAMILIES
from originrisk.train.dataset import Examples
from originrisk.train.evaluation.holdout import slices
from originrisk.train.evaluation.metrics import Metrics, Ranking, probability_metrics
from originrisk.train.evaluation.rolling import DISTRICT_QUEUES, ONE_QUEUE, Pooled, Window
from originrisk.train.fit import log_odds_of

Texts = npt.NDArray[np.object_]

GROUPS: Final = 8
SIZES: Final = ("1 fewest", "2 middle", "3 most")


def parties_groups(examples: Examples) -> dict[str, Texts]:
    """Groups (lines,) whose clean lines should be troubled alike: importer's size, declared origin, district."""
    size = pd.qcut(examples.features["importer_lines"].rank(method="first"), len(SIZES), labels=SIZES)
    return {
        "importer's lines so far": np.asarray(size.astype(object)),
        "declared origin": _largest(_texts(examples, "country_of_origin")),
        "district of entry": _largest(np.array([t[:2] for t in _texts(examples, "port_of_entry")], dtype=object)),
    }


def false_flags(flagged: Mask, observed: Floats, weight: Floats, group: Texts) -> list[dict[str, float | str | int]]:
    """Share of each group's clean lines that were flagged, weighted, with a 95 % interval (Wilson, effective size)."""
    clean = observed == 0
    rows: list[dict[str, float | str | int]] = []
    for name in sorted(set(group[clean])):
        chosen = clean & (group == name)
        low, high = wilson(flagged[chosen].astype(np.float64), weight[chosen])
        share = float(np.average(flagged[chosen], weights=weight[chosen]))
        rows.append({"group": str(name), "clean_lines": int(chosen.sum()), "share": share, "low": low, "high": high})
    return rows


def wilson(hit: Floats, weight: Floats) -> tuple[float, float]:
    """95 % interval of a weighted share, by Kish's effective number of lines."""
    size, z = weight.sum() ** 2 / (weight**2).sum(), 1.96
    share = float(np.average(hit, weights=weight))
    centre = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def _largest(values: Texts) -> Texts:
    """The most frequent values; the others as one."""
    kept = set(pd.Series(values).value_counts().index[:GROUPS])
    return np.array([value if value in kept else "other" for value in values], dtype=object)


def _texts(examples: Examples, column: str) -> Texts:
    return np.array([cell or "not declared" for cell in examples.lines[column].to_pylist()], dtype=object)


Table = list[dict[str, Any]]


def tables_of(pooled: Pooled, windows: list[Window], examples: Examples) -> dict[str, Table]:
    """All tables but those that take fits of their own, by name."""
    parts = {"all examined": pooled}
    parts |= {"random arm": pooled.random_arm()} if pooled.lines.random.any() else {}
    parts |= {name: pooled.take(mask) for name, mask in slices(pooled.lines).items()}
    return {
        "windows": [_window_row(window) for window in windows],
        "slices": [{"slice": name, **_figures(part)} for name, part in parts.items() if len(part.lines)],
        "months": _by(pooled, pooled.lines.frame.day.astype("datetime64[M]").astype(str), "month"),
        "origins": _by(pooled, parties_groups(pooled.lines)["declared origin"], "origin"),
        "commodities": _by(pooled, _families(pooled.lines), "commodity"),
        "capacity": [
            _capacity_row(pooled, queue, name, mask)
            for queue in pooled.flagged
            for name, mask in {"all": np.ones(len(pooled.lines), np.bool_), **_districts(pooled, queue)}.items()
        ],
        "false_flags": [
            {"by": by, **row}
            for by, group in parties_groups(pooled.lines).items()
            for row in false_flags(pooled.flagged[ONE_QUEUE], pooled.lines.observed, pooled.results.weight, group)
        ],
        "seeds": _seeds(windows[-1], examples),
        "relation": _relation(windows, examples),
    }


def _figures(part: Pooled) -> Metrics:
    ranked = Ranking.of(part.log_odds, part.lines.observed)
    probabilities = part.probabilities()
    return {
        "lines": len(part.lines),
        "positives": int(part.lines.observed.sum()),
        "average_precision": ranked.average_precision(part.results.weight),
        "auc": ranked.metrics(part.results.weight)["auc"],
        **{name: probabilities[name] for name in ("truth_share", "expected_share", "found_share", "calibration_error")},
    }


def _by(pooled: Pooled, group: npt.NDArray[Any], name: str) -> Table:
    return [{name: str(value), **_figures(pooled.take(group == value))} for value in sorted(set(group))]


def _families(lines: Examples) -> npt.NDArray[np.object_]:
    code = lines.features["goods_family"].fillna(-1).astype(int).to_numpy()
    names = [*(name.replace("_", " ") for name in FAMILIES), "other goods"]
    return np.array(names, dtype=np.object_)[code]


def _districts(pooled: Pooled, queue: str) -> dict[str, Mask]:
    if queue != DISTRICT_QUEUES:
        return {}
    group = parties_groups(pooled.lines)["district of entry"]
    return {f"district {name}": group == name for name in sorted(set(group))}


def _capacity_row(pooled: Pooled, queue: str, name: str, chosen: Mask) -> dict[str, Any]:
    flagged, weight = pooled.flagged[queue][chosen], pooled.results.weight[chosen]
    found = weight * pooled.lines.observed[chosen]
    return {
        "queue": queue,
        "where": name,
        "lines": int(chosen.sum()),
        "inside": int(flagged.sum()),
        "positives_inside": int(pooled.lines.observed[chosen][flagged].sum()),
        "precision": float(np.average(pooled.lines.observed[chosen][flagged])) if flagged.any() else np.nan,
        "recall": float(found[flagged].sum() / found.sum()) if found.any() else np.nan,
    }


def _window_row(window: Window) -> dict[str, Any]:
    ranked = Ranking.of(window.log_odds, window.results.observed).metrics(window.results.weight)
    probabilities = probability_metrics(window.log_odds, window.results)
    return {
        "from": str(window.start),
        "fitted": int(window.fitted_lines.sum()),
        "judged": len(window.log_odds),
        "positives": int(window.results.observed.sum()),
        "average_precision": ranked["average_precision"],
        "auc": ranked["auc"],
        **{name: probabilities[name] for name in ("truth_share", "expected_share", "found_share", "calibration_error")},
        "look_up_key_seen": window.look_up_seen,
    }


def _seeds(window: Window, examples: Examples) -> Table:
    matrix = examples.take(window.judged_lines).features.to_numpy()
    rows = []
    for number, booster in enumerate(window.fitted.model.boosters):
        ranking = Ranking.of(np.asarray(booster.predict(matrix, raw_score=True)), window.results.observed)
        metrics = ranking.metrics(window.results.weight)
        rows.append({"seed": number, "average_precision": metrics["average_precision"], "auc": metrics["auc"]})
    return rows


def _relation(windows: list[Window], examples: Examples) -> Table:
    """The oldest model on every window: what ages is the relation between features and findings."""
    rows = []
    for window in windows:
        old = log_odds_of(windows[0].fitted.model, examples.take(window.judged_lines).features.to_numpy())
        ranks = {
            name: Ranking.of(score, window.results.observed).metrics(window.results.weight)
            for name, score in (("oldest", old), ("own", window.log_odds))
        }
        rows.append(
            {"from": str(window.start)}
            | {f"{name}_{metric}": ranks[name][metric] for name in ranks for metric in ("average_precision", "auc")}
        )
    return rows
