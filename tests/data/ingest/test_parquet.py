"""Parquet: texts of every type that writers use, a bad record alone, and never more memory than is allowed."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from originrisk.data.errors import BadInputError
from originrisk.data.ingest import parquet
from originrisk.data.ingest.records import Budget, RecordBatch
from originrisk.data.settings import ReadSettings


def _read(path: Path, limits: ReadSettings | None = None, used: str = "ab") -> list[RecordBatch]:
    limits = limits or ReadSettings()
    parquet.layout(path, path.name, {"a"})
    return list(parquet.read(path, list(used), Budget(path.name, path.stat().st_size, limits), limits))


def _file(folder: Path, cells: pa.Array, **options: object) -> Path:
    path = folder / "lines.parquet"
    pq.write_table(pa.table({"a": cells, "b": pa.array(range(len(cells)))}), path, **options)
    return path


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.large_binary(),
        pa.binary_view(),
        pa.binary(3),
        pa.dictionary(pa.int32(), pa.string()),
        pa.dictionary(pa.int8(), pa.large_string()),
    ],
    ids=str,
)
def test_a_text_is_a_text_whatever_its_type(tmp_path: Path, kind: pa.DataType) -> None:
    (records,) = _read(_file(tmp_path, pa.array([b"abc", None, b"x\xc3\xa9"]).cast(pa.string()).cast(kind)))
    assert records.table["a"].to_pylist() == ["abc", None, "xé"]
    assert records.table.schema.field("a").type == pa.string()


@pytest.mark.parametrize("packed", [True, False])
def test_foreign_bytes_spoil_their_record_alone(tmp_path: Path, packed: bool) -> None:
    cells = pa.array([b"a", "MÜNCHEN".encode("latin-1"), b"c"], pa.binary())
    path = _file(tmp_path, cells, use_dictionary=packed)
    (records,) = _read(path)
    assert records.rows.tolist() == [1, 3]
    assert [(bad.row, bad.reason) for bad in records.misfits] == [(2, "bytes of another encoding")]
    (records,) = _read(path, used="b")
    assert records.rows.tolist() == [1, 2, 3]


def test_an_endless_text_spoils_its_record_alone(tmp_path: Path) -> None:
    (records,) = _read(_file(tmp_path, pa.array(["a", "x" * 3000])), ReadSettings(most_record_kb=2))
    assert [(bad.row, bad.reason) for bad in records.misfits] == [(2, "endless field")]


@pytest.mark.parametrize(
    "options", [{}, {"use_dictionary": False, "column_encoding": {"a": "DELTA_BYTE_ARRAY", "b": "PLAIN"}}]
)
def test_a_text_that_stands_once_for_many_rows_is_read_in_small_parts_and_refused(
    tmp_path: Path, options: dict[str, object]
) -> None:
    path = _file(tmp_path, pa.array(["x" * 20_000] * 20_000), compression="zstd", **options)
    assert path.stat().st_size < 200_000
    before = pa.total_allocated_bytes()
    with pytest.raises(BadInputError, match="unpacked"):
        _read(path, ReadSettings(most_group_mb=16))
    assert pa.total_allocated_bytes() - before < 200_000_000


def test_pages_are_checked_where_they_bear_a_checksum(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        pa.array(["MARKED"] * 9),
        write_page_checksum=True,
        write_statistics=False,
        compression="none",
        use_dictionary=False,
    )
    path.write_bytes(path.read_bytes().replace(b"MARKED", b"MARRED", 1))
    with pytest.raises(OSError, match="CRC"):
        _read(path)


def test_a_nul_spoils_its_record_and_what_fills_a_width_is_none(tmp_path: Path) -> None:
    (records,) = _read(_file(tmp_path, pa.array(["A CO", "B\0CO"])))
    assert [bad.reason for bad in records.misfits] == ["NUL byte"]
    (records,) = _read(_file(tmp_path, pa.array([b"A CO\0", b"B CO "], pa.binary(5))))
    assert records.table["a"].to_pylist() == ["A CO", "B CO "]
    assert not records.misfits


def test_a_file_of_many_groups_has_its_footer_read_a_few_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A footer grows with the groups: read once for each, ten thousand of them take hours."""
    path, table, read = tmp_path / "lines.parquet", pa.table({"a": ["x"], "b": ["y"]}), []
    with pq.ParquetWriter(path, table.schema) as writer:
        for _ in range(50):
            writer.write_table(table)
    opened = pq.ParquetFile.__init__

    def counted(self: pq.ParquetFile, *given: object, **more: object) -> None:
        read.append(more.get("metadata") is None)
        opened(self, *given, **more)

    monkeypatch.setattr(pq.ParquetFile, "__init__", counted)
    assert sum(batch.table.num_rows for batch in _read(path)) == 50
    assert sum(read) <= 3


def test_thousands_of_groups_that_hold_next_to_nothing_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "MOST_SMALL_GROUPS", 10)
    with pytest.raises(BadInputError, match="20 groups"):
        _read(_file(tmp_path, pa.array(["x"] * 40), row_group_size=2))
    assert _read(_file(tmp_path, pa.array(["x"] * 1280), row_group_size=64))
