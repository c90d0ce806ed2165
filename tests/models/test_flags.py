"""Red flags are facts of the declaration, the lists and the past: no model is asked."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES
from originrisk.data.store.tables import Store
from originrisk.models.evidence import PARTIES, LineEvidence, gather
from originrisk.models.flags import RULES, flags

DAY = date(2021, 7, 1)
PLAIN = {
    "entry_date": DAY, "country_of_origin": "VN", "htsus": "9503000073", "manufacturer_name": "Beta Ltd",
    "manufacturer_id": "VNBETLTD3HAN", "entered_value_usd": 100.0,
}  # fmt: skip


def known(line: dict[str, Any], **more: Any) -> LineEvidence:
    counts = {f"{party}_found_on": None for party in PARTIES} | more.pop("counts", {})
    whole = dict.fromkeys(ENTRIES.names) | PLAIN | line
    parts = {"ties": (), "listed": (), "legal": (), "in_xinjiang": 0.0} | more
    return LineEvidence(line=whole, counts=counts, **parts)


LISTED = {"role": "maker", "declared": "Alpha", "name": "Alpha Mill", "programme": "UFLPA (ii)",
          "since": date(2021, 6, 1), "probability": 0.874}  # fmt: skip
TIE = {"via": "seller", "maker": "MID X", "name": "X", "since": date(2021, 5, 1), "listed_name": "X Works",
       "found": 0, "examined": 0, "lines": 2}  # fmt: skip
WRO = {
    "instrument": "WRO",
    "ground": "goods",
    "party": None,
    "since": date(2021, 1, 13),
    "barred": False,
    "text": "WRO: cotton.",
}
LABOUR = {
    "instrument": "UFLPA Entity List",
    "ground": "sublist",
    "since": date(2021, 6, 1),
    "barred": True,
    "party": "Alpha Mill",
    "text": "Alpha Mill (maker): UFLPA list (ii) since 2021-06-01, labour transfer: barred without any Xinjiang input.",
}
ACT = {
    "instrument": "UFLPA",
    "ground": "region",
    "party": None,
    "since": date(2022, 6, 21),
    "barred": False,
    "text": "All goods.",
}

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "nothing": ({}, {}, []),
    "listed by name": ({}, {"listed": ({**LISTED, "how": "name"},)},
        ["The maker bears the name of Alpha Mill, listed (UFLPA (ii)) since 2021-06-01."]),
    "listed by an alias": ({}, {"listed": ({**LISTED, "how": "alias"},)},
        ["The maker bears an alias of Alpha Mill, listed (UFLPA (ii)) since 2021-06-01."]),
    "barred by a sublist": ({}, {"legal": (LABOUR,), "listed": ({**LISTED, "how": "name"},)},
        ["The maker bears the name of Alpha Mill, listed (UFLPA (ii)) since 2021-06-01.", LABOUR["text"]]),
    "barred by a listing that is not known yet": ({}, {"legal": (LABOUR,)}, []),
    "perhaps listed": ({}, {"listed": ({**LISTED, "how": "likely"},)},
        ["The maker may be Alpha Mill, listed (UFLPA (ii)) since 2021-06-01: probability 0.87."]),
    "city of Xinjiang": ({"manufacturer_city": "Korla", "manufacturer_address": "1 Road"}, {"in_xinjiang": 1.0},
        ["The maker is declared in Xinjiang: city Korla."]),
    "postal code of Xinjiang": ({"manufacturer_postal_code": "841000"}, {"in_xinjiang": 1.0},
        ["The maker is declared in Xinjiang: postal code 841000."]),
    "perhaps a place of Xinjiang": ({"manufacturer_city": "Korla"}, {"in_xinjiang": 0.5}, []),
    "name of Xinjiang": ({"manufacturer_name": "Xinjiang Cotton Co"}, {},
        ["The maker's name names a place in Xinjiang: Xinjiang Cotton Co."]),
    "a finding at the importer": ({}, {"counts": {"importer_found_on": date(2021, 6, 30)}},
        ["Xinjiang inputs were found in goods of this importer, last told on 2021-06-30."]),
    "a MID of another country": ({"manufacturer_id": "CNALPCO12NIN"}, {},
        ["The MID is of China, the declared origin is Vietnam."]),
    "a Canadian MID of Canada": ({"manufacturer_id": "XOALPCO12TOR", "country_of_origin": "CA"}, {}, []),
    "aluminium smelted elsewhere": ({"smelt_country": "CN"}, {},
        ["Declares aluminium smelted in China; the declared origin is Vietnam."]),
    "aluminium smelted at home": ({"smelt_country": "VN"}, {}, []),
    "below the cost of its cotton": ({"htsus": "6109100012", "gross_weight_kg": 1000.0}, {},
        ["$0.10 a kilogram is less than the cotton in it costs by the price known since 2021-06-15: $"]),
    "below the cost of its aluminium": ({"htsus": "7606123096", "gross_weight_kg": 50.0}, {},
        ["$2.00 a kilogram is less than the aluminium in it costs by the price known since 2021-06-15: $2.31."]),
    "scrap has no price": ({"htsus": "7602000030", "gross_weight_kg": 50.0}, {}, []),
    "above the cost of its cotton": ({"htsus": "6109100012", "gross_weight_kg": 10.0}, {}, []),
    "a tie to a listed maker": ({}, {"ties": (TIE,)}, ["Shares the seller with X Works, listed since 2021-05-01."]),
    "a tie to a maker that is not listed": ({}, {"ties": ({**TIE, "since": None},)}, []),
    "an order on the goods": ({}, {"legal": (WRO, ACT)}, ["WRO: cotton."]),
    "the act on all goods, met": ({}, {"legal": ({**ACT, "barred": True},)}, ["All goods."]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_flag_says_what_stands_there(case: str) -> None:
    line, more, texts = CASES[case]
    found = flags(known(line, **more))
    assert len(found) == len(texts)
    for flag, text in zip(found, texts, strict=True):
        assert flag["text"].startswith(text)
        assert flag["flag"] in {rule.__name__ for rule in RULES}
        assert flag["facts"]
        assert all(fact["source"] for fact in flag["facts"])


def test_every_rule_has_a_case() -> None:
    raised = {flag["flag"] for line, more, _ in CASES.values() for flag in flags(known(line, **more))}
    assert raised == {rule.__name__ for rule in RULES}


def test_text_of_a_declaration_stays_on_one_line_and_short() -> None:
    hostile = f"Xinjiang\n<b>=1+1\u202e{'x' * 500}"
    (flag,) = flags(known({"manufacturer_name": hostile}))
    assert len(flag["text"]) < 120
    assert flag["text"].isprintable()


COLUMNS = {
    "manufacturer_id": "mid", "manufacturer_name": "maker", "seller_name": "seller", "manufacturer_city": "city",
    "manufacturer_postal_code": "postal_code", "manufacturer_address": "address", "smelt_country": "smelt",
    "cast_country": "cast", "melt_pour_country": "melt_pour", "htsus": "htsus", "country_of_origin": "origin",
}  # fmt: skip


def test_flags_of_the_hand_made_lines(tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / "docs" / "law.csv"
    with path.open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    rows = [
        {"entry_number": f"AAA{n:07d}", "line_number": 1, "entry_date": date.fromisoformat(case["day"]),
         "entered_value_usd": 1.0, **{name: case[word] or None for name, word in COLUMNS.items()}}
        for n, case in enumerate(cases)
    ]  # fmt: skip
    known = gather(Store(tmp_path), pa.Table.from_pylist(rows, ENTRIES.schema), date(2019, 1, 1))
    found = ["; ".join(dict.fromkeys(flag["flag"] for flag in flags(one))) for one in known]
    assert found == [case["flags"] for case in cases]
