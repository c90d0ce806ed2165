"""The steps of a night, from inbox to published scores. Each leaves what the next ones need: a crash costs one step."""

import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow.parquet as pq

from originrisk.data.contract import ENTRIES, LISTED, ONE_DAY, OUTCOMES, SCORES
from originrisk.data.errors import BadInputError, GateRefusedError, Problem
from originrisk.data.ingest.discover import FilesRefusedError
from originrisk.data.ingest.run import ingest
from originrisk.data.settings import NightLevels, ReadSettings, Settings
from originrisk.data.store.integrity import digest_of
from originrisk.data.store.journal import sync
from originrisk.data.store.tables import Store
from originrisk.features.lines import Floats
from originrisk.models.bundle import Bundle
from originrisk.models.checkpoints import Checkpoints
from originrisk.models.profile import CLUMPED, SCORE, Counts, Profile, expected_auc
from originrisk.serve.cluster.engine import Engine
from originrisk.serve.cluster.score_days import score_day_on
from originrisk.serve.night.checks import NOISE, Measure, check_arrivals, check_lines, measure, worst
from originrisk.serve.night.record import Manifest
from originrisk.serve.scoring.scorer import DayScores, Scorer

TABLES: Final = (ENTRIES.name, OUTCOMES.name, LISTED.name)

File = dict[str, Any]


def arrived(home: Path) -> list[File]:
    """Files under inbox/TABLE: their path below the inbox, size and time of change.

    Names that begin with `.`, `_` or `~` are programs' own or still being written.
    Raises BadInputError for folders that are no table's.
    """
    inbox = home / "inbox"
    folders = sorted(path for path in inbox.glob("*") if not path.name.startswith("."))
    strange = [path for path in folders if path.name not in TABLES or not path.is_dir()]
    if strange:
        expected = f"folders {', '.join(TABLES)}"
        raise BadInputError([Problem(f"inbox/{path.name}", expected, "something else") for path in strange])
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if _ready(path, inbox)]
    return [{"path": path.relative_to(inbox).as_posix(), **_stat(path)} for path in files]


@dataclass
class TakenIn:
    """What came of the files: counts by table, warnings, and of the refused ones (their paths) what is wrong."""

    counts: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def take_in(store: Store, files: Sequence[File], mapping: str, limits: ReadSettings) -> TakenIn:
    """Ingest the files, each table's as one delivery, without those that are refused; again, it changes nothing."""
    taken, inbox = TakenIn(), store.home / "inbox"
    for table in TABLES:
        paths = [inbox / file["path"] for file in files if file["path"].startswith(f"{table}/")]
        while paths:
            try:
                done = ingest(store, table, paths, mapping, limits)
            except FilesRefusedError as error:
                taken.refused += [path.relative_to(inbox).as_posix() for path in error.paths]
                taken.warnings += [f"set aside: {problem}" for problem in error.problems]
                if not set(paths) & set(error.paths):
                    raise
                paths = [path for path in paths if path not in error.paths]
                continue
            found = done.counts
            taken.counts[table] = {
                "read": found.read,
                "accepted": found.accepted,
                "rejected": found.rejected,
                "repaired": found.repaired,
            }
            taken.warnings += done.warnings
            break
    return taken


def put_away(home: Path, files: Sequence[File], refused: Collection[str], folder: Path) -> None:
    """Move files to the night's own folder, those refused apart; one that was changed since stays for the next."""
    for file in files:
        path = home / "inbox" / file["path"]
        if path.is_file() and _stat(path) == {name: file[name] for name in ("bytes", "changed")}:
            target = folder / ("refused" if file["path"] in refused else "taken") / file["path"]
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)


def _ready(path: Path, inbox: Path) -> bool:
    parts = path.relative_to(inbox).parts
    return path.is_file() and not any(part.startswith((".", "~", "_")) for part in parts)


def _stat(path: Path) -> dict[str, int]:
    stat = path.stat()
    return {"bytes": stat.st_size, "changed": stat.st_mtime_ns}


def check_drift(profile: Profile, counts: dict[str, Counts], probability: Floats, levels: NightLevels) -> list[Measure]:
    """Measures of a day: `counts` of its lines by bin of the profile, and their scores (lines,)."""
    shifts = {name: profile.shift(name, counts[name]) for name in counts}
    score = shifts.pop(SCORE, 0.0)
    limit = levels.feature_drift.warn
    drifting = sum(shift > limit for shift in shifts.values()) if limit is not None else 0
    return [
        worst("feature_drift", levels.feature_drift, shifts),
        measure("drifting_features", levels.drifting_features, drifting / max(1, len(shifts))),
        measure("score_drift", levels.score_drift, score),
        measure("performance", levels.performance, _promised_less(profile, probability)),
    ]


def _promised_less(profile: Profile, probability: Floats) -> float:
    """By how much the AUC that the scores promise lies below the training's, beyond the noise."""
    positive = float(probability.sum())
    negative = len(probability) - positive
    if min(positive, negative) < 1:
        return 0.0
    noise = NOISE * sqrt(CLUMPED * _auc_variance(profile.auc, positive, negative))
    return max(0.0, profile.auc - expected_auc(probability) - noise)


def _auc_variance(auc: float, positive: float, negative: float) -> float:
    """Of an AUC from so many lines (Hanley and McNeil 1982)."""
    first, second = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (positive - 1) * (first - auc**2) + (negative - 1) * (second - auc**2)
    return float(np.maximum(spread, 0.0)) / (positive * negative)


STAGED = "scores.parquet"


@dataclass(frozen=True, slots=True)
class NightWork:
    """What the steps of a night share."""

    settings: Settings
    store: Store
    day: date
    bundle: Bundle
    manifest: Manifest
    engine: Engine | None = None

    @property
    def checkpoints(self) -> Checkpoints:
        """The histories of the store."""
        return Checkpoints.of(self.store, self.settings)


def close(work: NightWork) -> dict[str, Any]:
    """Close the day before: its history is kept, and the next night goes on from there."""
    return {"lines": work.checkpoints.bring_to(work.day - ONE_DAY)}


def check(work: NightWork) -> dict[str, Any]:
    """The quality gate, as far as it needs no score. Raises GateRefusedError where it stops the night."""
    counts, rules = work.manifest.content["counts"], work.settings.night
    lines, measures = check_lines(work.store, work.day, counts, rules)
    return {"lines": lines, "measures": _judged([*measures, *check_arrivals(work.store, work.day, rules)])}


def score(work: NightWork) -> dict[str, Any]:
    """Score, rank and explain the day into a staged file; the rest of the gate. Raises GateRefusedError as `check`."""
    table, parts, measures = SCORES.schema.empty_table(), {}, list[Measure]()
    # as a list: the history that was seen is let go before its day is explained
    for scores in list(_scored(work, Scorer(work.store, work.settings, work.bundle))):
        table = scores.table(work.day, work.store)
        parts = {name: round(seconds, 3) for name, seconds in scores.seconds.items()}
        levels = work.settings.night.levels
        measures = check_drift(work.bundle.profile, scores.counts, scores.probability, levels)
    staged = work.manifest.folder / STAGED
    pq.write_table(table, staged.with_suffix(".new"))
    sync(staged.with_suffix(".new"))
    staged.with_suffix(".new").replace(staged)
    sync(staged.parent)
    return {
        "digest": digest_of(staged),
        "lines": len(table),
        "places": len(table) - table["place"].null_count,
        "parts": parts,
        "measures": _judged(measures),
    }


def _scored(work: NightWork, scorer: Scorer) -> Iterator[DayScores]:
    """The scores of the day, if it has lines. Its lines are seen, not learned: the next night closes it."""
    checkpoints = work.checkpoints
    checkpoints.bring_to(work.day - ONE_DAY)
    if work.engine is None:
        yield from scorer.seen(checkpoints.latest(work.day), work.day, checkpoints.listings())
        return
    with work.store.writing() as staging:
        yield from score_day_on(work.engine, scorer, work.day, staging)


def publish(work: NightWork) -> dict[str, Any]:
    """Put the staged scores in place of the day's, in one commit."""
    staged = work.manifest.folder / STAGED
    if digest_of(staged) != work.manifest.figures("score").get("digest"):
        step = "Remove the folder of this night under nights/, and run it again."
        where = f"nights/{work.manifest.folder.name}/{STAGED}"
        raise BadInputError(Problem(where, "what was scored", "another", step))
    table = pq.read_table(staged)
    work.store.replace_day(SCORES.name, work.day, table)
    return {"lines": len(table)}


def _judged(measures: list[Measure]) -> list[dict[str, Any]]:
    stops = [one.problem() for one in measures if one.verdict == "stop"]
    if stops:
        raise GateRefusedError(stops)
    return [one.row() for one in measures]
