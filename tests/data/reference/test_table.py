"""Loading a reference table: every cell typed, every bad one named."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import pytest

from originrisk.data.errors import BadInputError
from originrisk.data.reference.table import read


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    day: date | None
    share: float
    kind: Literal["a", "b"]
    other: tuple[str, ...]
    flag: bool


def _table(folder: Path, *lines: str, header: str = "name,day,share,kind,other,flag") -> Path:
    (folder / "rows.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return folder


def test_cells_take_the_type_of_the_field(tmp_path: Path) -> None:
    rows = read("rows", Row, _table(tmp_path, "x,2021-01-13,0.5,a,p|q,true", "y,,1,b,,false"))
    assert rows == (Row("x", date(2021, 1, 13), 0.5, "a", ("p", "q"), True), Row("y", None, 1.0, "b", (), False))


def test_all_bad_cells_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as caught:
        read("rows", Row, _table(tmp_path, "x,2021-13-01,half,c,,yes", "y,,1,a"))
    told = [problem.where for problem in caught.value.problems]
    places = ["rows.csv line 2, day", "rows.csv line 2, share", "rows.csv line 2, kind", "rows.csv line 2, flag"]
    assert told == [*places, "rows.csv line 3"]


def test_another_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="the columns name, day"):
        read("rows", Row, _table(tmp_path, header="name,day"))
