"""How likely a declared name is a listed one: near spellings count, strangers and later listings do not."""

import numpy as np
import pyarrow as pa
import pytest

from originrisk.features.lines import Text
from originrisk.features.list_match import ListedName, ListedNames, probability, weigh

NAME = "Aksu Haolin Textiles Co., Ltd."
SEEN = (100, 200)
OTHERS = [ListedName(f"Firm Q{place:03d} Yarn", "", SEEN) for place in range(300)]


def column(*cells: str | None) -> Text:
    return Text.of(pa.chunked_array([pa.array(cells, pa.string())]))


def on(listed: ListedNames, name: str | None, day: int = 150, city: str | None = None) -> float:
    return float(listed.probability(column(name), column(city), np.array([day], np.int32))[0])


def only(address: str = "") -> ListedNames:
    return ListedNames([ListedName(NAME, address, SEEN)])


def test_the_nearer_the_spelling_the_likelier() -> None:
    spellings = ("AKSU HAOLIN TEXTILE COMPANY LIMITED", "AKSU HAOILN TEXTILE", "BIRCH TEXTILE")
    told = [on(only(), spelling) for spelling in spellings]
    assert told == sorted(told, reverse=True)
    assert told[0] > 0.99
    assert told[1] > 0.5
    assert told[-1] == 0


def test_it_is_seen_between_its_days_alone() -> None:
    assert [on(only(), NAME, day) > 0 for day in (100, 101, 199, 200)] == [False, True, True, False]


def test_a_city_elsewhere_speaks_against() -> None:
    here, unknown, there = (on(only("3 Road, Hotan"), NAME, city=city) for city in ("HO TAN", None, "Dhaka"))
    assert here > unknown > there


def test_a_longer_list_asks_for_more_but_only_once_it_is_known() -> None:
    later = [ListedName(one.name, "", (160, 200)) for one in OTHERS]
    alone, beside = only(), ListedNames([ListedName(NAME, "", SEEN), *later])
    assert on(beside, "AKSU HAOILN TEXTILE", 150) == on(alone, "AKSU HAOILN TEXTILE", 150)
    assert on(beside, "AKSU HAOILN TEXTILE", 170) < on(alone, "AKSU HAOILN TEXTILE", 170)


def test_without_a_name_nothing_is_told() -> None:
    assert np.isnan(on(only(), None))


def test_a_spelling_is_weighed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    weighed: list[str] = []
    real = ListedNames.may_mean

    def counted(self: ListedNames, name: str, city: str) -> list[tuple[float, tuple[int, int]]]:
        weighed.append(name)
        return real(self, name, city)

    monkeypatch.setattr(ListedNames, "may_mean", counted)
    listed = only()
    for day in (150, 151):
        on(listed, NAME, day)
    assert weighed == [NAME]


@pytest.mark.parametrize(
    ("name", "listed", "likely"),
    [
        ("新疆雪羽棉业有限公司", "新疆雪羽棉业有限公司", True),
        ("Xinjiang Xueyu Mianye Co Ltd", "新疆雪羽棉业有限公司", True),
        ("新疆华孚棉业有限公司", "新疆雪羽棉业有限公司", False),
        ("Снежное Перо", "ООО Снежное Перо", True),
        ("Снежное Поле", "ООО Снежное Перо", False),
        ("대한섬유 부산", "대한섬유 부산 주식회사", True),
        ("대한방직 부산", "대한섬유 부산 주식회사", False),
    ],
)
def test_names_in_other_scripts_match_themselves_and_their_pinyin(name: str, listed: str, likely: bool) -> None:
    assert (probability(weigh(name, listed, "", "").bits) > 0.8) is likely
