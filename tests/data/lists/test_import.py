"""Published lists in their layouts come into the store as dated membership; every fault is told, nothing is deleted."""

import json
import os
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from originrisk.cli import app
from originrisk.data.errors import BadInputError
from originrisk.data.lists import merge
from originrisk.data.lists.membership import in_force
from originrisk.data.lists.merge import Imported, import_list
from originrisk.data.lists.published import read
from originrisk.data.store.tables import Store

DAY = date(2026, 2, 1)
SHARED = Path(os.environ.get("ORIGINRISK_SHARED", Path(__file__).parents[4] / "shared"))
REAL = SHARED / "data" / "enforcement"
CONTRACT = "name,programme,effective_date,removed_date\nAsh,WRO,2021-03-01,\nElm,WRO,2021-04-01,\n"
CBP = (
    "entity,country,industry,effective_date,type\n"
    '"Ash Textile Co., Ltd. and Elm Trading Co., Ltd.",China,Apparel,2021-03-01,WRO\n'
    '"Oak Works, a/k/a Oak Farm (OAKF); Fir Company",China,All,2021-04-01,Finding\n'
)
DHS = (
    "name,aliases,sublist,effective_date\n"
    '"Ash Co., Ltd.",Ashe; Asche,2(d)(2)(B)(ii)+2(d)(2)(B)(v),2023-08-02\n'
    "Elm,,,08/09/2024\n"
)
OPEN_SANCTIONS = (
    "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,program_ids,"
    "dataset,first_seen,last_seen,last_change\n"
    'NK-1,Company,Ash,"Ashe;""Asche, Ltd.""",,cn,"1 Road, Aksu",,UFLPA 2(d)(2)(B)(v) - 2023-08-02,,,,'
    "US DHS UFLPA,2024-01-01T00:00:00,,\n"
    "NK-2,Company,Elm,,,cn,,,Other sanctions,,,,Another list,2024-01-01T00:00:00,,\n"
)


def written(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def done(
    store: Store, text: str, day: date = DAY, known_from: date | None = None, *, partial: bool = False
) -> Imported:
    store.home.mkdir(parents=True, exist_ok=True)
    path = written(store.home, text)
    return import_list(store, path, day, programme=None, known_from=known_from, partial=partial)


@pytest.mark.parametrize(
    ("text", "layout", "expected"),
    [
        (CONTRACT, "contract", [("Ash", None, "WRO", date(2021, 3, 1)), ("Elm", None, "WRO", date(2021, 4, 1))]),
        (
            CBP,
            "CBP",
            [
                ("Ash Textile Co., Ltd.", None, "WRO", date(2021, 3, 1)),
                ("Elm Trading Co., Ltd.", None, "WRO", date(2021, 3, 1)),
                ("Oak Works", "Oak Farm|OAKF", "Finding", date(2021, 4, 1)),
                ("Fir Company", None, "Finding", date(2021, 4, 1)),
            ],
        ),
        (
            DHS,
            "DHS",
            [
                ("Ash Co., Ltd.", "Ashe|Asche", "UFLPA (ii, v)", date(2023, 8, 2)),
                ("Elm", None, "UFLPA", date(2024, 8, 9)),
            ],
        ),
        (OPEN_SANCTIONS, "OpenSanctions", [("Ash", "Ashe|Asche, Ltd.", "UFLPA (v)", date(2023, 8, 2))]),
    ],
)
def test_each_layout_is_known_by_its_headings(
    tmp_path: Path, text: str, layout: str, expected: list[tuple[object, ...]]
) -> None:
    published = read(written(tmp_path, text), None)
    columns = ("name", "aliases", "programme", "effective_date")
    assert published.layout == layout
    assert [tuple(listing[name] for name in columns) for _, listing in published.listings] == expected


def test_faults_say_what_was_expected_and_found_in_which_row(tmp_path: Path) -> None:
    rows = "All cotton of a place,China,x,2021-03-01,WRO\nFishing Vessel: Ox,China,x,2021-03-01,WRO\n"
    faulty = CBP + rows + ",China,x,soon,WRO\nYew,China,x,2021-02-30,\n"
    found = {(f.row, f.expected, f.found, f.taken) for f in read(written(tmp_path, faulty), None).faults}
    assert found == {
        (4, "a party", "goods of a region", False),
        (5, "a party", "a vessel", False),
        (6, "a name", "an empty cell", False),
        (6, "a date in `effective_date`", "no date: `soon`", False),
        (7, "a programme", "none", False),
        (7, "a date in `effective_date`", "no date: `2021-02-30`", False),
    }
    assert len(read(written(tmp_path, faulty), None).listings) == 4


def test_a_strange_table_is_refused_and_the_store_unchanged(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        done(Store(tmp_path), "a,b\n1,2\n")
    assert Store(tmp_path).versions() == {}


def test_the_same_list_again_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert done(store, CONTRACT).added == ["Ash", "Elm"]
    before = store.versions()
    again = done(store, CONTRACT)
    assert (again.added, again.changed, again.removed, again.unchanged) == ([], [], [], 2)
    assert store.versions() == before


def test_what_a_list_lacks_ends_on_the_day_and_stays_in_the_past(tmp_path: Path) -> None:
    store = Store(tmp_path)
    done(store, CONTRACT)
    lacking = CONTRACT.replace("Elm,WRO,2021-04-01,\n", "")
    assert done(store, lacking, partial=True).removed == []
    assert done(store, lacking).removed == ["Elm"]
    assert done(store, lacking, date(2026, 3, 1)).removed == []
    seen = {day: set(in_force(store.listed(), day)["name"].to_pylist()) for day in (DAY, date(2026, 2, 2))}
    assert seen == {DAY: {"Ash", "Elm"}, date(2026, 2, 2): {"Ash"}}


def test_a_corrected_date_replaces_the_listing_and_keeps_the_day_it_was_known(tmp_path: Path) -> None:
    store, told = Store(tmp_path), date(2021, 5, 1)
    done(store, CONTRACT, known_from=told)
    corrected = done(store, CONTRACT.replace("2021-03-01", "2020-03-01"), known_from=DAY)
    assert (corrected.added, corrected.changed, corrected.removed) == ([], ["Ash"], [])
    assert store.listed()["effective_date"].to_pylist() == [date(2020, 3, 1), date(2021, 4, 1)]
    assert store.listed()["known_from"].to_pylist() == [told, told]


def test_a_party_whose_row_cannot_be_read_is_not_removed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    done(store, CONTRACT)
    assert done(store, CONTRACT.replace("2021-04-01", "soon")).removed == []


def test_a_repeated_listing_and_days_out_of_order_are_told(tmp_path: Path) -> None:
    rows = CBP + "Yew,China,All,2020-01-01,WRO\nYEW.,China,All,2020-01-01,WRO\n"
    told = {(fault.row, fault.found, fault.taken) for fault in done(Store(tmp_path), rows).faults}
    assert told == {(3, "2021-04-01", True), (5, "a repeated one", False)}


def test_an_import_that_fails_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    done(store, CONTRACT)
    before = store.listed()
    monkeypatch.setattr(merge._Merge, "end", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        done(store, CONTRACT + "Oak,WRO,2021-03-01,\n")
    assert store.listed().equals(before)


def test_the_commands_import_and_show(tmp_path: Path) -> None:
    home = ["--home", str(tmp_path / "home"), "lists"]
    first = CliRunner().invoke(app, [*home, "import", str(written(tmp_path, DHS)), "--json"])
    assert first.exit_code == 6
    assert json.loads(first.stdout)["added"] == ["Ash Co., Ltd.", "Elm"]
    assert [fault["row"] for fault in json.loads(first.stdout)["faults"]] == [3]
    shown = CliRunner().invoke(app, [*home, "show", "--as-of", "2024-08-09", "--json"])
    names = {row["name"] for row in json.loads(shown.stdout)["listed"]}
    assert "Ash Co., Ltd." in names
    assert "Elm" not in names


@pytest.mark.skipif(not REAL.is_dir(), reason="needs the enforcement lists, which are not part of the package")
@pytest.mark.parametrize(
    ("name", "taken", "left_out", "faults"),
    [("uflpa-entity-list.csv", 95, 0, 11), ("cbp-wro-findings-active-2026-01.csv", 51, 7, 9)],
)
def test_real_lists_and_their_faults(tmp_path: Path, name: str, taken: int, left_out: int, faults: int) -> None:
    path = REAL / name
    found = import_list(Store(tmp_path), path, DAY, programme=None, known_from=None, partial=True)
    assert len(found.added) == taken
    assert sum(not fault.taken for fault in found.faults) == left_out
    assert len(found.faults) == faults


OFFICIAL = (
    "Calendar Year,Country,Country Code,Entity,Industry,WRO/Finding,Effective Date,Status,Remarks,Press Release\n"
)


def test_the_table_of_cbp_is_read_as_published_and_its_ends_are_told(tmp_path: Path) -> None:
    rows = "".join(
        f"2021,China,CN,{name},Agriculture,Withhold Release Order,{day},{status},,\n"
        for name, day, status in (
            ("Fernleaf Xinjiang Farm", "06/24/2021", "Active"),
            ("Lintroad Xinjiang Cotton", '"March 1, 2021"', "Inactive"),
            ("Ginhouse Xinjiang Cotton", "03/03/2021", "Revoked"),
            ("Balehill Xinjiang Cotton", "03/04/2021", "Partially Inactive"),
            ("Husk Xinjiang Cotton", "03/05/2021", "Under review"),
            ("Linter Xinjiang Cotton", "03/06/2021", "Revoked (04/07/2022)"),
            ("Boll Xinjiang Cotton", "03/07/2021", "Inactive as of 45/45/2022"),
        )
    )
    store = Store(tmp_path)
    before = [("Lintroad Xinjiang Cotton", None), ("Husk Xinjiang Cotton", None)]
    done(store, "name,programme,effective_date\n" + "".join(f"{name},WRO,2021-03-01\n" for name, _ in before))
    found = done(store, OFFICIAL + rows)
    assert found.added == ["Fernleaf Xinjiang Farm", "Balehill Xinjiang Cotton", "Linter Xinjiang Cotton"]
    assert found.removed == ["Lintroad Xinjiang Cotton"]
    told = {(fault.row, fault.found, fault.taken) for fault in found.faults if "shipped" not in fault.expected}
    assert {
        (3, "`inactive`", False),
        (4, "`revoked`", False),
        (5, "`partially inactive`", True),
        (6, "`under review`", False),
        (8, "`inactive`", False),
    } <= told
    ends = {row["name"]: row["removed_date"] for row in store.listed().to_pylist()}
    assert ends["Linter Xinjiang Cotton"] == date(2022, 4, 7)
    names = set(in_force(store.listed(), date(2026, 3, 1))["name"].to_pylist())
    assert names == {"Fernleaf Xinjiang Farm", "Balehill Xinjiang Cotton", "Husk Xinjiang Cotton"}


def test_an_order_that_a_list_calls_inactive_ends_though_only_the_shipped_table_has_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    row = '"Hefei Bitland Information Technology Co., Ltd.",China,Electronics,2020-09-08,WRO,Inactive\n'
    found = done(store, "entity,country,industry,effective_date,type,status\n" + row)
    assert found.removed == ["Hefei Bitland Information Technology Co., Ltd."]
    assert store.listed()["removed_date"].to_pylist() == [DAY]


@pytest.mark.parametrize(
    "name",
    [
        "All Seasons Xinjiang Garment Co., Ltd.",
        "Produced Goods Xinjiang Trading Co., Ltd.",
        "Freshly Harvested Foods Limited",
        "Fishing Vessel Supplies Co., Ltd.",
    ],
)
def test_a_party_whose_name_sounds_like_goods_is_a_party(tmp_path: Path, name: str) -> None:
    text = f'entity,country,industry,effective_date,type\n"{name}",China,x,2021-03-05,WRO\n'
    assert done(Store(tmp_path), text).added == [name]


@pytest.mark.parametrize(
    "name",
    [
        "All products harvested by fishing vessels Ox and Cow of Dalian Ox Fishing Co., Ltd.",
        "Tobacco produced in a place by workers",
        "All cotton of a place",
        "Fishing Vessel: Ox",
    ],
)
def test_goods_and_vessels_are_no_parties(tmp_path: Path, name: str) -> None:
    text = f'entity,country,industry,effective_date,type\n"{name}",China,x,2021-03-05,WRO\n'
    found = done(Store(tmp_path), text)
    assert (found.added, len(found.faults)) == ([], 1)
    assert name[:40] in found.faults[0].next_step


HEAD = OPEN_SANCTIONS.split("\n", 1)[0] + "\n"


def test_several_sanctions_in_a_cell_have_their_own_days_and_quoted_values_stay_whole(tmp_path: Path) -> None:
    cells = "UFLPA - 2(d)(2)(B)(ii) - 2022-06-21 - 2024-11-25;UFLPA - 2(d)(2)(B)(v) - 2025-01-15;Other act - 2020-01-01"
    row = f'NK-1,Company,Ash,"""Ashe; Branch"";""Ash """"Red"""" Mill"";Asch",,cn,,,{cells},,,,US DHS UFLPA,,,\n'
    published = read(written(tmp_path, HEAD + row), None)
    told = [(of["aliases"], of["programme"], of["effective_date"], of["removed_date"]) for _, of in published.listings]
    names = 'Ashe; Branch|Ash "Red" Mill|Asch'
    assert told == [
        (names, "UFLPA (ii)", date(2022, 6, 21), date(2024, 11, 25)),
        (names, "UFLPA (v)", date(2025, 1, 15), None),
    ]
    assert [(fault.expected, fault.found) for fault in published.faults] == [
        ("a programme", "`Other act - 2020-01-01`")
    ]


def test_a_notice_pasted_as_text_adds_and_ends_nothing(tmp_path: Path) -> None:
    notice = """DATES: This update is applicable on October 3, 2024.
UFLPA Section 2(d)(2)(B)(ii)
A List of Entities Working With the Government of Xinjiang
Ash Steel Co., Ltd. (including one alias: Asche Steel)
(2) Elm Co., Ltd. and its two Aksu-based subsidiaries, which include Oak Co., Ltd. and Fir Co., Ltd.
Yew (including three aliases: A; B)
UFLPA Section 2(d)(2)(B)(iv)
No entities were identified.
UFLPA Section 2(d)(2)(B)(v)
- Birch Foods;
Robert Doe, Under Secretary
[FR Doc. 2024-1 Filed 10-2-24]
Some other text
"""
    path = tmp_path / "notice.txt"
    path.write_text(notice, encoding="utf-8")
    store = Store(tmp_path / "home")
    done(store, DHS)
    found = import_list(store, path, DAY, programme=None, known_from=None, partial=False)
    assert found.layout == "Federal Register"
    assert found.added == ["Ash Steel Co., Ltd.", "Elm Co., Ltd.", "Oak Co., Ltd.", "Fir Co., Ltd.", "Birch Foods"]
    assert found.removed == []
    assert [(fault.row, fault.found) for fault in found.faults] == [(6, "Yew (including three aliases: A; B)")]
    rows = {row["name"]: row for row in store.listed().to_pylist()}
    assert rows["Ash Steel Co., Ltd."]["aliases"] == "Asche Steel"
    assert rows["Birch Foods"]["programme"] == "UFLPA (v)"
    assert rows["Birch Foods"]["effective_date"] == date(2024, 10, 3)
