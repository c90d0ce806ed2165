"""Text tables: encodings, delimiters and line ends; a bad record suffers alone; row numbers are those of the file."""

import csv
import gzip
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from originrisk.data.errors import BadInputError
from originrisk.data.ingest import text
from originrisk.data.ingest.records import Budget, Misfit
from originrisk.data.settings import ReadSettings

WANTED = {"a", "b", "c"}
LIMITS = ReadSettings()


def _read(path: Path) -> tuple[dict[int, tuple[str, ...]], list[Misfit]]:
    """Cells by row number, and the misfits."""
    shape = text.layout(path, path.name, WANTED, None, LIMITS)
    rows: dict[int, tuple[str, ...]] = {}
    misfits: list[Misfit] = []
    for records in text.read(path, path.name, shape, Budget(path.name, path.stat().st_size, LIMITS)):
        cells = zip(*(column.to_pylist() for column in records.table.columns), strict=True)
        rows |= dict(zip(records.rows.tolist(), cells, strict=True))
        misfits += records.misfits
    return rows, misfits


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "lines.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        "a,b,c\nMÜNCHEN,2,3\n".encode(),
        b"\xef\xbb\xbf" + "a,b,c\nMÜNCHEN,2,3\n".encode(),
        "a,b,c\r\nMÜNCHEN,2,3\r\n".encode("latin-1"),
        "a,b,c\nMÜNCHEN,2,3\n".encode("utf-16"),
        "a;b;c\nMÜNCHEN;2;3\n".encode(),
        "a\tb\tc\nMÜNCHEN\t2\t3\n".encode(),
        '"a","b","c"\n"MÜNCHEN","2","3"'.encode(),
        " A , b ,C\nMÜNCHEN,2,3\n".encode(),
        gzip.compress("a,b,c\nMÜNCHEN,2,3\n".encode()),
    ],
    ids=["utf-8", "mark", "latin-1 and CRLF", "utf-16", "semicolons", "tabs", "quotes", "blanks", "gzip"],
)
def test_one_table_in_many_dresses(tmp_path: Path, content: bytes) -> None:
    assert _read(_file(tmp_path, content)) == ({2: ("MÜNCHEN", "2", "3")}, [])


def test_blank_rows_before_the_headings_and_between_records_are_passed_over(tmp_path: Path) -> None:
    rows, misfits = _read(_file(tmp_path, b"\n,,\n\na,b,c\n1,2,3\n\n4,5,6\n"))
    assert (rows, misfits) == ({5: ("1", "2", "3"), 7: ("4", "5", "6")}, [])


def test_a_quoted_line_break_belongs_to_its_cell(tmp_path: Path) -> None:
    rows, misfits = _read(_file(tmp_path, b'a,b,c\n1,"two\n""lines""\r\nhere",3\n4,5,6\n'))
    assert (rows, misfits) == ({2: ("1", 'two\n"lines"\r\nhere', "3"), 5: ("4", "5", "6")}, [])


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"1,2", "too few cells"),
        (b"1,2,3,4", "too many cells"),
        (b"1,\0,3", "NUL byte"),
        (b"1,\xff\xfe,3", "bytes of another encoding"),
        (b'1,"never closed,3', "quoted field without a proper end"),
        (b'1,"closed"early,3', "quoted field without a proper end"),
        (b"1,lone\rreturn,3", "line break outside quotes"),
        (b"1," + b"x" * (1 << 20) + b",3", "endless field"),
    ],
)
def test_a_bad_record_suffers_alone(tmp_path: Path, record: bytes, reason: str) -> None:
    good = "é,2,3".encode()
    rows, misfits = _read(_file(tmp_path, b"a,b,c\n" + good + b"\n" + record + b"\n" + good + b"\n"))
    assert rows == {2: ("é", "2", "3"), 4: ("é", "2", "3")}
    assert [(misfit.row, misfit.reason) for misfit in misfits] == [(3, reason)]


def test_an_inch_sign_within_a_cell_is_text(tmp_path: Path) -> None:
    rows, misfits = _read(_file(tmp_path, b'a,b,c\npipe 5",2,3\n5" and 6",x,3\n'))
    assert (rows, misfits) == ({2: ('pipe 5"', "2", "3"), 3: ('5" and 6"', "x", "3")}, [])


def test_two_open_quotes_do_not_swallow_what_lies_between(tmp_path: Path) -> None:
    rows, misfits = _read(_file(tmp_path, b'a,b,c\n1,"open,3\n4,5,6\n7,"open,9\n1,2,3\n'))
    assert rows == {3: ("4", "5", "6"), 5: ("1", "2", "3")}
    assert [misfit.row for misfit in misfits] == [2, 4]


def test_quotes_that_only_seem_paired_do_not_join_lines(tmp_path: Path) -> None:
    rows, misfits = _read(_file(tmp_path, b'a,b,c\n1,2,3\nx","z,2,3\n4,5,6\n'))
    assert rows == {2: ("1", "2", "3"), 4: ("4", "5", "6")}
    assert [misfit.row for misfit in misfits] == [3]


def test_bytes_of_a_chinese_encoding_are_not_taken_for_latin(tmp_path: Path) -> None:
    rows, misfits = _read(_file(tmp_path, b"a,b,c\n" + "新疆".encode("gbk") + b",2,3\n1,2,3\n"))
    assert rows == {3: ("1", "2", "3")}
    assert [misfit.reason for misfit in misfits] == ["bytes of another encoding"]


@pytest.mark.parametrize(
    "content",
    [b"\n\n", b"just a sentence\n", b"a,a,b\n1,2,3\n", b"a,b,\0c\n1,2,3\n", gzip.compress(b"a,b,c\n1,2,3\n" * 99)[:-9]],
    ids=["blank", "no table", "same heading twice", "NUL in the headings", "cut gzip"],
)
def test_what_is_no_table_is_refused_whole(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadInputError, match=r"lines\.csv"):
        _read(_file(tmp_path, content))


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff\x85\u2028\u2029"), max_size=8)


@settings(max_examples=200)
@given(rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=12), block=st.integers(1, 64))
def test_whatever_a_csv_writer_writes_is_read_back_from_blocks_of_any_size(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], block: int
) -> None:
    written = StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(["a", "b", "c"])
    writer.writerows(rows)
    path = _file(tmp_path_factory.mktemp("csv"), written.getvalue().encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_BLOCK", block)
        found, misfits = _read(path)
    assert misfits == []
    assert [found[row] for row in sorted(found)] == rows


def _notes(path: Path) -> tuple[str, ...]:
    return text.layout(path, path.name, WANTED, None, LIMITS).notes


@pytest.mark.parametrize("encoding", ["cp1254", "cp1250", "cp1251", "shift_jis"])
def test_letters_of_a_code_page_that_is_not_certain_are_not_guessed(tmp_path: Path, encoding: str) -> None:
    words = {"cp1254": "ŞTİ. İZMİR", "cp1250": "ŁÓDŹ", "cp1251": "ИВАНОВО", "shift_jis": "東京紡績"}
    path = _file(tmp_path, f"a,b,c\n{words[encoding]},2,3\n1,2,3\n".encode(encoding))
    rows, misfits = _read(path)
    assert (rows, [bad.reason for bad in misfits]) == ({3: ("1", "2", "3")}, ["bytes of another encoding"])
    (note,) = _notes(path)
    assert "1 lines are not UTF-8; encodings that fit, likelier first: " in note
    assert 'encoding = "…"' in note


def test_a_code_page_that_is_certain_is_told(tmp_path: Path) -> None:
    assert "read as cp1252" in _notes(_file(tmp_path, "a,b,c\nMÜNCHEN,2,3\n".encode("latin-1")))[0]


def test_a_byte_that_a_stated_encoding_lacks_spoils_its_record(tmp_path: Path) -> None:
    path = _file(tmp_path, b"a,b,c\n\xdd,2,3\n\x81,2,3\n")
    shape = text.layout(path, path.name, WANTED, "cp1254", LIMITS)
    parts = list(text.read(path, path.name, shape, Budget(path.name, 99, LIMITS)))
    assert [cell for part in parts for cell in part.table["a"].to_pylist()] == ["İ"]
    misfits = [(bad.row, bad.reason) for part in parts for bad in part.misfits]
    assert misfits == [(3, "bytes of another encoding")]


@pytest.mark.parametrize(
    ("content", "skipped"),
    [
        (b"sep=;\na;b;c\n1;2;3\n", 0),
        (b"\xef\xbb\xbfsep=|\r\na|b|c\r\n1|2|3\r\n", 0),
        (b"Report,Lines\nRun,today,late\n\na,b,c\n1,2,3\n", 2),
    ],
)
def test_headings_are_found_below_other_lines(tmp_path: Path, content: bytes, skipped: int) -> None:
    path = _file(tmp_path, content)
    rows, misfits = _read(path)
    assert (list(rows.values()), misfits) == ([("1", "2", "3")], [])
    assert any(f"{skipped} lines before the headings" in note for note in _notes(path)) == bool(skipped)


@pytest.mark.parametrize("line", ["123-45-6789,123-45-6789,X", "123-45-6789,JANE ROE,a1", "JANE ROE,JANE ROE,1"])
def test_a_row_that_is_no_headings_is_not_quoted(tmp_path: Path, line: str) -> None:
    with pytest.raises(BadInputError) as caught:
        _read(_file(tmp_path, f"{line}\n{line}\n".encode()))
    assert not [cell for cell in line.split(",") if len(cell) > 1 and cell in str(caught.value)]


def test_a_heading_that_looks_like_a_value_is_told_by_place(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"column 2 \(11 characters\) more than once"):
        _read(_file(tmp_path, b"a,123-45-6789,123-45-6789\n"))


@pytest.mark.parametrize("filler", [b"\n", b"a", b"\0", b'"\n', b","], ids=repr)
def test_a_gzip_bomb_is_refused_in_little_memory(tmp_path: Path, filler: bytes) -> None:
    path = tmp_path / "lines.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"a,b,c\n")
        for _ in range(12):
            file.write(filler * (1 << 23) if len(filler) == 1 else filler * (1 << 22))
    with pytest.raises(BadInputError, match="unpacked"):
        _read(path)


def test_of_an_endless_line_the_beginning_is_enough(tmp_path: Path) -> None:
    rows, misfits = _read(_file(tmp_path, b"a,b,c\n" + b"x" * (20 << 20) + b"\n1,2,3\n"))
    assert (rows, [(bad.row, bad.reason) for bad in misfits]) == ({3: ("1", "2", "3")}, [(2, "endless field")])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_read_and_told(tmp_path: Path, encoding: str) -> None:
    path = _file(tmp_path, "a,b,c\n宁波,2,3\n".encode(encoding))
    assert _read(path) == ({2: ("宁波", "2", "3")}, [])
    assert encoding in text.layout(path, path.name, WANTED, None, LIMITS).notes[0]


def test_utf_32_is_read_by_its_mark(tmp_path: Path) -> None:
    assert _read(_file(tmp_path, "a,b,c\n宁波,2,3\n".encode("utf-32")))[0] == {2: ("宁波", "2", "3")}


@pytest.mark.parametrize(
    "content",
    [b"a,b,c\r1,2,3\r4,5,6\r", b"a,b,c\r1,2,3\r4,5,6", b"a,b,c\n1,2,3,\n4,5,6,,\n"],
    ids=["lines end with a return", "the last does not", "rows end with a delimiter"],
)
def test_ways_of_writing_that_lose_nothing_are_read(tmp_path: Path, content: bytes) -> None:
    assert _read(_file(tmp_path, content)) == ({2: ("1", "2", "3"), 3: ("4", "5", "6")}, [])


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an older workbook"),
        (b"\x28\xb5\x2f\xfda,b,c\n", "Zstandard"),
        (b"<!DOCTYPE html>\n<title>Sign in, a, b</title>", "HTML"),
        (b'[{"a": 1, "b": 2}]', "JSON"),
        (gzip.compress(b"PAR1"), "a Parquet file"),
    ],
)
def test_what_is_no_table_of_text_is_refused_as_what_it_is(tmp_path: Path, content: bytes, found: str) -> None:
    with pytest.raises(BadInputError, match=found):
        _read(_file(tmp_path, content))


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        ("cp1250", "ŁÓDŹ TKANINY"),
        ("cp1250", "ŁÓDŹ SPÓŁKA ŽĎÁR"),
        ("big5", "臺灣紡織"),
        ("euc_jp", "株式会社東レ繊維"),
        ("cp1252", "CAFÉ “TEXTIL” €"),
        ("gb18030", "宁波棉业有限公司"),
        ("cp1256", "شركة القطن"),
        ("koi8_r", "ТЕКСТИЛЬНАЯ ФАБРИКА"),
        ("cp949", "대한섬유"),
        ("cp874", "ไทยสิ่งทอ"),
    ],
)
def test_the_encodings_that_are_told_have_the_right_one(tmp_path: Path, encoding: str, word: str) -> None:
    path = _file(tmp_path, f"a,b,c\n{word},2,3\n".encode(encoding))
    (note,) = text.layout(path, path.name, WANTED, None, LIMITS).notes
    assert encoding in note
