"""What a path means: files of known kinds, folders in order; all that is wrong is said at once."""

import errno
import gzip
import os
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import write_deltalake

from originrisk.data.errors import BadInputError
from originrisk.data.ingest.discover import discover, guarded, layouts, read


def test_a_folder_is_its_tables_in_order_of_name(tmp_path: Path) -> None:
    for name in ("b.csv", "a.parquet", "c/d.csv.gz", "notes.md", ".hidden.csv", "~$open.xlsx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found, notes = discover([tmp_path])
    assert [source.label for source in found] == ["a.parquet", "b.csv", "c/d.csv.gz"]
    assert len(notes) == 2
    assert "1 files of other kinds passed over, first notes.md" in notes[1]


def test_everything_wrong_with_the_paths_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "letter.doc").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    names = ["empty.csv", "letter.doc", "folder", "none.csv"]
    with pytest.raises(BadInputError) as caught:
        discover([tmp_path / name for name in names])
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize("name", ["lines.parquet", "lines.xlsx"])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"a,b\n1,2\n")
    ((source,), _) = discover([tmp_path / name])
    with pytest.raises(BadInputError, match="bytes that are none"):
        layouts(source, {"a"})


def test_nested_columns_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [[1, 2]], "b": ["x"]}), tmp_path / "lines.parquet")
    ((source,), _) = discover([tmp_path / "lines.parquet"])
    with pytest.raises(BadInputError, match="nested columns `a`"):
        layouts(source, {"a"})


def test_the_hash_is_of_the_bytes_and_not_of_the_name(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"a,b\n1,2\n")
    (first, second), _ = discover([tmp_path])
    assert first.sha256() == second.sha256()


@pytest.mark.parametrize("name", ["LINES.PARQUET", "lines.pq", "LINES.XLSX", "Lines.Csv", "LINES.CSV.GZ"])
def test_the_case_of_a_suffix_means_nothing(tmp_path: Path, name: str) -> None:
    table, path = pa.table({"a": ["1"], "b": ["2"]}), tmp_path / name
    if name.lower().endswith((".parquet", ".pq")):
        pq.write_table(table, path)
    elif name.endswith("XLSX"):
        book = openpyxl.Workbook()
        book.active.append(["a", "b"])
        book.active.append(["1", "2"])
        book.save(path)
    else:
        path.write_bytes(gzip.compress(b"a,b\n1,2\n") if name.endswith("GZ") else b"a,b\n1,2\n")
    ((source, shape),) = layouts(discover([path])[0][0], {"a", "b"})
    assert [row for records in read(source, shape) for row in records.table.to_pylist()] == [{"a": "1", "b": "2"}]


def test_what_programs_keep_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    for name in (".ipynb_checkpoints/lines.csv", "_temporary/0/part.csv", "_old.csv", "sub/lines.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"a,b\n1,2\n")
    found, (note,) = discover([tmp_path])
    assert [source.label for source in found] == ["sub/lines.csv"]
    assert "3 files passed over" in note


def test_the_folder_of_a_delta_table_is_that_table_and_its_files_alone_are_refused(tmp_path: Path) -> None:
    for cells in (["old"], ["new"]):
        write_deltalake(tmp_path / "d", pa.table({"a": cells, "b": cells}), mode="overwrite")
    (source,), _ = discover([tmp_path])
    assert pq.read_table(source.path)["a"].to_pylist() == ["new"]
    with pytest.raises(BadInputError, match="a file of a Delta table"):
        discover([source.path])
    write_deltalake(tmp_path / "p", pa.table({"a": ["1"], "b": ["2"]}), partition_by=["b"])
    with pytest.raises(BadInputError, match="p: expected a plain Delta table"):
        discover([tmp_path / "p"])


def test_a_name_of_any_bytes_can_be_printed(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/lines\xe9.csv"))
    path.write_bytes(b"a,b\n1,2\n")
    assert [source.label for source in discover([path])[0]] == ["lines\\xe9.csv"]


def test_whatever_a_library_raises_is_a_refusal_with_the_files_name_and_not_its_words() -> None:
    with pytest.raises(BadInputError, match=r"lines\.x: .*KeyError") as caught, guarded("lines.x"):
        raise KeyError("JANE ROE")
    assert "JANE" not in str(caught.value)
    with pytest.raises(OSError, match="No space"), guarded("lines.x"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("name", ["workbook.csv", "table.txt", "table.xlsx"])
def test_a_file_is_what_its_first_bytes_say(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.startswith("workbook"):
        book = openpyxl.Workbook()
        book.active.append(["a", "b"])
        book.active.append(["1", "2"])
        book.save(path)
    else:
        pq.write_table(pa.table({"a": ["1"], "b": ["2"]}), path)
    ((source, shape),) = layouts(discover([path])[0][0], {"a", "b"})
    assert [row for records in read(source, shape) for row in records.table.to_pylist()] == [{"a": "1", "b": "2"}]


def test_a_delta_table_behind_a_link_is_read(tmp_path: Path) -> None:
    write_deltalake(tmp_path / "kept" / "table", pa.table({"a": ["1"], "b": ["2"]}))
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    ((source,), _) = discover([tmp_path / "link" / "table"])
    assert source.label.endswith(".parquet")


@pytest.mark.parametrize("name", ["lines.xls", "lines.ods", "lines.xlsb", "lines.zip", "lines.csv.bz2"])
def test_other_kinds_are_refused_with_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(BadInputError, match="Save or unpack it as one of these"):
        discover([tmp_path / name])
