"""What a visitor does and sees: tabs, questions, answers, barriers, pictures."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ENGLISH = "What can replace VMware?"
SURE = "Who presented DataLab?"
FRENCH = "Quelle est la licence de BlueMind ?"
UNANSWERABLE = "What is the recipe for ratatouille?"
WAIT_MS = 30_000
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
# Where pictures of every screen are left for people to look at; none are taken where it is not set.
PICTURES = os.environ.get("OSXP_SCREENSHOTS")


class Visitor:
    """Opens tabs, and keeps every request and every complaint that they make."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def open(self, path: str = "/", *, script: str | None = None, **options: Any) -> Page:
        """Open the chat in a tab of its own, English unless told otherwise; `script` runs before the page's own."""
        context = self.browser.new_context(**{"locale": "en-GB", "viewport": DESKTOP, **options})
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.goto(self.address + path)
        page.locator("#osxp[data-ready]").wait_for()
        return page

    @property
    def strangers(self) -> list[str]:
        """The requests that went anywhere but to the chat's own address."""
        own = (f"{self.address}/", "data:", f"blob:{self.address}/")
        return [url for url in self.requests if not url.startswith(own)]


def ask(page: Page, question: str) -> Locator:
    """Ask and return the finished turn."""
    turn = page.locator("article.turn").nth(page.locator("article.turn").count())
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
    return finished(turn)


def finished(turn: Locator) -> Locator:
    """Wait until the turn shows all of its answer."""
    turn.locator(".actions, .notice").first.wait_for(timeout=WAIT_MS)
    turn.page.locator(".act.primary").wait_for(timeout=WAIT_MS)
    return turn


def expect_count(page: Page, selector: str, number: int) -> None:
    """Wait until the page holds this many visible elements of a kind."""
    shown = "([selector]) => [...document.querySelectorAll(selector)].filter(node => node.checkVisibility()).length"
    page.wait_for_function(f"wanted => ({shown})(wanted) === wanted[1]", arg=[selector, number], timeout=WAIT_MS)


def fits(page: Page) -> bool:
    """Return whether nothing of the page sticks out at the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def barriers(page: Page) -> list[str]:
    """Return what axe-core finds serious or critical on the page as it is now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run('#osxp', { resultTypes: ['violations'] })")
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def picture(page: Page, name: str) -> None:
    """Leave a picture of the page for people to look at."""
    if PICTURES:
        folder = Path(PICTURES)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{re.sub(r'[^a-z0-9-]+', '-', name)}.png", animations="disabled")
