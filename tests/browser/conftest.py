"""A real server, a real browser, and a loud word where there is no browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.served import ROOT, Served, serving
from tests.browser.visits import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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
_missing: list[str] = []


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over the repository's corpus, ready, for all the tests of the session."""
    with serving(ROOT / "corpus", tmp_path_factory.mktemp("served")) as server:
        yield server.wait()


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
def visitor(browser: Browser, served: Served) -> Iterator[Visitor]:
    """A visitor, whose tabs may ask nobody else for anything, and complain of nothing."""
    yield from visiting(browser, served)


def visiting(browser: Browser, served: Served) -> Iterator[Visitor]:
    """Give a visitor of a server; afterwards close the tabs and look at what they did."""
    visit = Visitor(browser, served.address)
    yield visit
    for context in browser.contexts:
        context.close()
    assert visit.strangers == []
    assert visit.complaints == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _missing:
        terminalreporter.write_sep("!", "THE BROWSER TESTS DID NOT RUN", red=True, bold=True)
        terminalreporter.write_line(f"The web chat was not looked at: {_missing[0]}")
