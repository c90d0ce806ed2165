"""What a path means: files of known kinds, folders in order; all that is wrong is said at once."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from originrisk.data.errors import BadInputError
from originrisk.data.ingest.discover import discover, layout


def test_a_folder_is_its_tables_in_order_of_name(tmp_path: Path) -> None:
    for name in ("b.csv", "a.parquet", "c/d.csv.gz", "notes.md", ".hidden.csv", "~$open.xlsx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [source.label for source in discover([tmp_path])] == ["a.parquet", "b.csv", "c/d.csv.gz"]


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
    (source,) = discover([tmp_path / name])
    with pytest.raises(BadInputError, match="bytes that are none"):
        layout(source, {"a"}, None, None)


def test_nested_columns_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [[1, 2]], "b": ["x"]}), tmp_path / "lines.parquet")
    (source,) = discover([tmp_path / "lines.parquet"])
    with pytest.raises(BadInputError, match="nested columns `a`"):
        layout(source, {"a"}, None, None)


def test_the_hash_is_of_the_bytes_and_not_of_the_name(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"a,b\n1,2\n")
    first, second = discover([tmp_path])
    assert first.sha256() == second.sha256()
