"""Findings on their way into the store and the next training."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from originrisk.data.contract import ENTRIES, OUTCOMES
from originrisk.data.errors import AlreadyRunningError
from originrisk.data.store.tables import Store
from originrisk.features.lines import Lines
from originrisk.serve.queue.db import outcomes
from originrisk.train.dataset import known_outcomes
from tests.serve.online.served import DAY
from tests.serve.queue.office import ADVERSE, Office, lines, stands, token, write


def stored(at: Office, key: tuple[str, int]) -> dict[str, Any] | None:
    rows = Store(at.settings.home).outcomes().to_pylist()
    return next((row for row in rows if (row["entry_number"], row["line_number"]) == key), None)


def deliver(at: Office) -> int:
    return outcomes.deliver(at.context, "test").findings


def unexamined(at: Office, selection: str) -> tuple[str, int]:
    return next(key for key in lines(at, selection) if stored(at, key) is None)


def read_second(at: Office, key: tuple[str, int]) -> None:
    bob, found = at.at_work("bob"), stands(at, key)
    assert found
    form = {"csrf": token(bob.get("/readings").text), "agrees": "true"}
    assert bob.post(f"/findings/{found.id}/reading", data=form).status_code == 303


def test_a_result_becomes_an_outcome_on_both_clocks(at: Office) -> None:
    ann, key = at.at_work("ann"), unexamined(at, "lot")
    write(ann, key, decision="examine")
    assert deliver(at) == 0
    at.later(days=9)
    ann = at.at_work("amy")
    result = {"result": "not_xinjiang", "method": "dna", "found_on": str(DAY + timedelta(6)), "reason": "result"}
    write(ann, key, decision="examine", **result)
    assert deliver(at) == 1
    row = stored(at, key)
    assert row
    assert (row["selected_date"], row["outcome_date"]) == (DAY, DAY + timedelta(9))
    assert (row["selection"], row["method"], row["result"]) == ("random", "dna", "not_xinjiang")
    score = Store(at.settings.home).line("scores", *key).to_pylist()[0]
    assert row["selection_probability"] == pytest.approx(score["selection_probability"])


def test_delivering_again_changes_nothing_even_after_a_crash(at: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    write(at.at_work("ann"), unexamined(at, "order"), decision="release", result="inconclusive",
          method="other", found_on=str(DAY))  # fmt: skip
    with monkeypatch.context() as broken:
        broken.setattr(type(at.context), "unit_of_work", None)  # the store has it, the note of it is lost
        with pytest.raises(TypeError):
            deliver(at)
    versions = Store(at.settings.home).versions()
    assert deliver(at) == 1
    assert deliver(at) == 0
    assert Store(at.settings.home).versions() == versions
    assert len(list((at.settings.home / "queue" / "outcomes").iterdir())) == 1


def test_a_finding_against_the_goods_waits_for_its_second_reader(at: Office) -> None:
    key = unexamined(at, "order")
    write(at.at_work("ann"), key, **ADVERSE, reason="two samples")
    assert deliver(at) == 0
    at.later(days=2)
    read_second(at, key)
    assert deliver(at) == 1
    row = stored(at, key)
    assert row
    assert (row["outcome_date"], row["selection"]) == (DAY + timedelta(2), "targeted")


def test_a_correction_corrects_the_outcome_and_one_without_a_result_takes_it_back(at: Office) -> None:
    ann, key = at.at_work("ann"), unexamined(at, "order")
    write(ann, key, decision="examine", result="not_xinjiang", method="dna", found_on=str(DAY))
    assert deliver(at) == 1
    write(ann, key, decision="examine", result="inconclusive", method="dna", found_on=str(DAY), reason="mixed up")
    assert deliver(at) == 1
    row = stored(at, key)
    assert row
    assert row["result"] == "inconclusive"
    write(ann, key, decision="examine", reason="the sample was another line's")
    assert deliver(at) == 1
    row = stored(at, key)
    assert row
    assert (row["result"], row["outcome_date"]) == (None, None)


def test_nothing_is_delivered_while_another_run_writes(at: Office) -> None:
    write(at.at_work("ann"), unexamined(at, "order"), decision="release", result="inconclusive",
          method="other", found_on=str(DAY))  # fmt: skip
    with Store(at.settings.home).writing(), pytest.raises(AlreadyRunningError):
        deliver(at)
    assert deliver(at) == 1


def test_a_later_file_of_the_laboratory_is_not_undone(at: Office) -> None:
    key = unexamined(at, "order")
    result = {"decision": "examine", "result": "not_xinjiang", "method": "dna", "found_on": str(DAY)}
    write(at.at_work("ann"), key, **result)
    deliver(at)
    row = stored(at, key)
    assert row
    store = Store(at.settings.home)
    table = store.outcomes().slice(0, 0).from_pylist([{**row, "result": "inconclusive"}])
    store.upsert("outcomes", table.cast(store.outcomes().schema).to_batches())
    assert deliver(at) == 0
    after = stored(at, key)
    assert after
    assert after["result"] == "inconclusive"


@pytest.mark.parametrize(
    ("result", "days", "stays"),
    [
        ("xinjiang", 9, True),  # later
        ("xinjiang", 0, True),  # as strong, and nobody knows which came first
        ("xinjiang", -3, False),  # older: the officer knows more
        ("inconclusive", 9, True),  # later
        ("inconclusive", -3, False),
        (None, 0, False),  # pending
    ],
)
def test_a_result_from_elsewhere_is_replaced_only_by_a_later_one(
    at: Office, result: str | None, days: int, stays: bool
) -> None:
    key = unexamined(at, "order")
    at.later(days=5)
    known = None if result is None else DAY + timedelta(5 + days)
    store, selected = Store(at.settings.home), DAY - timedelta(10)
    row = dict.fromkeys(OUTCOMES.names) | {
        **dict(zip(OUTCOMES.key, key, strict=True)), "selected_date": selected, "selection": "targeted",
        "result": result, "outcome_date": known, "method": result and "isotopic",
    }  # fmt: skip
    store.upsert("outcomes", pa.Table.from_pylist([row], schema=OUTCOMES.schema).to_batches())
    found = {"decision": "examine", "result": "not_xinjiang", "method": "dna", "found_on": str(DAY)}
    write(at.at_work("ann"), key, **found)
    done = outcomes.deliver(at.context, "test")
    there = stored(at, key)
    assert there
    assert (done.findings, len(done.refused), there["result"]) == ((0, 1, result) if stays else (1, 0, "not_xinjiang"))
    again = outcomes.deliver(at.context, "test")
    assert (again.findings, len(again.refused)) == (0, int(stays))


def test_a_weaker_result_never_replaces_a_conclusive_one_from_elsewhere(at: Office) -> None:
    key = unexamined(at, "order")
    row = dict.fromkeys(OUTCOMES.names) | {
        **dict(zip(OUTCOMES.key, key, strict=True)), "selected_date": DAY, "selection": "targeted",
        "result": "xinjiang", "outcome_date": DAY, "method": "isotopic", "disposition": "exclusion",
    }  # fmt: skip
    Store(at.settings.home).upsert("outcomes", pa.Table.from_pylist([row], schema=OUTCOMES.schema).to_batches())
    at.later(days=4)
    write(at.at_work("ann"), key, decision="examine", result="inconclusive", method="dna", found_on=str(DAY))
    assert len(outcomes.deliver(at.context, "test").refused) == 1
    assert stored(at, key) == row


def test_a_line_whose_number_is_not_cbps_is_handed_over_like_any(at: Office) -> None:
    store = Store(at.settings.home)
    one = store.line("entries", *lines(at)[0]).to_pylist()[0] | {"entry_number": "BW-2021-000123"}
    store.upsert("entries", pa.Table.from_pylist([one], schema=ENTRIES.schema).to_batches())
    foreign, own = ("BW-2021-000123", one["line_number"]), unexamined(at, "lot")
    ann = at.at_work("ann")
    for key in (foreign, own):
        write(ann, key, decision="examine", result="not_xinjiang", method="dna", found_on=str(DAY))
    assert deliver(at) == 2
    assert deliver(at) == 0
    rows = [stored(at, key) for key in (foreign, own)]
    assert [row and row["result"] for row in rows] == ["not_xinjiang"] * 2


def test_a_clock_that_was_put_back_loses_no_result(at: Office) -> None:
    key = unexamined(at, "order")
    write(at.at_work("ann"), key, **ADVERSE, reason="two samples")
    at.later(hours=-26)
    read_second(at, key)
    assert deliver(at) == 1
    row = stored(at, key)
    assert row
    assert (row["selected_date"], row["outcome_date"], row["result"]) == (DAY, DAY, "xinjiang")


def test_training_reads_what_officers_found_once_it_was_known(at: Office) -> None:
    key = unexamined(at, "lot")
    result = {"decision": "examine", "result": "not_xinjiang", "method": "dna", "found_on": str(DAY)}
    at.later(days=3)
    write(at.at_work("ann"), key, **result)
    before = [teaching(at, DAY + timedelta(days)) for days in (2, 3)]
    deliver(at)
    after = [teaching(at, DAY + timedelta(days)) for days in (2, 3)]
    assert [new - old for old, new in zip(before, after, strict=True)] == [0, 1]


def teaching(at: Office, cutoff: date) -> int:
    """Outcomes that a training would learn from at the end of a day."""
    store = Store(at.settings.home)
    return len(known_outcomes(store.outcomes(), Lines.of(store.entries()), cutoff)[0])


def test_a_denial_is_handed_over_as_what_was_done_without_a_result(at: Office) -> None:
    key = unexamined(at, "order")
    denial = {"decision": "examine", "disposition": "denied", "found_on": str(DAY), "reason": "no papers"}
    write(at.at_work("ann"), key, **denial)
    assert deliver(at) == 0  # a second officer has to agree
    read_second(at, key)
    page = at.at_work("cid").get(f"/lines/{key[0]}/{key[1]}/findings").text
    assert "the presumption was not rebutted" in page
    assert deliver(at) == 1
    row = stored(at, key)
    assert row
    assert (row["result"], row["disposition"], row["outcome_date"]) == (None, "denied", DAY)


def test_a_detention_stays_pending_and_a_disposition_from_elsewhere_is_kept(at: Office) -> None:
    ann, key = at.at_work("ann"), unexamined(at, "order")
    write(ann, key, decision="examine", disposition="detained")
    assert deliver(at) == 1
    row = stored(at, key)
    assert row
    assert (row["outcome_date"], row["disposition"]) == (None, "detained")
    store = Store(at.settings.home)
    done = store.outcomes().slice(0, 0).from_pylist([{**row, "outcome_date": DAY, "disposition": "exported"}])
    store.upsert("outcomes", done.cast(store.outcomes().schema).to_batches())
    write(ann, key, decision="examine", result="not_xinjiang", method="dna", found_on=str(DAY), reason="a test")
    assert deliver(at) == 1
    row = stored(at, key)
    assert row
    assert (row["result"], row["disposition"]) == ("not_xinjiang", "exported")
