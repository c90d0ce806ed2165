"""What the next line of a maker says of a denial, two findings and releases, taken in by the real commands."""

import csv
from datetime import date
from pathlib import Path

from typer.testing import CliRunner

from originrisk.cli import app
from originrisk.data.contract import ENTRIES, OUTCOMES
from originrisk.data.identifiers.entry_number import check_digit
from originrisk.data.store.tables import Store
from originrisk.models.evidence import gather
from originrisk.models.statements import findings

ENTRY = {
    "entry_date": "2022-05-02",
    "entry_type": "01",
    "importer_number": "12-345678900",
    "manufacturer_id": "VNLOTGAR12HAN",
    "country_of_origin": "VN",
    "htsus": "6109100012",
    "entered_value_usd": "1000",
}
NUMBERS = [f"AAA{one:07d}{check_digit('AAA', f'{one:07d}')}" for one in range(1, 8)]
DONE = (
    ("detention", "", "denied"),
    ("detention", "xinjiang", ""),
    ("isotopic", "xinjiang", "denied"),
    ("document_review", "xinjiang", "exported"),
    ("document_review", "not_xinjiang", "released_on_evidence"),
    ("", "", "released"),
)
"""Method, result and disposition: the second is a denial as the contract's first version wrote it."""


def ingested(home: Path, table: str, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    path = home / f"{table}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [name for name in columns if any(name in row for row in rows)])
        writer.writeheader()
        writer.writerows(rows)
    done = CliRunner().invoke(app, ["--home", str(home), "ingest", table, str(path)])
    assert done.exit_code == 0, done.output


def test_a_denial_a_finding_of_each_kind_and_a_release_of_one_maker(tmp_path: Path) -> None:
    lines = [{**ENTRY, "entry_number": number, "line_number": "1"} for number in NUMBERS]
    lines[-1]["entry_date"] = "2022-08-01"
    ingested(tmp_path, "entries", ENTRIES.names, lines)
    told = [
        {
            "entry_number": number,
            "line_number": "1",
            "selected_date": "2022-05-03",
            "outcome_date": "2022-06-01",
            "selection": "targeted",
            **dict(zip(("method", "result", "disposition"), done, strict=True)),
        }
        for number, done in zip(NUMBERS, DONE, strict=False)
    ]
    ingested(tmp_path, "outcomes", OUTCOMES.names, told)
    store = Store(tmp_path)
    line = store.entries(date(2022, 8, 1), date(2022, 8, 1))
    (known,) = gather(store, line, date(2022, 7, 31))
    text, facts = findings(known)
    assert text == (
        "2 of 3 examinations of this maker found Xinjiang inputs, 1 by a laboratory; usual for these goods: 2 of 3; "
        "2 lines of this maker denied for want of proof, which is no finding; "
        "1 line of this maker released, nothing found either way."
    )
    assert {fact["name"]: (fact["count"], fact["of"]) for fact in facts} == {
        "examinations of the maker": (2, 3),
        "examinations of these goods": (2, 3),
        "findings of the maker by a laboratory": (1, 2),
        "denials of the maker": (2, None),
        "releases of the maker": (1, None),
    }
