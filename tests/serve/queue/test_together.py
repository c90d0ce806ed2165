"""Officers at once: nothing lost, nothing doubled, the audit whole."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from originrisk.data.store.tables import Store
from originrisk.serve.queue.db.audit import verify
from originrisk.serve.queue.db.tables import FINDINGS
from tests.serve.online.served import DAY
from tests.serve.queue.office import Office, token

EACH = 5


@pytest.mark.parametrize("officers", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_officers_at_once_lose_and_double_nothing(at: Office, officers: int) -> None:
    keys = [(row["entry_number"], row["line_number"]) for row in Store(at.settings.home).scores(DAY, DAY).to_pylist()]
    names = [f"officer{number:02d}" for number in range(officers)]
    browsers = {name: at.at_work(name) for name in names}

    def work(name: str) -> Counter[int]:
        """Write on lines that others write on too; correct what one was overtaken by."""
        browser, own = browsers[name], random.Random(name)
        csrf = token(browser.get("/readings").text)
        return Counter(
            status for number in range(EACH) for status in put(browser, csrf, own.choice(keys[:3]), f"{name} {number}")
        )

    with ThreadPoolExecutor(officers) as threads:
        statuses = sum(threads.map(work, names), Counter[int]())
    with at.context.database.reading() as connection:
        rows = connection.execute(select(FINDINGS)).all()
    assert set(statuses) <= {303, 409}
    assert statuses[409], "nobody met anybody: the test shows nothing"
    assert Counter(row.note for row in rows) == Counter(f"{n} {i}" for n in names for i in range(EACH))
    by_line = {key: sorted(row.version for row in rows if (row.entry_number, row.line_number) == key) for key in keys}
    assert all(versions == list(range(1, len(versions) + 1)) for versions in by_line.values())
    verified = verify(at.context.database, at.settings.home)
    assert verified.problems == ()
    told = Counter(action for _, action, _ in at.audited())
    assert told["finding written"] == len(rows) == officers * EACH


def put(browser: TestClient, csrf: str, key: tuple[str, int], note: str) -> list[int]:
    """Send a finding until it is written; a page that says who was first has the version to go on from."""
    version, statuses = "0", list[int]()
    while not statuses or statuses[-1] == 409:
        form = {"csrf": csrf, "version": version, "decision": "examine", "note": note, "reason": "as seen"}
        answer = browser.post(f"/lines/{key[0]}/{key[1]}/findings", data=form)
        statuses.append(answer.status_code)
        if answer.status_code == 409:
            assert note in answer.text
            version = answer.text.split('name="version" value="')[1].split('"')[0]
    return statuses
