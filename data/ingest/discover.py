"""Files as records: which files a path means, of what kind each is, and its cells as they stand.

Whatever a reader or the library below it raises on a file becomes the refusal of that file.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from deltalake import DeltaTable

from originrisk.data.errors import NO_ROOM, BadInputError, OriginRiskError, Problem, exit_code_of
from originrisk.data.ingest import parquet, text, workbook
from originrisk.data.ingest.records import Budget, FileLayout, RecordBatch
from originrisk.data.settings import ReadSettings

_PARQUET, _BOOK = (".parquet", ".pq"), (".xlsx", ".xlsm")
_TEXT = (".csv", ".tsv", ".txt")
SUFFIXES = (*_TEXT, *(f"{one}.gz" for one in _TEXT), *_PARQUET, *_BOOK)
DELTA = "_delta_log"
_STEP = "Save or unpack it as one of these."


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a delivery. `label` is how reports name it: its path below the path that was given."""

    path: Path
    label: str

    def size(self) -> int:
        """Bytes of the file as it stands."""
        with guarded(self.label):
            return self.path.stat().st_size

    def sha256(self) -> str:
        """Hash of the file's bytes: what makes the same file again the same file."""
        with guarded(self.label), self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def kind(self) -> str:
        """What the file is by its first bytes, for names can be wrong; where they do not say, by its name."""
        with self.path.open("rb") as file:
            begins = file.read(4)
        if begins in (b"PAR1", b"PK\3\4"):
            return "parquet" if begins == b"PAR1" else "workbook"
        name = self.path.name.lower()
        return "parquet" if name.endswith(_PARQUET) else "workbook" if name.endswith(_BOOK) else "text"


def discover(paths: Sequence[Path]) -> tuple[list[Source], list[str]]:
    """The files that the paths mean, in order, and notes on what was passed over in folders.

    A folder's files are sorted by name, with those of its subfolders, but for what programs keep there: names that
    begin with `.`, `_` or `~`. The folder of a Delta table is that table. Raises FilesRefusedError naming every path
    that is missing, empty, or holds nothing of a known kind.
    """
    found: list[Source] = []
    notes: list[str] = []
    refused: list[tuple[Path, Sequence[Problem]]] = []
    for path in paths:
        try:
            with guarded(printable(path.name)):
                if any((folder / DELTA).is_dir() for folder in path.parents):
                    step = "Give the table's folder, or a copy of the file elsewhere."
                    problem = Problem(printable(path.name), "a table of its own", "a file of a Delta table", step)
                    raise BadInputError(problem)
                alone = [Source(path, printable(path.name))], list[str]()
                sources, passed = _in_folder(path) if path.is_dir() else alone
        except BadInputError as error:
            refused.append((path, error.problems))
            continue
        if problems := list(_problems(path, sources)):
            refused.append((path, problems))
        found += sources
        notes += [f"{printable(path.name)}: {one}" for one in passed]
    if refused:
        raise FilesRefusedError(refused)
    return found, notes


def layouts(
    source: Source,
    wanted: Collection[str],
    sheet: str | None = None,
    encoding: str | None = None,
    limits: ReadSettings | None = None,
) -> list[tuple[Source, FileLayout]]:
    """Headings of a file and what reading it needs; of a workbook, for each sheet with the same headings.

    `wanted` are headings that help to find their row and the delimiter.
    """
    limits = limits or ReadSettings()
    with guarded(source.label):
        if (kind := source.kind()) == "parquet":
            return [(source, parquet.layout(source.path, source.label, wanted))]
        if kind == "text":
            return [(source, text.layout(source.path, source.label, wanted, encoding, limits))]
        budget = Budget(source.label, source.size(), limits)
        shapes = workbook.layouts(source.path, source.label, wanted, sheet, budget=budget, limits=limits)
    if len(shapes) == 1:
        return [(source, shapes[0])]
    return [(replace(source, label=f"{source.label}[{printable(one.sheet)}]"), one) for one in shapes]


def read(
    source: Source, shape: FileLayout, used: Collection[str] | None = None, limits: ReadSettings | None = None
) -> Iterator[RecordBatch]:
    """The records of a file, some thousands at a time. A text that cannot be read spoils its record where its heading
    is among those `used` (default: all)."""
    limits = limits or ReadSettings()
    with guarded(source.label):
        budget = Budget(source.label, source.size(), limits)
        if (kind := source.kind()) == "parquet":
            yield from parquet.read(source.path, shape.headings if used is None else used, budget, limits)
        elif kind == "workbook":
            yield from workbook.read(source.path, source.label, shape, budget)
        else:
            yield from text.read(source.path, source.label, shape, budget)


class FilesRefusedError(BadInputError):
    """Files of a delivery that cannot be used: their `paths`, and everything that is wrong with them."""

    def __init__(self, refused: Sequence[tuple[Path, Sequence[Problem]]]) -> None:
        self.paths = [path for path, _ in refused]
        super().__init__([problem for _, problems in refused for problem in problems])


@contextmanager
def guarded(label: str) -> Iterator[None]:
    """Turns what a library raises on a file into a refusal of the file; its words, which may quote a record, stay."""
    try:
        yield
    except OriginRiskError:
        raise
    except Exception as error:
        if exit_code_of(error) == NO_ROOM:
            raise
        said = error.strerror if isinstance(error, OSError) else None
        step = "Is it whole? Open it with the program that made it and save it anew, or as CSV in UTF-8."
        raise BadInputError(
            Problem(
                label, "a file that can be read", said or f"one that its reader gives up ({type(error).__name__})", step
            )
        ) from error


def printable(name: str) -> str:
    """A file's name in messages and tables, whatever bytes it is made of."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _in_folder(folder: Path) -> tuple[list[Source], list[str]]:
    """Files of a folder, and what to say of those passed over."""
    deltas = [log.parent for log in folder.rglob(DELTA) if log.is_dir()]
    files = [
        file for file in folder.rglob("*") if not file.is_dir() and not any(delta in file.parents for delta in deltas)
    ]
    ours = [
        file for file in files if not any(part.startswith((".", "_", "~")) for part in file.relative_to(folder).parts)
    ]
    known = [file for file in ours if file.name.lower().endswith(SUFFIXES)]
    tables = [file for delta in deltas for file in _delta_files(delta)]
    sources = [Source(file, printable(file.relative_to(folder).as_posix())) for file in sorted([*known, *tables])]
    notes, others = [], sorted(printable(file.name) for file in {*ours} - {*known})
    if len(ours) < len(files):
        own = "names that begin with `.`, `_` or `~` are programs' own"
        notes.append(f"{len(files) - len(ours)} files passed over ({own})")
    if others:
        notes.append(f"{len(others)} files of other kinds passed over, first {others[0]}. {_STEP}")
    return sources, notes


def _delta_files(folder: Path) -> list[Path]:
    """Current files of a Delta table. Refused where reading its files alone would give other rows than the table's."""
    label = printable(folder.name)
    with guarded(label):
        table = DeltaTable(folder)
        if table.metadata().partition_columns or table.protocol().min_reader_version > 1:
            found = "partitions, deletion vectors or mapped columns"
            raise BadInputError(Problem(label, "a plain Delta table", found, "Write it as Parquet first."))
        files = (Path(unquote(uri.removeprefix("file://"))) for uri in table.file_uris())
        return [folder / file.relative_to(folder.resolve()) for file in files]


def _problems(path: Path, sources: list[Source]) -> Iterator[Problem]:
    kinds = ", ".join(SUFFIXES)
    if not path.exists():
        yield Problem(printable(str(path)), "a file or a folder", "nothing", "Check the path.")
        return
    if not sources:
        yield Problem(printable(str(path)), f"files ending in {kinds}", "none in this folder")
    for source in sources:
        if not source.path.name.lower().endswith(SUFFIXES):
            yield Problem(source.label, f"a file ending in {kinds}", f"`{source.path.suffix}`", _STEP)
        elif source.size() == 0:
            yield Problem(source.label, "a table", "an empty file")
