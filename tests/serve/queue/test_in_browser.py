"""Officers at work in a real browser: keys, findings, two on one line, corrections, a session's end; axe."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import Browser, BrowserContext, Page, expect

from originrisk.data.store.tables import Store
from originrisk.features.lines import Lines
from originrisk.serve.queue.db import outcomes
from originrisk.train.dataset import known_outcomes
from tests.serve.queue import browsers, office
from tests.serve.queue.browsers import logged_in
from tests.serve.queue.evidence.past import DAY, key
from tests.serve.queue.office import Office, stands

pytestmark = pytest.mark.slow

SERIOUS = {"serious", "critical"}
expect.set_options(timeout=30_000)  # of a busy machine


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsers.chromium() as opened:
        yield opened


@pytest.fixture
def at(storied_home: Path, tmp_path: Path) -> Iterator[Office]:
    opened = Office(office.settings(shutil.copytree(storied_home, tmp_path / "home"), ""))
    opened.later(days=(DAY - opened.now.date()).days)
    opened.hire("ann")
    opened.hire("bob")
    yield opened
    opened.context.database.close()


@pytest.fixture
def address(at: Office) -> Iterator[str]:
    with browsers.served(at) as served:
        yield served


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


def rows(page: Page) -> list[str]:
    """Lines on the page, as entry/line."""
    found = page.locator("li[data-line]").evaluate_all("all => all.map(one => one.dataset.line)")
    return [str(line) for line in found]


def line(named: str) -> tuple[str, int]:
    entry, number = named.split("/")
    return entry, int(number)


def result(page: Page, decision: str, found: str, reason: str) -> None:
    """A finding with its result, on the day."""
    page.locator("#finding-form").get_by_label(decision, exact=True).check()
    page.locator("#finding-result").select_option(found)
    page.locator("#finding-method").select_option("dna")
    page.locator("#finding-day").fill(str(DAY))
    page.locator("#finding-reason").fill(reason)
    page.locator("#finding-form button").click()
    page.wait_for_load_state()


def test_ten_lines_by_keyboard_become_findings_outcomes_and_examples(
    at: Office, address: str, context: BrowserContext
) -> None:
    page = logged_in(context, address, "ann")
    page.goto(f"{address}/queue")
    lines = rows(page)
    assert len(lines) == 10
    for place in range(len(lines)):  # a decision moves on to the next line
        page.keyboard.press("2" if place % 3 else "1")
        words = "Request documents" if place % 3 else "Examine"
        expect(page.locator("#said")).to_have_text(f"{lines[place]}: {words}")
    decided = [stands(at, line(named)) for named in lines]
    assert [one.draft.decision for one in decided if one] == [
        "examine",
        "request_documents",
        "request_documents",
    ] * 3 + ["examine"]
    assert {one.by for one in decided if one} == {"ann"}

    for named, found in zip(lines[:2], ("not_xinjiang", "xinjiang"), strict=True):
        page.goto(f"{address}/queue")
        page.locator(f"li[data-line='{named}'] a.open").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/lines/{named}")
        expect(page.get_by_role("heading", name="Declaration")).to_be_visible()
        result(page, "Examine", found, "the laboratory says so")

    before = teaching(at)
    assert outcomes.deliver(at.context, "test").findings == 1  # the one against the goods awaits its second reader
    reader = logged_in(context.browser.new_context(), address, "bob")  # type: ignore[union-attr]
    reader.goto(f"{address}/readings")
    reader.get_by_role("link", name=lines[1].replace("/", " / ")).click()
    reader.get_by_label("I agree", exact=True).check()
    reader.get_by_role("button", name="Record the reading").click()
    reader.wait_for_load_state()
    assert outcomes.deliver(at.context, "test").findings == 1
    stored = {
        (row["entry_number"], row["line_number"]): row["result"]
        for row in Store(at.settings.home).outcomes().to_pylist()
    }
    assert [stored[line(named)] for named in lines[:2]] == ["not_xinjiang", "xinjiang"]
    assert teaching(at) == before + 2


def teaching(at: Office) -> int:
    """Outcomes that a training would learn from a week later, when every line of the day has been received."""
    store = Store(at.settings.home)
    return len(known_outcomes(store.outcomes(), Lines.of(store.entries()), DAY + timedelta(7))[0])


def test_a_key_that_needs_a_reason_leads_to_the_form(at: Office, address: str, context: BrowserContext) -> None:
    page = logged_in(context, address, "ann")
    page.goto(f"{address}/queue")
    first = rows(page)[0]
    page.keyboard.press("4")
    expect(page.get_by_role("alert")).to_contain_text("for a finding against the goods")
    assert stands(at, line(first)) is None
    page.locator("#finding-reason").fill("the seller is tied to a listed mill")
    page.locator("#finding-form button").click()
    page.wait_for_load_state()
    found = stands(at, line(first))
    assert found
    assert (found.draft.decision, found.state) == ("refer", "awaits a second reader")


def test_help_opens_and_closes_by_key_and_a_field_keeps_its_letters(address: str, context: BrowserContext) -> None:
    page = logged_in(context, address, "ann")
    page.goto(f"{address}/queue")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_text("Views").click()
    name = page.get_by_label("Keep these filters as")
    name.press_sequentially("jk12?u")
    assert name.input_value() == "jk12?u"
    assert page.locator("li[aria-current]").get_attribute("data-line") == rows(page)[0]


def test_of_two_officers_on_one_line_the_second_sees_what_the_first_wrote(
    at: Office, address: str, browser: Browser, context: BrowserContext
) -> None:
    path = "/lines/{}/{}".format(*key(1))
    ann = logged_in(context, address, "ann")
    bob = logged_in(browser.new_context(), address, "bob")
    for page in (ann, bob):
        page.goto(address + path)
    ann.locator("#finding-form").get_by_label("Examine", exact=True).check()
    ann.locator("#finding-form button").click()
    ann.wait_for_load_state()
    bob.locator("#finding-form").get_by_label("Release", exact=True).check()
    bob.locator("#finding-note").fill("papers are in order")
    bob.locator("#finding-form button").click()
    expect(bob.get_by_role("alert").first).to_contain_text("ann wrote a finding on this line before yours")
    assert bob.locator("#finding-note").input_value() == "papers are in order"
    bob.locator("#finding-reason").fill("ann and I agreed")
    bob.locator("#finding-form button").click()
    bob.wait_for_load_state()
    found = stands(at, key(1))
    assert found
    assert (found.version, found.by, found.draft.decision) == (2, "bob", "release")
    bob.goto(address + path)
    expect(bob.get_by_role("region", name="Versions of the finding").locator("tbody tr")).to_have_count(2)


def test_the_exported_workbook_holds_the_lines_as_text(
    at: Office, address: str, context: BrowserContext, tmp_path: Path
) -> None:
    page = logged_in(context, address, "ann")
    page.goto(f"{address}/queue?scope=all&origin=VN")
    shown = rows(page)
    with page.expect_download() as download:
        page.get_by_text("Export", exact=True).click()
        page.get_by_role("link", name="Export these lines as XLSX").click()
    file = tmp_path / "queue.xlsx"
    download.value.save_as(file)
    sheet = load_workbook(file).active
    assert sheet is not None
    heads, *cells = sheet.iter_rows(values_only=True)
    place = {str(head): column for column, head in enumerate(heads)}
    assert [f"{row[place['entry number']]}/{row[place['line']]}" for row in cells] == shown
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}  # a formula
    text = " ".join(str(cell) for row in cells for cell in row)
    assert "7654321" not in text
    assert "‹U+202E›" in text
    assert ("ann", "export made", "/queue.xlsx") in at.audited()


def test_an_idle_session_ends_and_comes_back_to_the_same_line(
    at: Office, address: str, context: BrowserContext
) -> None:
    path = "/lines/{}/{}".format(*key(1))
    page = logged_in(context, address, "ann")
    page.goto(address + path)
    at.later(minutes=at.settings.queue.idle_minutes + 1)
    page.reload()
    assert "/login" in page.url
    page.get_by_label("Account").fill("ann")
    page.get_by_label("Password").fill(office.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(address + path)


def test_a_day_by_keys_alone(at: Office, address: str, context: BrowserContext) -> None:
    """Preview, decide, undo, choose and release together, open the case, comment, packet: no mouse."""
    page = logged_in(context, address, "ann")
    page.goto(f"{address}/queue")
    lines = rows(page)
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("#preview")).to_contain_text(lines[0].split("/")[0])
    page.keyboard.press("1")
    expect(page.locator(".toast")).to_contain_text("Examine")
    with page.expect_navigation():
        page.keyboard.press("u")
    expect(page.locator(".toast")).to_have_count(0)
    found = stands(at, line(lines[0]))
    assert found
    assert found.draft.decision == "reopened"
    for pressed in "jxjx":
        page.keyboard.press(pressed)
    expect(page.locator("#chosen")).to_have_text("2 chosen")
    page.locator("[name=reason]").focus()
    page.keyboard.type("papers in order")
    page.get_by_role("button", name="Release", exact=True).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Release: 2 findings")
    assert [stands(at, line(one)).draft.decision for one in lines[1:3]] == ["release"] * 2  # type: ignore[union-attr]
    page.keyboard.press("/")
    page.keyboard.type(lines[0].split("/")[0].lower())
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert rows(page) == [lines[0]]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/lines/{lines[0]}")
    page.locator(".timeline").focus()
    page.keyboard.press("+")
    assert page.locator(".timeline").get_attribute("data-window") != "0 1"
    page.keyboard.press("c")
    page.keyboard.type("the mill was asked")
    for pressed in ("Tab", "Tab", "Enter"):
        page.keyboard.press(pressed)
    expect(page.locator(".log")).to_contain_text("the mill was asked")
    page.keyboard.press("2")
    page.locator("#finding-form button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("header.case")).to_contain_text("Request documents, by ann")
    found = stands(at, line(lines[0]))
    assert found
    assert (found.version, found.draft.decision) == (3, "request_documents")
    with page.expect_download() as download:
        page.get_by_role("link", name="Packet").focus()
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".pdf")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (820, "light")])
def test_no_page_has_a_serious_barrier_nor_is_wider_than_the_screen(
    at: Office, address: str, browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    at.hire("sue", "supervisor")
    at.hire("dora", "data_scientist")
    at.hire("adam", "administrator")
    at.hire("alice", "auditor")
    lot = next(r for r in Store(at.settings.home).scores(DAY, DAY).to_pylist() if r["selection"] == "lot")
    lines = [
        f"/lines/{entry}/{number}"
        for entry, number in (*map(key, (1, 2, 3, 4, 40)), (lot["entry_number"], lot["line_number"]))
    ]
    visits = {
        "ann": [
            "/queue",
            "/queue?scope=all&group=ring",
            "/queue?day=2019-01-01",
            *lines,
            f"{lines[0]}/findings",
            "/readings",
            "/nowhere",
        ],
        "sue": [lines[0]],
        "dora": [lines[0], f"{lines[0]}/findings"],
        "adam": [],
        "alice": [],
    }
    for name, paths in visits.items():
        shape = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = logged_in(shape, address, name)
        for path in [*paths, *page.locator("nav[aria-label=Main] a").evaluate_all("all => all.map(a => a.pathname)")]:
            assert_sound(page, address + path)
    outside = browser.new_page()
    assert_sound(outside, f"{address}/login")


def assert_sound(page: Page, address: str) -> None:
    """No serious finding of axe, no error in the console, no part beyond the window's edge."""
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS] == [], address
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    assert [fault for fault in faults if "404" not in fault] == [], address
