"""Files as records: which files a path means, of what kind each is, and its cells as they stand."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from originrisk.data.errors import BadInputError, Problem
from originrisk.data.ingest import parquet, text, workbook
from originrisk.data.ingest.records import Layout, Records

_CSV = (".csv", ".csv.gz", ".tsv", ".txt")
SUFFIXES = (*_CSV, ".parquet", ".xlsx")


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a delivery. `label` is how reports name it: its path below the path that was given."""

    path: Path
    label: str

    def sha256(self) -> str:
        """Hash of the file's bytes: what makes the same file again the same file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def discover(paths: Sequence[Path]) -> list[Source]:
    """The files that the paths mean, in order; a folder's files sorted by name, with those of its subfolders.

    Raises BadInputError naming every path that is missing, empty, or holds nothing of a known kind.
    """
    found = {path: _in_folder(path) if path.is_dir() else [Source(path, path.name)] for path in paths}
    problems = [problem for path, sources in found.items() for problem in _problems(path, sources)]
    if problems:
        raise BadInputError(problems)
    return [source for sources in found.values() for source in sources]


def layout(source: Source, wanted: Collection[str], sheet: str | None, encoding: str | None) -> Layout:
    """Headings of a file and what reading it needs. `wanted` are headings that help to find the delimiter."""
    if source.path.suffix == ".parquet":
        return parquet.layout(source.path, source.label)
    if source.path.suffix == ".xlsx":
        return workbook.layout(source.path, source.label, sheet)
    return text.layout(source.path, source.label, wanted, encoding)


def read(source: Source, shape: Layout) -> Iterator[Records]:
    """The records of a file, some thousands at a time."""
    if source.path.suffix == ".parquet":
        return parquet.read(source.path)
    if source.path.suffix == ".xlsx":
        return workbook.read(source.path, shape)
    return text.read(source.path, source.label, shape)


def _in_folder(folder: Path) -> list[Source]:
    files = sorted(file for file in folder.rglob("*") if file.is_file() and _known(file))
    return [Source(file, file.relative_to(folder).as_posix()) for file in files]


def _known(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES) and not path.name.startswith((".", "~"))


def _problems(path: Path, sources: list[Source]) -> Iterator[Problem]:
    kinds = ", ".join(SUFFIXES)
    if not path.exists():
        yield Problem(str(path), "a file or a folder", "nothing", "Check the path.")
        return
    if not sources:
        yield Problem(str(path), f"files ending in {kinds}", "none in this folder")
    for source in sources:
        if not _known(source.path):
            yield Problem(source.label, f"a file ending in {kinds}", f"`{source.path.suffix}`")
        elif source.path.stat().st_size == 0:
            yield Problem(source.label, "a table", "an empty file")
