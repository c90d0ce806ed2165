"""Published lists in the ways in which they are written: what is taken, and what becomes a fault with its text."""

import csv
from datetime import date
from pathlib import Path

import pytest

from originrisk.data.lists.published import Published, read

DAY = date(2021, 6, 24)


def table(path: Path, headings: list[str], *rows: list[str]) -> Published:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, *rows])
    return read(path, None)


@pytest.mark.parametrize(
    ("status", "end", "fault"),
    [
        ("ACTIVE", None, ""),
        ("Active*", None, ""),
        ("Active - Modified", None, "in force as a whole"),
        ("Modified 9/2/2022", None, "in force as a whole"),
        ("Partially Inactive since 1/2/2024", None, "in force as a whole"),
        ("Inactive (revoked 3/1/2023)", date(2023, 3, 1), ""),
        ("Revoked Mar. 1, 2023", date(2023, 3, 1), ""),
        ("Terminated 03-01-2023", date(2023, 3, 1), ""),
    ],
)
def test_a_status_of_cbp_that_is_understood(tmp_path: Path, status: str, end: date | None, fault: str) -> None:
    told = table(
        tmp_path / "cbp.csv",
        ["Entity", "WRO/Finding", "Effective Date", "Status"],
        ["Ash Co., Ltd.", "WRO", "06/24/2021", status],
    )
    ((_, listing),) = told.listings
    assert (listing["effective_date"], listing["removed_date"]) == (DAY, end)
    assert [fault in one.expected for one in told.faults] == [True] * bool(fault)


@pytest.mark.parametrize("status", ["Inactve", "Partialy Inactive", "under review"])
def test_a_status_that_is_not_understood_takes_no_listing(tmp_path: Path, status: str) -> None:
    told = table(
        tmp_path / "cbp.csv",
        ["Entity", "WRO/Finding", "Effective Date", "Status"],
        ["Ash Co., Ltd.", "WRO", "06/24/2021", status],
    )
    assert (told.listings, told.ended, told.left_out) == ([], [], ["Ash Co., Ltd."])
    assert status.casefold() in told.faults[0].found


@pytest.mark.parametrize("status", ["Inactive", "Revoked", "Inactive – Superseded by Finding", "In-active"])
def test_an_end_without_a_day_is_known(tmp_path: Path, status: str) -> None:
    told = table(
        tmp_path / "cbp.csv",
        ["Entity", "WRO/Finding", "Effective Date", "Status"],
        ["Ash Co., Ltd.", "WRO", "06/24/2021", status],
    )
    assert [one["name"] for one in told.ended] == ["Ash Co., Ltd."]


@pytest.mark.parametrize(
    ("kind", "programme", "faults"),
    [
        ("Withhold Release Order (WRO)", "WRO", 0),
        ("wro", "WRO", 0),
        ("Findings", "Finding", 0),
        ("WRO/Finding", "WRO", 1),
        ("Wthhold Release Order", None, 1),
    ],
)
def test_kinds_of_cbp(tmp_path: Path, kind: str, programme: str | None, faults: int) -> None:
    headings = ["ENTITIES", "WRO or Finding", "Date Effective"]
    told = table(tmp_path / "cbp.csv", headings, ["Ash Co., Ltd.", kind, "06/24/2021"])
    assert [listing["programme"] for _, listing in told.listings] == [programme] * bool(programme)
    assert len(told.faults) == faults


@pytest.mark.parametrize(
    "day",
    [
        *("06/24/2021", "6/24/21", "06-24-2021", "June 24, 2021", "June 24 2021", "Jun. 24, 2021", "24-Jun-21"),
        *("24-Jun-2021", "24 June 2021", "2021-06-24", "2021-06-24T00:00:00", "2021/06/24", "20210624"),
        *("Thursday, June 24, 2021", "June 24th, 2021"),
    ],
)
def test_days_in_several_forms(tmp_path: Path, day: str) -> None:
    told = table(tmp_path / "dhs.csv", ["Name of Entity", "UFLPA Sublist", "Effective Date"], ["Ash", "v", day])
    assert [(of["effective_date"], of["programme"]) for _, of in told.listings] == [(DAY, "UFLPA (v)")]


@pytest.mark.parametrize("day", ["June 31, 2021", "13/24/2021", "24/06/2021", "2021-06-24 revoked", "44371"])
def test_what_is_no_day_is_a_fault_that_quotes_it(tmp_path: Path, day: str) -> None:
    told = table(tmp_path / "dhs.csv", ["name", "sublist", "effective_date"], ["Ash", "(ii)", day])
    assert told.listings == []
    assert day in told.faults[0].found


NOTICE = """\
DATES: This notice is effective June 24, 2021.
A. Additions to the List of Entities identified in section 2(d)(2)(B)(v)
The FLETF added the following entities:1
1. Ash Cotton Co., Ltd. (and one alias: Ashe)2
2. Birch Cotton Co., Ltd.; and
(3) Elm (Zhuhai) Co., Ltd. \\3\\
4) Oak Co., Ltd. [4]
iv. Pine Co., Ltd.
• Yew Foods Co., Ltd. and its two subsidiaries, which include Yew
Oils Ltd. and Yew Meals Ltd.
\\1\\ See 87 FR 47777.
1 See Uyghur Forced Labor Prevention Act, 89 FR 1234 (Nov. 25, 2024).
[FR Doc. 2024-12345 Filed 11-22-24; 8:45 am]
"""


def test_a_notice_with_numbered_lists_wrapped_lines_and_footnotes(tmp_path: Path) -> None:
    (tmp_path / "notice.txt").write_text(NOTICE, encoding="utf-8")
    told = read(tmp_path / "notice.txt", None)
    assert told.faults == []
    assert {(of["programme"], of["effective_date"]) for _, of in told.listings} == {("UFLPA (v)", DAY)}
    assert [(number, of["name"], of["aliases"]) for number, of in told.listings] == [
        (4, "Ash Cotton Co., Ltd.", "Ashe"),
        (5, "Birch Cotton Co., Ltd.", None),
        (6, "Elm (Zhuhai) Co., Ltd.", None),
        (7, "Oak Co., Ltd.", None),
        (8, "Pine Co., Ltd.", None),
        (9, "Yew Foods Co., Ltd.", None),
        (9, "Yew Oils Ltd.", None),
        (9, "Yew Meals Ltd.", None),
    ]
