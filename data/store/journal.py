"""Journals: append-only files in a home, one record a line, as JSON; among them what people decided on parties."""

import fcntl
import getpass
import hashlib
import json
import os
import re
import secrets
from datetime import date
from pathlib import Path
from typing import Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from originrisk.data.errors import BadInputError, Problem, UsageError

Record = TypeVar("Record", bound=BaseModel)


def read(path: Path, kind: type[Record], expected: str) -> list[Record]:
    """All records, oldest first; none without the file. Raises BadInputError naming every unreadable line."""
    records: list[Record] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines(path), 1):
        try:
            records.append(kind.model_validate_json(line))
        except ValidationError:
            problems.append(Problem(f"{path.name}, line {number}", expected, "something else"))
    if problems:
        raise BadInputError(problems)
    return records


def append(path: Path, record: BaseModel) -> None:
    """Write down one more record, whole or not at all."""
    append_line(path, json.dumps(record.model_dump(mode="json"), ensure_ascii=True))


_SUM: Final = re.compile(r'(\{.*), "sum": "([0-9a-f]{16})"\}', re.DOTALL)


def append_line(path: Path, line: str) -> None:
    """Add a JSON object to a file, on the disk when this returns. A disk that is full leaves the file as it was.

    What a cut of power left of a last line goes first: nobody was told that it was written. Raises UsageError for
    halves of characters, which a command's words hold where they are no text: no reader would take the line again.
    """
    try:
        json.dumps(json.loads(line), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise UsageError(Problem(path.name, "text", "bytes that are none")) from error
    created = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        end = whole_lines(path)
        os.ftruncate(file, end)
        try:
            content = f'{line[:-1]}, "sum": "{_sum(line)}"}}\n'.encode()
            while content:
                content = content[os.pwrite(file, content, os.fstat(file).st_size) :]
            os.fsync(file)
        except OSError:
            os.ftruncate(file, end)
            raise
    finally:
        os.close(file)
    if created:
        sync(path.parent)


def _sum(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()[:16]


def lines(path: Path) -> list[str]:
    """The lines of a file as they were appended, none without it. A torn last one counts for nothing.

    Raises BadInputError naming lines that are not what was written; only files of before bear lines without a sum.
    """
    whole = path.read_bytes()[: whole_lines(path)] if path.exists() else b""
    found: list[str] = []
    wrong: list[int] = []
    summed = False
    for number, line in enumerate(whole.decode("utf-8", "backslashreplace").split("\n")[:-1], 1):
        match = _SUM.fullmatch(line)
        found.append(f"{match[1]}}}" if match else line)
        if (match and match[2] != _sum(found[-1])) or (summed and not match):
            wrong.append(number)
        summed = summed or match is not None
    if wrong:
        raise BadInputError(
            [Problem(f"{path.name}, line {number}", "the line that was written", "another") for number in wrong]
        )
    return found


def whole_lines(path: Path) -> int:
    """Bytes of a file up to the end of its last whole line. Raises BadInputError where that end was changed."""
    with path.open("rb") as file:
        at = size = file.seek(0, os.SEEK_END)
        end = 0
        while at and not end:
            at, before = max(0, at - 4096), at
            file.seek(at)
            newline = file.read(before - at).rfind(b"\n")
            end = at + newline + 1 if newline >= 0 else 0
        file.seek(end)
        rest = file.read(size - end)[:-1].decode("utf-8", "backslashreplace")
    if (match := _SUM.fullmatch(rest)) and match[2] == _sum(f"{match[1]}}}"):
        raise BadInputError(Problem(f"{path.name}, last line", "the end that was written", "another"))
    return end


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, whose names are on the disk when this returns."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for one in missing:
        sync(one.parent)


def secret(path: Path) -> bytes:
    """A secret of the home, 256 random bits: made when it is first asked for, its owner's alone, never to leave it.

    Raises BadInputError where its file is not what was written: 32 bytes, and 8 of their digest.
    """
    if not path.is_file():
        make_folder(path.parent)
        made = path.with_suffix(f".{secrets.token_hex(4)}")
        made.touch(0o600)
        fresh = secrets.token_bytes(32)
        made.write_bytes(fresh + hashlib.sha256(fresh).digest()[:8])
        sync(made)
        try:
            os.link(made, path)  # of two that make one at once the first stays
        except FileExistsError:
            pass
        finally:
            made.unlink()
        sync(path.parent)
    kept = path.read_bytes()
    if len(kept) != 32 and (len(kept) != 40 or hashlib.sha256(kept[:32]).digest()[:8] != kept[32:]):
        step = "Restore it from a copy; without it, remove it: another is made, and histories are learned anew."
        raise BadInputError(Problem(path.name, "the secret that was written", "another", step))
    return kept[:32]


KEY = r"^[0-9a-f]{16}$"


class Decided(BaseModel):
    """A decision about two parties. Keys are 16 hexadecimal digits, as shown by `parties explain`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: date
    verb: Literal["join", "split"]
    party: str = Field(pattern=KEY)
    other: str = Field(pattern=KEY)
    record: tuple[str, ...] | None = None
    reason: str = Field(min_length=1)
    by: str = ""


def decisions_path(home: Path) -> Path:
    """Where the decisions of a home are kept."""
    return home / "parties.jsonl"


def read_decisions(home: Path) -> list[Decided]:
    """All decisions in the order in which they were taken. Raises BadInputError naming every unreadable line."""
    return read(decisions_path(home), Decided, "a decision")


def append_decision(home: Path, decision: Decided) -> None:
    """Write down one more decision, whole or not at all."""
    append(decisions_path(home), decision)


def who() -> str:
    """Account that runs the command; its number where the system has no name for it."""
    try:
        return getpass.getuser().encode(errors="replace").decode()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
