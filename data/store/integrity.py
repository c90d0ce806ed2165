"""Whether the store is what was written: digests of files of rows in their names, and of the log in its seal."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from originrisk.data.errors import BadInputError, Problem
from originrisk.data.store.journal import sync

LOG, SEAL = "_delta_log", "_seal.json"
_NAMED = re.compile(r"part-[0-9a-f]{8}-([0-9a-f]{64})\.parquet")
_VERIFY = "`originrisk verify` tells all that is damaged; `--repair` drops what nobody was told of."


def seal(path: Path) -> None:
    """Write down the digest of every file of the log (but for its hint of a checkpoint), which is on the disk then."""
    log = path / LOG
    names = sorted(file.name for file in log.iterdir() if file.name[:20].isdigit())
    for name in names:
        sync(log / name)
    sync(log)
    write_sealed(path / SEAL, {name: digest_of(log / name) for name in names})


def write_sealed(path: Path, content: dict[str, Any]) -> None:
    """Put JSON in the place of a file, on the disk when this returns; readers find the old content or the new."""
    fresh = path.with_name(f".{uuid4().hex}.new")
    content = json.loads(json.dumps(content, allow_nan=False))
    fresh.touch(0o600)
    fresh.write_text(json.dumps(content | {"seal": seal_of(content)}, indent=1, sort_keys=True) + "\n", "utf-8")
    sync(fresh)
    fresh.replace(path)
    sync(path.parent)


def read_sealed(path: Path) -> dict[str, Any]:
    """What `write_sealed` put there. Raises BadInputError with the file's name where it is not that.

    Only files of before there were seals bear none.
    """
    try:
        content = dict(json.loads(path.read_bytes()))
        if content.pop("seal", None) in (None, seal_of(content)):
            return content
    except (ValueError, TypeError):
        pass
    where = f"{path.parent.name}/{path.name}"
    raise BadInputError(Problem(where, "what was written", "other content", _VERIFY)) from None


def seal_of(content: Mapping[str, Any]) -> str:
    """Digest of what a JSON object says."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def check_log(path: Path) -> None:
    """Raises BadInputError where the log of a table is not what was sealed, or goes on with an entry that is torn.

    An entry beyond the seal was whole when the power was cut, or is torn: then nobody was told that it was written.
    """
    log, sealed = path / LOG, _sealed(path)
    there = {file.name for file in log.iterdir()}
    wrong = {name: "other content" for name in sealed if name in there and digest_of(log / name) != sealed[name]}
    newest = max((name for name in sealed if name[:20].isdigit()), default="")
    if newest and newest not in there:
        wrong[newest] = "none"
    wrong |= dict.fromkeys(torn(path), "a torn entry")
    if wrong:
        place = f"store: {path.name}/{LOG}"
        raise BadInputError(
            [Problem(f"{place}/{name}", "what was written", wrong[name], _VERIFY) for name in sorted(wrong)]
        )


def torn(path: Path) -> list[str]:
    """Entries of the log of a table that were never sealed and are not whole."""
    sealed, found = _sealed(path), list[str]()
    for file in (path / LOG).glob("*.json"):
        try:
            whole = file.name in sealed or bool([json.loads(one) for one in file.read_bytes().splitlines()])
        except ValueError:
            whole = False
        found += [] if whole else [file.name]
    return found


def _sealed(path: Path) -> dict[str, str]:
    """Digest of each file of the log when the table was last written; none of a table of before there were seals."""
    return read_sealed(path / SEAL) if (path / SEAL).exists() else {}


def digest_of(file: Path) -> str:
    """SHA-256 of a file, as long as it stays the same; empty where there is none."""
    if not file.is_file():
        return ""
    stat = file.stat()
    return _digest_of(file, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(1 << 14)
def _digest_of(file: Path, changed: int, size: int, place: int) -> str:  # noqa: ARG001 — another stat is another file
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def check_files(paths: Sequence[str]) -> None:
    """Raises BadInputError where a file of rows is not what was written; older ones bear no digest."""
    problems = []
    for path in map(Path, paths):
        named = _NAMED.fullmatch(path.name)
        if not path.exists() or (named and digest_of(path) != named[1]):
            found = "other content" if path.exists() else "none"
            problems.append(
                Problem(f"store: {path.name[:13]} of {path.parent.name}", "what was written", found, _VERIFY)
            )
    if problems:
        raise BadInputError(problems)
