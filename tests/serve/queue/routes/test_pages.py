"""The reading pages over HTTP: what stands on them, and that hostile text does nothing."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from threading import Event

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from originrisk.data.contract import ENTRIES
from originrisk.data.store.tables import Store
from originrisk.models.checkpoints import Checkpoints
from originrisk.serve.queue.evidence import reading
from tests.serve import factory
from tests.serve.factory import START
from tests.serve.queue import office
from tests.serve.queue.evidence.past import DAY, FOUND_OUT, LISTED, SHOP, key, line
from tests.serve.queue.office import Office


@pytest.fixture(scope="module")
def at(storied_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    opened = Office(office.settings(shutil.copytree(storied_home, tmp_path_factory.mktemp("pages") / "home"), ""))
    yield opened
    opened.context.database.close()


@pytest.fixture(scope="module")
def ann(at: Office) -> TestClient:
    return at.at_work("ann")


def read(browser: TestClient, address: str) -> str:
    """A page that must be there."""
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    text: str = answer.text
    return text


def address(number: int) -> str:
    """The page of a line of the story."""
    entry, line = key(number)
    return f"/lines/{entry}/{line}"


def selected(at: Office, selection: str) -> tuple[str, int]:
    """The first line of the day that came into the queue that way."""
    scores = Store(at.settings.home).scores(DAY, DAY).to_pylist()
    row = next(row for row in scores if row["selection"] == selection)
    return row["entry_number"], row["line_number"]


class Page(HTMLParser):
    """Tags, ids and text of a page, as a browser takes it apart."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def ids(self) -> list[str]:
        return [str(attributes["id"]) for _, attributes in self.tags if "id" in attributes]


def test_the_queue_shows_the_lines_of_the_latest_day(ann: TestClient) -> None:
    page = read(ann, "/queue?scope=all")
    assert f"Queue of {DAY}" in page
    assert "Brand New Mill" in page
    assert "new supplier" in page


def test_a_home_without_scores_says_how_to_make_some(tmp_path: Path) -> None:
    from originrisk.serve.queue.db.database import Database, migrate

    settings = office.settings(factory.home(tmp_path).home, "")
    database = Database(settings)
    migrate(database)
    database.close()
    empty = Office(settings)
    assert "No day has been scored yet" in read(empty.at_work("ann"), "/queue")
    empty.context.database.close()


def test_a_day_without_lines_and_filters_that_nothing_fits_say_so(ann: TestClient) -> None:
    empty = read(ann, "/queue?day=2019-01-01")
    assert "No line was entered on this day" in empty
    assert f"/queue?day={DAY - timedelta(1)}" in empty
    assert "No line fits these filters" in read(ann, "/queue?origin=XX")


def test_a_day_that_no_night_scored_says_so_alone_and_leads_to_those_beside(ann: TestClient) -> None:
    page = read(ann, f"/queue?day={START}")
    assert "No night has scored this day" in page
    assert "No line was entered" not in page
    assert "came after the night" not in page
    assert f"/queue?day={DAY - timedelta(1)}" in page


def test_what_is_filtered_by_is_said_also_where_no_line_of_the_scope_has_it(ann: TestClient) -> None:
    assert re.search(r'<option value="XX" selected>', read(ann, "/queue?origin=XX"))


def test_times_name_their_zone(ann: TestClient) -> None:
    entry, line = key(2)
    form = {"csrf": office.token(read(ann, "/queue")), "version": "0", "decision": "examine"}
    ann.post(f"/lines/{entry}/{line}/findings", data=form)
    for path in (f"{address(2)}/findings", "/account"):
        times = re.findall(r"\d\d:\d\d(?: UTC)?", read(ann, path))
        assert times
        assert all(one.endswith("UTC") for one in times)


@pytest.mark.parametrize("query", ["group=owner", "page=0", "day=tomorrow", "sort=rank"])
def test_what_the_queue_cannot_be_asked_is_refused(ann: TestClient, query: str) -> None:
    assert ann.get(f"/queue?{query}").status_code == 422


def test_the_line_page_has_its_evidence(ann: TestClient) -> None:
    page = read(ann, address(1))
    for words in (FOUND_OUT, LISTED, SHOP, "times the middle of", "6 lines from 2021-01-01", "same goods, seller"):
        assert words in page or words == "same goods, seller"
    assert "00-7654321" not in page
    assert "12-7654321" not in page


def test_reasons_are_those_that_were_stored(at: Office, ann: TestClient) -> None:
    entry, line = selected(at, "order")
    (score,) = Store(at.settings.home).line("scores", entry, line).to_pylist()
    page = Page(read(ann, f"/lines/{entry}/{line}"))
    assert score["reasons"]
    for reason in (*score["reasons"], *score["against"]):
        assert reason["text"] in page.text
    assert score["model_version"] in page.text


def test_a_line_of_the_random_sample_is_shown_without_suspicion(at: Office, ann: TestClient) -> None:
    entry, line = selected(at, "lot")
    page = read(ann, f"/lines/{entry}/{line}")
    assert "Random sample" in page
    assert "raises" not in page
    assert "In a sentence" not in page
    assert 'id="waterfall-title"' not in page
    assert "quite possible" not in page


def test_an_unknown_line_is_not_found(ann: TestClient) -> None:
    assert ann.get("/lines/ZZ900000000/1").status_code == 404


@pytest.mark.parametrize("path", ["/queue?scope=all", "/queue?scope=all&group=supplier", "hostile line"])
def test_hostile_text_stays_text(ann: TestClient, path: str) -> None:
    text = read(ann, address(3) if path == "hostile line" else path)
    page = Page(text)
    assert [attributes.get("src") for tag, attributes in page.tags if tag == "script"] == ["/static/queue.js"]
    assert "\u202e" not in text
    assert "\u200b" not in text
    assert "‹U+202E›" in page.text
    assert "<script>alert(1)</script>" in page.text
    assert not [attributes for _, attributes in page.tags if any(name.startswith("on") for name in attributes)]
    assert not [attributes for _, attributes in page.tags if "style" in attributes]


@pytest.mark.parametrize("path", ["/queue?scope=all&group=ring", "/account", "/readings", address(1), address(3)])
def test_no_name_of_a_part_stands_twice(ann: TestClient, path: str) -> None:
    ids = Page(read(ann, path)).ids()
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("number", [1, 2, 3, 4, 40, 50])
def test_every_chart_has_a_title_a_description_and_a_table(ann: TestClient, number: int) -> None:
    page = Page(read(ann, address(number)))
    ids = page.ids()
    assert len(ids) == len(set(ids))
    drawn = [attributes for tag, attributes in page.tags if tag == "svg" and attributes.get("role") == "img"]
    assert drawn
    for attributes in drawn:
        assert set(str(attributes["aria-labelledby"]).split()) <= set(ids)
    figures = [tag for tag, _ in page.tags].count("figure")
    assert figures == len(drawn)
    assert [tag for tag, _ in page.tags].count("details") >= figures


def test_a_decision_from_the_queue_is_a_finding_and_a_filter(at: Office, ann: TestClient) -> None:
    entry, line = selected(at, "order")
    sent = {"csrf": office.token(read(ann, "/queue")), "version": "0", "decision": "examine", "next": "/queue"}
    assert ann.post(f"/lines/{entry}/{line}/findings", data=sent).headers["location"] == "/queue"
    assert f"/lines/{entry}/{line}" in read(ann, "/queue?state=examine")
    assert f"/lines/{entry}/{line}" not in read(ann, "/queue?state=open")


def test_a_view_keeps_the_filters(ann: TestClient) -> None:
    page = read(ann, "/queue?scope=all&origin=VN")
    query = re.search(r'name="query" value="([^"]*)"', page)
    assert query
    sent = {"csrf": office.token(page), "name": "Viet Nam", "query": query[1].replace("&amp;", "&")}
    assert ann.post("/views", data=sent).status_code == 303
    assert re.search(r'href="/queue\?scope=all&amp;origin=VN">Viet Nam', read(ann, "/queue"))


def test_looking_at_a_line_is_in_the_audit(at: Office, ann: TestClient) -> None:
    read(ann, address(2))
    assert ("ann", "read_line", address(2)) in at.audited()


def test_while_a_newer_day_is_made_ready_pages_say_so_and_at_the_start_wait(
    at: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    going, make = Event(), reading.StoreSnapshot

    def slowly(kept: Checkpoints, state: reading.State) -> reading.StoreSnapshot:
        assert going.wait(20)
        return make(kept, state)

    monkeypatch.setattr(reading, "StoreSnapshot", slowly)
    slow = Office(at.settings, patience=0.05)
    bea = slow.at_work("bea")
    early = bea.get("/queue?scope=all")
    assert (early.status_code, early.headers["refresh"]) == (503, "3")
    assert "Being made ready" in early.text
    going.set()
    while bea.get("/queue").status_code != 200:
        pass
    going.clear()
    Store(at.settings.home).upsert("entries", late().to_batches())
    assert "Newer data has arrived" in read(bea, "/queue")
    going.set()
    while "Newer data has arrived" in read(bea, "/queue"):
        pass
    slow.context.database.close()


def late() -> pa.Table:
    """A line that comes in after the night."""
    return pa.Table.from_pylist([line(70, DAY)], schema=ENTRIES.schema)


def test_the_page_of_a_party_tells_lines_lists_links_and_partners(ann: TestClient) -> None:
    page = read(ann, f"{address(1)}/parties/seller?group=supplier")
    assert f"Seller: <bdi>{SHOP}</bdi>" in page
    assert f"<bdi>{FOUND_OUT}</bdi> · 1 line" in page
    assert f'href="{address(1)}/parties/supplier"' in read(ann, address(1))
    assert ann.get(f"{address(1)}/parties/consolidator").status_code == 404
    assert ann.get(f"{address(1)}/parties/bank").status_code == 422
    hostile = read(ann, f"{address(3)}/parties/seller")
    assert "<script>alert" not in hostile
    assert "7654321" not in page + hostile
