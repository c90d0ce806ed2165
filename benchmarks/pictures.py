"""Pictures of every page of the officers' queue: `make pictures`, or

    python -m benchmarks.pictures [--home var/demo] [--out var/pictures]

Three states of data (empty: a home without a scored day; ordinary: the home as it is; full: its lines decided and one
commented), three shapes (1280 × 800, 820 wide, 1280 dark), every role's pages. The home is copied, not touched.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

COMMAND: Final = [sys.executable, "-m", "originrisk", "--home"]
PORT: Final = 8397
ADDRESS: Final = f"http://localhost:{PORT}"
PASSWORD: Final = "only for these pictures"
SHAPES: Final = {"1280": (1280, 800, "light"), "820": (820, 1100, "light"), "dark": (1280, 800, "dark")}
PAGES: Final = {
    "officer": ["/queue", "/queue?scope=all&group=supplier", "/queue?day=2018-01-01", "/readings", "/account", "LINE"],
    "supervisor": ["/supervision", "/queue", "LINE"],
    "data_scientist": ["LINE"],
    "administrator": ["/accounts"],
    "auditor": ["/audit", "/audit/verification"],
}


@contextmanager
def served(home: Path) -> Iterator[None]:
    """The queue over a home, with an account of each role."""
    subprocess.run([*COMMAND, home, "queue", "migrate"], check=True, capture_output=True)
    for role in PAGES:
        new = [*COMMAND, home, "accounts", "create", f"picture-{role}", role]
        subprocess.run(new, input=PASSWORD, text=True, check=True, capture_output=True)
    own = {"ORIGINRISK_QUEUE__PORT": str(PORT), "PATH": "/usr/bin:/bin"}
    server = subprocess.Popen([*COMMAND, home, "queue"], env=own, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{ADDRESS}/login")
                break
            except OSError:
                time.sleep(0.5)
        yield
    finally:
        server.terminate()
        server.wait()


def logged_in(browser: Browser, role: str, shape: str) -> Page:
    """A page of that shape for somebody of a role."""
    width, height, scheme = SHAPES[shape]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{ADDRESS}/login")
    page.get_by_label("Account").fill(f"picture-{role}")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def pictures(browser: Browser, state: str, out: Path) -> int:
    """Every page in every shape; returns how many were taken."""
    taken = 0
    for shape in SHAPES:
        for role, paths in PAGES.items():
            page = logged_in(browser, role, shape)
            for path in paths:
                where = path
                if path == "LINE":
                    page.goto(f"{ADDRESS}/queue")
                    if not page.locator("a.open").count():
                        continue
                    where = str(page.locator("a.open").first.get_attribute("href"))
                page.goto(ADDRESS + where)
                page.wait_for_timeout(400)
                named = path.strip("/").replace("/", "-").replace("?", "-").replace("&", "-").replace("=", "-")
                page.screenshot(path=out / f"{state}-{shape}-{role}-{named}.png", full_page=True)
                taken += 1
            page.context.close()
    return taken


def fill(browser: Browser) -> None:
    """A day's work: every line of the page decided, one commented with a file, one against the goods."""
    page = logged_in(browser, "officer", "1280")
    page.goto(f"{ADDRESS}/queue")
    line = str(page.locator("a.open").first.get_attribute("href"))
    page.locator("#every").check()
    page.locator("[name=reason]").fill("papers are asked for")
    page.get_by_role("button", name="Request documents", exact=True).first.click()
    page.goto(ADDRESS + line)
    page.locator("#comment").fill("The mill's papers came.")
    page.locator("#file").set_input_files({"name": "paper.txt", "mimeType": "text/plain", "buffer": b"two samples"})
    page.get_by_role("button", name="Comment").click()
    page.locator("#finding-form").get_by_label("Refer", exact=True).check()
    page.locator("#finding-reason").fill("a shell company by the register")
    page.locator("#finding-form button").click()
    page.wait_for_load_state()


def main() -> None:
    """Take them all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, default=Path("var/demo"))
    parser.add_argument("--out", type=Path, default=Path("var/pictures"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        empty, ordinary = Path(folder) / "empty", Path(folder) / "ordinary"
        empty.mkdir()
        shutil.copytree(given.home, ordinary, ignore=shutil.ignore_patterns("queue.db*", "audit-seals.jsonl"))
        with served(empty):
            taken = pictures(browser, "empty", given.out)
        with served(ordinary):
            taken += pictures(browser, "ordinary", given.out)
            fill(browser)
            taken += pictures(browser, "full", given.out)
    print(f"{taken} pictures in {given.out}")


if __name__ == "__main__":
    main()
