"""A real server, a real browser, and a loud word where there is no browser."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 240
_missing: list[str] = []


class Visitor:
    """Opens tabs, and keeps every request and every complaint that they make."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def open(self, **options: object) -> Page:
        """Open the chat in a tab of its own."""
        page = self.browser.new_context(**options).new_page()  # type: ignore[arg-type]
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.goto(self.address)
        page.locator("#question textarea").wait_for()
        return page

    @property
    def strangers(self) -> list[str]:
        """The requests that went anywhere but to the chat's own address."""
        own = (f"{self.address}/", "data:", f"blob:{self.address}/")
        return [url for url in self.requests if not url.startswith(own)]


@pytest.fixture(scope="module")
def index_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


@pytest.fixture(scope="module")
def address(index_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("chat") / "log.txt"
    named = {"OSXP_RAG_CORPUS": str(ROOT / "corpus"), "OSXP_RAG_INDEX": str(index_folder), "COLUMNS": "200"}
    command = [sys.executable, "-c", "from osxp_rag.channels.cli import main; main()", "chat", "--port", "0"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **named}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield _wait_for_address(server, log)
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=10)
        server.kill()
        server.wait()


def _wait_for_address(server: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8", errors="replace")):
            return found[0]
        time.sleep(0.1)
    pytest.fail(f"The chat did not start (exit status {server.poll()}):\n{log.read_text('utf-8', errors='replace')}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:  # a module long: while it lives, no other test could run an event loop
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        _skip("Playwright is not installed: pip install -e .[dev]")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Error as error:
            _skip(f"no Chromium or Chrome starts here ({str(error).splitlines()[0]}): playwright install chromium")
        yield found
        found.close()


def _skip(reason: str) -> None:
    _missing.append(reason)
    pytest.skip(reason)


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    visit = Visitor(browser, address)
    yield visit
    for context in browser.contexts:
        context.close()
    assert visit.strangers == []
    assert visit.complaints == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _missing:
        terminalreporter.write_sep("!", "THE BROWSER TESTS DID NOT RUN", red=True, bold=True)
        terminalreporter.write_line(f"The web chat was not looked at: {_missing[0]}")
