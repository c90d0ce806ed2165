"""Evidence on origin and what was done with the goods are told apart."""

import pyarrow as pa
import pytest

from originrisk.data.contract import OUTCOMES
from originrisk.data.dispositions import denied, evidence, weak_labels

CASES = [
    # method, result, disposition: evidence, denied, label, method of the label
    ("isotopic", "xinjiang", None, "xinjiang", False, "xinjiang", "isotopic"),
    ("isotopic", "xinjiang", "denied", "xinjiang", True, "xinjiang", "isotopic"),
    ("detention", "xinjiang", None, None, True, "xinjiang", "detention"),
    ("detention", "inconclusive", "denied", None, True, "xinjiang", "detention"),
    ("document_review", None, "excluded", None, True, "xinjiang", "detention"),
    ("document_review", "xinjiang", "detained", "xinjiang", False, "xinjiang", "document_review"),
    ("detention", "xinjiang", "released", "xinjiang", False, "xinjiang", "detention"),
    ("detention", "not_xinjiang", None, "not_xinjiang", False, "not_xinjiang", "detention"),
    ("detention", None, "protest_granted", None, False, "not_xinjiang", "detention"),
    (None, None, "released", None, False, "not_xinjiang", "detention"),
    ("isotopic", "inconclusive", "released", None, False, None, "detention"),
    ("detention", "inconclusive", "exported", None, False, None, "detention"),
    ("isotopic", "inconclusive", None, None, False, None, "detention"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_denial_is_no_finding(case: tuple[str | None, ...]) -> None:
    row = dict(zip(("method", "result", "disposition"), case, strict=False))
    table = pa.Table.from_pylist([row], schema=OUTCOMES.schema)
    label, method = weak_labels(table)
    told = (evidence(table)[0], denied(table)[0], label[0], method[0])
    assert tuple(value.as_py() for value in told) == case[3:]
