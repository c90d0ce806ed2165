"""The rules that a draft of a finding keeps."""

from datetime import date

import pytest

from originrisk.serve.queue.db.finding import Line, problems
from originrisk.serve.queue.evidence.words import plain
from originrisk.serve.queue.routes.findings import draft_of as draft

DAY = date(2021, 2, 5)
ADVERSE = {"decision": "examine", "result": "xinjiang", "method": "isotopic", "found_on": str(DAY)}
LINE = Line("ZZ900000012", 1, DAY, "order", 1.0, 0.3, "v")
DRAWN = Line("ZZ900000012", 1, DAY, "lot", 0.1, 0.3, "v")


def said(fields: dict[str, str], line: Line = LINE, version: int = 0) -> str:
    """Everything that is wrong with what a form holds."""
    given, unread = draft(fields)
    return " ".join(map(str, [*unread, *problems(given, line, version, DAY)]))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"decision": ""}, "decision"),
        ({"decision": "seize"}, "decision"),
        ({"decision": "examine", "result": "guilty", "method": "other", "found_on": str(DAY)}, "result"),
        ({"decision": "examine", "result": "inconclusive", "found_on": str(DAY)}, "method"),
        ({"decision": "examine", "result": "inconclusive", "method": "dna"}, "day of the result"),
        ({"decision": "examine", "found_on": str(DAY)}, "day of the result"),
        ({"decision": "examine", "found_on": "tomorrow"}, "day of the result"),
        ({**ADVERSE, "found_on": "2031-01-01", "reason": "x"}, "2021-02-05 (today, UTC) or earlier"),
        ({**ADVERSE, "found_on": "2021-02-04", "reason": "x"}, "2021-02-05 or later, for the goods were entered"),
        (ADVERSE, "reason"),
        ({"decision": "refer"}, "reason"),
        ({"decision": "examine", "disposition": "burnt", "found_on": str(DAY)}, "disposition"),
        ({"decision": "examine", "disposition": "released"}, "day of the result"),
        ({"decision": "examine", "disposition": "detained", "found_on": str(DAY)}, "day of the result"),
        ({"decision": "examine", "disposition": "denied", "found_on": str(DAY)}, "reason"),
        ({"decision": "release", "disposition": "denied", "found_on": str(DAY), "reason": "x"}, "denial"),
        ({**ADVERSE, "method": "detention", "reason": "x"}, "no evidence on origin"),
        ({**ADVERSE, "disposition": "released_on_evidence", "reason": "x"}, "disposition"),
        ({**ADVERSE, "decision": "release", "reason": "x"}, "decision"),
        ({"decision": "examine", "reason": "x" * 2001}, "2,000 characters"),
        ({"decision": "examine", "note": "a\x00b"}, "note"),
        ({"decision": "examine", "note": "a\ud800b"}, "note"),
    ],
)
def test_each_broken_rule_is_named(fields: dict[str, str], words: str) -> None:
    assert words in said(fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"decision": "examine"},
        {"decision": "examine", "method": "dna"},
        {"decision": "release", "result": "not_xinjiang", "method": "document_review", "found_on": str(DAY)},
        {**ADVERSE, "reason": "two samples"},
        {**ADVERSE, "reason": "two samples", "disposition": "denied"},
        {"decision": "examine", "disposition": "denied", "found_on": str(DAY), "reason": "no papers"},
        {"decision": "examine", "disposition": "detained"},
        {"decision": "release", "disposition": "released", "found_on": str(DAY)},
        {"decision": "refer", "reason": "shell company", "note": "عربي \u202e \U0001f600"},
    ],
)
def test_what_keeps_the_rules_is_taken(fields: dict[str, str]) -> None:
    assert said(fields) == ""


def test_a_line_of_the_random_sample_needs_a_reason_to_be_passed_over() -> None:
    assert "random sample" in said({"decision": "release"}, DRAWN)
    assert "random sample" in said({"decision": "not_relevant"}, DRAWN)
    assert said({"decision": "examine"}, DRAWN) == ""
    assert said({"decision": "release", "reason": "the ship was lost"}, DRAWN) == ""


def test_a_correction_needs_a_reason() -> None:
    assert "corrected" in said({"decision": "examine"}, version=1)
    assert said({"decision": "examine", "reason": "wrong line"}, version=1) == ""


def test_no_result_is_older_than_the_first_decision_without_one() -> None:
    given, _ = draft({**ADVERSE, "found_on": "2021-02-07", "reason": "x"})
    later = date(2021, 2, 9)
    assert "first decided on" in str(problems(given, LINE, 1, later, date(2021, 2, 8))[0])
    assert problems(given, LINE, 1, later, date(2021, 2, 7)) == []


def test_problems_are_said_in_plain_english() -> None:
    given, _ = draft({**ADVERSE, "found_on": "2021-02-04"})
    assert [plain(one) for one in problems(given, LINE, 0, DAY)] == [
        "Day of the result: please give 2021-02-05 or later, for the goods were entered then, not 2021-02-04.",
        "Reason: please give the reason for a finding against the goods.",
    ]
