"""Every screen, on a desk and on a phone, light and dark: no serious barrier, nothing that sticks out; pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.visits import DESKTOP, FRENCH, PHONE, UNANSWERABLE, WAIT_MS, ask, barriers, fits, picture

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visits import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "viewport"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_no_screen_has_a_serious_barrier_or_sticks_out(
    visitor: Visitor, size: str, viewport: dict[str, Any], scheme: str
) -> None:
    page = visitor.open(viewport=viewport, color_scheme=scheme, locale="fr-FR" if scheme == "dark" else "en-GB")
    found = {}
    for name, step in SCREENS.items():
        step(page)
        picture(page, f"{name}-{size}-{scheme}")
        found[name] = barriers(page) + ([] if fits(page) else ["sticks out"])
    assert {name: some for name, some in found.items() if some} == {}


def first(page: Page) -> None:
    page.locator(".example").first.wait_for()
    page.locator(".facet").first.wait_for(state="attached")


def answer(page: Page) -> None:
    ask(page, FRENCH)
    page.locator("a.cite").first.click()
    page.locator(".source.open").wait_for()


def hover(page: Page) -> None:
    page.locator("a.cite").first.focus()
    page.locator(".popover").wait_for()


def why(page: Page) -> None:
    page.locator(".whybutton").first.click()
    page.locator(".why .scores").wait_for(timeout=WAIT_MS)
    page.locator(".confidence summary").first.click()


def refusal(page: Page) -> None:
    ask(page, UNANSWERABLE)


def judging(page: Page) -> None:
    page.locator(".thumb.up").last.click()
    page.locator(".reason").wait_for()


def drawer(page: Page) -> None:
    if page.locator(".opener").is_visible():
        page.locator(".opener").click()
    page.locator(".facet input").first.check()
    page.locator("li.chat summary").first.click()


def dialog(page: Page) -> None:
    page.locator("li.chat .danger").first.click()
    page.get_by_role("dialog").wait_for()


def browse(page: Page) -> None:
    page.keyboard.press("Escape")
    page.locator("#tab-browse").click()
    page.locator("#view-browse tbody tr").first.wait_for()


def document(page: Page) -> None:
    page.locator("#view-browse tbody button", has_text="BlueMind").first.click()
    page.locator("article.document").wait_for()


def map_(page: Page) -> None:
    page.locator("#tab-map").click()
    page.locator(".map .dot").first.wait_for()
    page.locator(".map .dot").first.focus()


SCREENS = {
    "first": first,
    "answer": answer,
    "hover": hover,
    "why": why,
    "refusal": refusal,
    "judging": judging,
    "drawer": drawer,
    "dialog": dialog,
    "browse": browse,
    "document": document,
    "map": map_,
}


def test_who_wants_less_motion_gets_none(visitor: Visitor) -> None:
    page = visitor.open(reduced_motion="reduce")
    page.evaluate("document.querySelector('#log').innerHTML = '<span class=pulse></span>'")
    assert page.locator(".pulse").evaluate("node => getComputedStyle(node).animationName") == "none"
