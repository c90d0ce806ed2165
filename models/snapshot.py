"""Snapshots of history: a folder of plain arrays and a manifest, written whole or not at all. Nothing is unpickled."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from originrisk.data.errors import BadInputError, ModelRefusedError, Problem
from originrisk.data.store.integrity import digest_of, read_sealed, write_sealed
from originrisk.data.store.journal import make_folder, sync
from originrisk.features.history.arrays import NamedArray, history_of, named_arrays, shard_name, shards_of
from originrisk.features.history.learner import Learners
from originrisk.features.history.state import LEARNERS, History
from originrisk.features.history.tallies import TALLIES, AggregateSpec
from originrisk.models.identity import HISTORY, identity

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
STAGED: Final = ".staged-"
FIELDS: Final = {"format", "made_by", "day", "basis", "files"}
NO_SHARD: Final = -1
READERS: Final = 4
"""Files that are checked at the same time: the bytes of most are in few."""


def save(history: History, folder: Path, basis: Mapping[str, Any]) -> None:
    """Write a history after the close of a day, in place of what the folder held.

    `basis` says what it was learned from; the same history and basis give the same bytes.
    """
    write(named_arrays(history), history.day, folder, basis)


def write(arrays: Iterable[NamedArray], day: int | None, folder: Path, basis: Mapping[str, Any]) -> None:
    """As `save`, from the arrays of a whole history, one after another, and the day that it closed."""
    make_folder(folder.parent)
    with TemporaryDirectory(prefix=STAGED, dir=folder.parent) as staging:
        staged = Path(staging) / folder.name
        staged.mkdir()
        for name, array in arrays:
            _save(staged / f"{name}.npy", array)
            sync(staged / f"{name}.npy")
        files = {path.name: digest_of(path) for path in sorted(staged.iterdir())}
        content = {"format": FORMAT, "made_by": identity(HISTORY), "day": day, "basis": basis, "files": files}
        write_sealed(staged / MANIFEST, content)
        _put_aside(folder, Path(staging))
        staged.rename(folder)
        sync(folder.parent)


def _save(file: Path, array: NDArray[Any]) -> None:
    """As `np.save`, whose last bytes go through a buffer of C and are lost without a word where the disk fills up."""
    whole = np.asarray(array, order="C")
    with file.open("wb") as target:
        np.lib.format.write_array_header_1_0(target, np.lib.format.header_data_from_array_1_0(whole))
        target.write(whole.reshape(-1).view(np.uint8).data)


def remove(folder: Path) -> None:
    """Remove a snapshot: at once for whoever looks, however long its files take to go."""
    with TemporaryDirectory(prefix=STAGED, dir=folder.parent) as leaving:
        _put_aside(folder, Path(leaving))


def _put_aside(folder: Path, place: Path) -> None:
    if folder.exists():
        folder.rename(place / f"{folder.name}.old")


def load(
    folder: Path,
    pseudonym_key: bytes = b"",
    *,
    tallies: tuple[AggregateSpec, ...] = TALLIES,
    learners: Learners = LEARNERS,
    shard: int | None = None,
) -> History:
    """Read a history, or of it no more than these tallies (all or none) and learners.

    With `shard` no more than one of its shards is read, or none of them with NO_SHARD: keys of others are unknown to
    it, as is what windows will take back; so it may be asked, not taught.

    It is mapped: its pages are shared with other readers, and what it learns is written into copies of its own.

    Raises ModelRefusedError when a file is missing or changed, or when it was made by other code or under another key.
    """
    manifest = read_manifest(folder)
    if not own(manifest):
        raise _refused(folder, "a snapshot made by this version", "one made by another")
    names = {Path(name).stem: name for name in manifest["files"]}
    shards = shards_of(names)
    if shard is not None and shards > 1:
        mine = shard_name(shard, shards)
        names = {
            stem: name
            for stem, name in names.items()
            if (stem.startswith(mine) if shards_of([stem]) > 1 else not stem.startswith("recent."))
        }
    check(folder, pseudonym_key, [*names.values()])
    loaded = {stem: np.load(folder / name, mmap_mode="r", allow_pickle=False) for stem, name in names.items()}
    arrays = {name: np.asarray(array) for name, array in loaded.items()}
    return history_of(arrays, manifest["day"], tallies, learners, pseudonym_key, shards=shards)


def shards_in(folder: Path) -> int:
    """The number of shards over which the keys of a saved history are split."""
    return shards_of(read_manifest(folder)["files"])


def check(folder: Path, pseudonym_key: bytes, names: Collection[str] | None = None) -> None:
    """Raises ModelRefusedError where a file of a snapshot (or one of these) is missing or changed, whoever made it, or
    the key is not that of its pseudonyms."""
    manifest = read_manifest(folder)
    if manifest["basis"].get("pseudonym_key", "") not in ("", fingerprint(pseudonym_key)):
        raise _refused(folder, "persons under this home's pseudonym.key", "another key's")
    files = {name: digest for name, digest in manifest["files"].items() if names is None or name in names}
    if changed := _changed(folder, files):
        raise _refused(folder, "the content that was saved", f"missing or other content: {', '.join(changed)}")


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a snapshot says of itself: `format`, `made_by`, `day`, `basis`, and the SHA-256 of its `files`."""
    try:
        manifest = read_sealed(folder / MANIFEST)
    except (OSError, BadInputError) as error:
        raise _refused(folder, "a snapshot of history", f"no readable {MANIFEST}") from error
    if manifest.keys() != FIELDS:
        raise _refused(folder, f"the {MANIFEST} of a snapshot", "another")
    return manifest


def fingerprint(key: bytes) -> str:
    """What a manifest says of the key of its pseudonyms, which are 256 random bits."""
    return hashlib.sha256(key).hexdigest()[:16]


def own(manifest: Mapping[str, Any]) -> bool:
    """Whether code that counts the same made the snapshot (`originrisk.models.identity`)."""
    return (manifest["format"], manifest["made_by"]) == (FORMAT, identity(HISTORY))


def _changed(folder: Path, digests: Mapping[str, str]) -> list[str]:
    """Files that are missing or hold other bytes. Several are read at once, the largest first."""
    paths = [folder / name for name in digests]
    sized = sorted(paths, key=lambda path: -path.stat().st_size if path.is_file() else 0)
    with ThreadPoolExecutor(READERS) as pool:
        found = dict(zip(sized, pool.map(digest_of, sized), strict=True))
    return [path.name for path in paths if found[path] != digests[path.name]]


def _refused(folder: Path, expected: str, found: str) -> ModelRefusedError:
    step = "Remove the folder: history is then replayed from the tables."
    return ModelRefusedError(Problem(f"history {folder.name}", expected, found, step))
