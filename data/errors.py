"""Domain errors. Each says what was expected, what was found and what to do next, and has a documented exit code."""

import errno
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WARNED: Final = 6
"""Exit code of a run that did its work and has something to say about it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in words a person can act on. Never holds a party's name or an importer number."""

    where: str
    expected: str
    found: str
    next_step: str = ""

    def __str__(self) -> str:
        step = f" {self.next_step}" if self.next_step else ""
        return f"{self.where}: expected {self.expected}, found {self.found}.{step}"


class OriginRiskError(Exception):
    """Base of every error a user can meet; carries all problems found, raised once."""

    exit_code = 1

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(OriginRiskError):
    """The command's words do not fit (exit code 2)."""

    exit_code = 2


class GateRefusedError(OriginRiskError):
    """A quality gate or a promotion gate said no; nothing was published (exit code 3)."""

    exit_code = 3


class ModelRefusedError(OriginRiskError):
    """There is no model, or its bundle is damaged or made for other features (exit code 4)."""

    exit_code = 4


class AlreadyRunningError(OriginRiskError):
    """Another run holds the store (exit code 5)."""

    exit_code = 5


class BadInputError(OriginRiskError):
    """A file, mapping or settings file cannot be used as it is; the store is unchanged (exit code 7)."""

    exit_code = 7


NO_ROOM: Final = 8
"""Exit code where the disk, a quota or a limit of file size was full."""
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SAID: Final = re.compile(
    "|".join((*map(os.strerror, _FULL), "database or disk is full", r"\d+ requested and \d+ written"))
)
"""Words of the system, of SQLite and of numpy."""


def exit_code_of(error: BaseException) -> int:
    """The exit code with which an error ends a command."""
    if isinstance(error, OriginRiskError):
        return error.exit_code
    return NO_ROOM if _no_room(error) else 1


def _no_room(error: BaseException | None) -> bool:
    """Whether an error, or one that it came from, says that something was full: by number, or in the system's words
    alone, as libraries of other languages do."""
    if error is None:
        return False
    full = getattr(error, "errno", None) in _FULL or bool(_SAID.search(str(error)))
    return full or _no_room(error.__cause__ or error.__context__)


EXIT_CODES = {
    0: "success",
    1: "internal error: a defect, please report it",
    2: "usage: the command's words do not fit",
    3: "refused by a gate; nothing was published",
    4: "no model, or the model was refused",
    5: "another run holds the store",
    6: "success with warnings",
    7: "bad input: file, mapping or settings refused, store unchanged",
    8: "no room: the disk or a quota is full, the store holds only what was finished",
    130: "interrupted; the store is unchanged or holds only finished steps",
}
