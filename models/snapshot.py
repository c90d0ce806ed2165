"""Snapshots of history: a folder of plain arrays and a manifest, written whole or not at all. Nothing is unpickled."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from originrisk.data.errors import ModelRefusedError, Problem
from originrisk.features.history.arrays import NamedArray, history_of, named_arrays
from originrisk.features.history.learner import Learners
from originrisk.features.history.state import LEARNERS, History
from originrisk.features.history.tallies import TALLIES, AggregateSpec
from originrisk.models.identity import HISTORY, identity

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
STAGED: Final = ".staged-"
FIELDS: Final = {"format", "made_by", "day", "basis", "files"}
READERS: Final = 4
"""Files that are checked at the same time: the bytes of most are in few."""


def save(history: History, folder: Path, basis: Mapping[str, Any]) -> None:
    """Write a history after the close of a day, in place of what the folder held.

    `basis` says what it was learned from; the same history and basis give the same bytes.
    """
    write(named_arrays(history), history.day, folder, basis)


def write(arrays: Iterable[NamedArray], day: int | None, folder: Path, basis: Mapping[str, Any]) -> None:
    """As `save`, from the arrays of a whole history, one after another, and the day that it closed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=STAGED, dir=folder.parent) as staging:
        staged = Path(staging) / folder.name
        staged.mkdir()
        for name, array in arrays:
            np.save(staged / f"{name}.npy", array, allow_pickle=False)
        files = {path.name: _digest(path) for path in sorted(staged.iterdir())}
        content = {"format": FORMAT, "made_by": identity(HISTORY), "day": day, "basis": basis, "files": files}
        (staged / MANIFEST).write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        _put_aside(folder, Path(staging))
        staged.rename(folder)


def remove(folder: Path) -> None:
    """Remove a snapshot: at once for whoever looks, however long its files take to go."""
    with TemporaryDirectory(prefix=STAGED, dir=folder.parent) as leaving:
        _put_aside(folder, Path(leaving))


def _put_aside(folder: Path, place: Path) -> None:
    if folder.exists():
        folder.rename(place / f"{folder.name}.old")


def load(
    folder: Path,
    *,
    tallies: tuple[AggregateSpec, ...] = TALLIES,
    learners: Learners = LEARNERS,
) -> History:
    """Read a history, or of it no more than these tallies (all or none) and learners.

    It is mapped: its pages are shared with other readers, and what it learns is written into copies of its own.

    Raises ModelRefusedError when a file is missing or changed, or when it was made by other code.
    """
    manifest = read_manifest(folder)
    if not own(manifest):
        raise _refused(folder, "a snapshot made by this version", "one made by another")
    check(folder)
    loaded = {
        Path(name).stem: np.load(folder / name, mmap_mode="r", allow_pickle=False)
        for name in manifest["files"]
    }
    arrays = {name: np.asarray(array) for name, array in loaded.items()}
    return history_of(arrays, manifest["day"], tallies, learners)


def check(folder: Path) -> None:
    """Raises ModelRefusedError where a file of a snapshot is missing or changed, whoever made it."""
    if changed := _changed(folder, read_manifest(folder)["files"]):
        raise _refused(
            folder, "the content that was saved", f"missing or other content: {', '.join(changed)}"
        )


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a snapshot says of itself: `format`, `made_by`, `day`, `basis`, and the SHA-256 of its `files`."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _refused(folder, "a snapshot of history", "no readable manifest") from error
    if not isinstance(manifest, dict) or manifest.keys() != FIELDS:
        raise _refused(folder, "the manifest of a snapshot", "another")
    return manifest


def own(manifest: Mapping[str, Any]) -> bool:
    """Whether code that counts the same made the snapshot (`originrisk.models.identity`)."""
    return (manifest["format"], manifest["made_by"]) == (FORMAT, identity(HISTORY))


def _changed(folder: Path, digests: Mapping[str, str]) -> list[str]:
    """Files that are missing or hold other bytes. Several are read at once, the largest first."""
    paths = [folder / name for name in digests]
    sized = sorted(paths, key=lambda path: -path.stat().st_size if path.is_file() else 0)
    with ThreadPoolExecutor(READERS) as pool:
        found = dict(zip(sized, pool.map(_digest, sized), strict=True))
    return [path.name for path in paths if found[path] != digests[path.name]]


def _digest(path: Path) -> str:
    """SHA-256 of a file; empty where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refused(folder: Path, expected: str, found: str) -> ModelRefusedError:
    step = "Remove the folder: history is then replayed from the tables."
    return ModelRefusedError(Problem(f"history {folder.name}", expected, found, step))
