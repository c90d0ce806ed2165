"""The queue served to a real browser: the application in a thread of its own, headless Chromium before it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.serve.queue.office import PASSWORD, Office

CHROMIUM: Final = Path("/usr/bin/chromium")


@contextmanager
def served(at: Office) -> Iterator[str]:
    """The address of an office's application."""
    server = uvicorn.Server(uvicorn.Config(at.app, port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium; a test is skipped where there is none."""
    if not CHROMIUM.is_file():
        pytest.skip(f"no browser at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def logged_in(context: BrowserContext, address: str, name: str) -> Page:
    """A page of somebody who has just logged in."""
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/login")
    page.get_by_label("Account").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    return page
