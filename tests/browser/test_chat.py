"""The web chat in a real browser, against the real server over the repository's corpus."""

from __future__ import annotations

import re
import urllib.request
from typing import TYPE_CHECKING

import pytest

from osxp_rag.assistant import Assistant
from osxp_rag.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

ENGLISH = "What can replace VMware?"
FRENCH = "Quelle est la licence de BlueMind ?"
UNANSWERABLE = "What is the recipe for ratatouille?"
HOSTILE = '<img src=x onerror="window.pwned = 1"><script>window.pwned = 1</script>${window.pwned = 1}{{pwned}}'
WAIT_MS = 30_000


def ask(page: Page, question: str) -> Locator:
    """Ask and return the finished turn."""
    turn = page.locator("article.turn").nth(page.locator("article.turn").count())
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    return finished(page, turn)


def finished(page: Page, turn: Locator) -> Locator:
    """Wait until the turn shows all of its answer."""
    turn.locator(".confidence, .notice").first.wait_for(timeout=WAIT_MS)
    page.locator("#ask:enabled").wait_for(timeout=WAIT_MS)
    return turn


def wait_for_count(page: Page, selector: str, number: int) -> None:
    """Wait until the page holds this many visible elements of a kind."""
    shown = "([selector]) => [...document.querySelectorAll(selector)].filter(node => node.checkVisibility()).length"
    page.wait_for_function(f"wanted => ({shown})(wanted) === wanted[1]", arg=[selector, number], timeout=WAIT_MS)


@pytest.fixture(scope="module")
def quote_of(address: str, index_folder: Path) -> Callable[[str], str]:
    """Return the first quote that the Python interface gives; the server has built the index."""
    assistant = Assistant.open(load_settings(index=index_folder))
    return lambda question: assistant.ask(question).citations[0].quote


@pytest.mark.parametrize("question", [ENGLISH, FRENCH])
def test_a_citation_opens_its_passage_with_the_quote_highlighted(
    visitor: Visitor, quote_of: Callable[[str], str], question: str
) -> None:
    page = visitor.open()
    turn = ask(page, question)
    source = turn.locator("details.source").first
    assert not source.locator("mark").is_visible()
    turn.locator("a.cite").first.click()
    source.locator("mark").wait_for(state="visible")
    assert source.locator("mark").text_content() == quote_of(question)
    assert source.locator(".title").text_content()


def test_the_interface_speaks_the_language_of_the_question(visitor: Visitor) -> None:
    page = visitor.open()
    assert "Confidence:" in (ask(page, ENGLISH).locator(".confidence").text_content() or "")
    assert "Confiance" in (ask(page, FRENCH).locator(".confidence").text_content() or "")
    page.locator("#ask", has_text="Demander").wait_for(timeout=WAIT_MS)


def test_an_unanswerable_question_is_refused_without_citations(visitor: Visitor) -> None:
    turn = ask(visitor.open(), UNANSWERABLE)
    assert turn.locator(".notice.refusal").count() == 1
    assert turn.locator(".nearest li").count() > 0
    assert turn.locator("a.cite, details, mark").count() == 0


def test_several_questions_stay_on_the_page_and_an_open_quote_stays_open(visitor: Visitor) -> None:
    page = visitor.open()
    ask(page, ENGLISH).locator("a.cite").first.click()
    ask(page, UNANSWERABLE)
    ask(page, FRENCH)
    wait_for_count(page, "article.turn", 3)
    wait_for_count(page, "#t1-c1 mark", 1)
    ids = page.evaluate("[...document.querySelectorAll('#conversation [id]')].map(node => node.id)")
    assert len(ids) == len(set(ids))


def test_an_example_is_asked_by_a_click_and_a_new_conversation_brings_them_back(visitor: Visitor) -> None:
    page = visitor.open()
    wait_for_count(page, "button.example", 6)
    page.locator("button.example").first.click()
    turn = finished(page, page.locator("article.turn").first)
    assert turn.locator("h2.question").text_content() == ENGLISH
    wait_for_count(page, "button.example", 0)
    page.locator("#restart").click()
    wait_for_count(page, "button.example", 6)
    wait_for_count(page, "article.turn", 0)


def test_an_empty_question_is_ignored(visitor: Visitor) -> None:
    page = visitor.open()
    page.locator("#question textarea").fill("   ")
    page.locator("#ask").click()
    page.wait_for_timeout(500)
    assert page.locator("article.turn").count() == 0
    ask(page, ENGLISH)
    assert page.locator("article.turn").count() == 1


def test_markup_in_a_question_is_shown_and_never_run(visitor: Visitor) -> None:
    page = visitor.open()
    turn = ask(page, HOSTILE)
    assert turn.locator("h2.question").text_content() == HOSTILE
    assert page.locator("#conversation img, #conversation script").count() == 0
    assert page.evaluate("window.pwned") is None


def test_an_event_handler_that_reached_the_page_still_could_not_run(visitor: Visitor) -> None:
    page = visitor.open()
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.pwned = 1\">')")
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()


def test_two_tabs_are_answered_at_once(visitor: Visitor) -> None:
    pages = [visitor.open(), visitor.open()]
    for page, question in zip(pages, [ENGLISH, FRENCH], strict=True):
        page.locator("#question textarea").fill(question)
    for page in pages:
        page.locator("#ask").click()
    turns = [finished(page, page.locator("article.turn").first) for page in pages]
    assert [turn.get_attribute("lang") for turn in turns] == ["en", "fr"]


def test_the_page_fits_a_phone(visitor: Visitor) -> None:
    page = visitor.open(viewport={"width": 390, "height": 844})
    ask(page, ENGLISH).locator("a.cite").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator("#ask").is_visible()


def test_everything_the_page_asks_for_is_its_own(visitor: Visitor) -> None:
    page = visitor.open()
    ask(page, ENGLISH)
    page.wait_for_load_state("load")
    assert len(visitor.requests) > 5
    assert visitor.strangers == []


def test_the_served_page_names_no_other_host(address: str) -> None:
    with urllib.request.urlopen(f"{address}/") as response:
        page = response.read().decode("utf-8")
    assert [url for url in re.findall(r"https?://[^\s\"'\\<]+", page) if not url.startswith(address)] == []
    assert not re.search(r'preconnect|og:|twitter:|(?:src|href)="//', page)
