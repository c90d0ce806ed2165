"""Importer numbers: masked, shown to a role, with a reason, on the record."""

from originrisk.data.store.tables import Store
from tests.serve.queue.office import Office, lines, token


def test_a_supervisor_sees_the_numbers_with_a_reason_and_it_is_recorded(at: Office) -> None:
    key, eve = lines(at)[0], at.at_work("eve", "supervisor")
    number = Store(at.settings.home).line("entries", *key)["importer_number"][0].as_py()
    page = eve.get(f"/lines/{key[0]}/{key[1]}/findings").text
    assert number not in page
    address = f"/lines/{key[0]}/{key[1]}/importer"
    assert eve.post(address, data={"csrf": token(page), "reason": " "}).status_code == 422
    shown = eve.post(address, data={"csrf": token(page), "reason": "to ask the bank"})
    assert number in shown.text
    assert ("eve", "numbers shown", f"/lines/{key[0]}/{key[1]}") in at.audited()


def test_an_officer_does_not(at: Office) -> None:
    key, ann = lines(at)[0], at.at_work("ann")
    page = ann.get(f"/lines/{key[0]}/{key[1]}/findings").text
    assert "Show the numbers" not in page
    form = {"csrf": token(page), "reason": "curious"}
    assert ann.post(f"/lines/{key[0]}/{key[1]}/importer", data=form).status_code == 403
