"""What the page makes of an answer's text: marks, bold words, lists; and that nothing of it becomes markup."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from osxp_rag.answering.answer import Answer, Citation, Direct
from tests.browser.visits import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.served import Served

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="window.pwned = 1">"\'&${1}</mark>'
CITATION = Citation(1, "talks/a.md", "A talk", "Part › One", None, 0, 5, "Words", "https://example.org/a")
ANSWER = Answer("What?", "answered", None, "Words. [1]", "en", 0.93, "quotes", "g", (CITATION,), (), {"total": 155})
SHOW = """async ([answer, contexts]) => {
    const { renderTurn } = await import("/ui/turn.js");
    const { app, emit } = await import("/ui/state.js");
    const turn = { number: 1000, question: answer.question, filters: {}, state: "done", answer, contexts };
    document.getElementById("log").replaceChildren(renderTurn(turn));
    app.active = turn;
    emit("active");
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """One tab for the module, which shows whatever answer it is given."""
    visit = Visitor(browser, served.address)
    yield visit.open()
    assert visit.complaints == []


def shown(page: Page, answer: Answer, contexts: dict[str, Any] | None = None) -> Page:
    page.evaluate(SHOW, [answer.to_dict(), contexts or {}])
    return page


def bold(page: Page) -> list[str]:
    return page.locator(".statements strong").all_text_contents()


def direct_answer(quote: str, words: str) -> Answer:
    start = quote.index(words)
    citation = replace(CITATION, start=7, end=7 + len(quote), quote=quote)
    direct = Direct(1, 7 + start, 7 + start + len(words), words)
    return replace(ANSWER, text=f"{' '.join(quote.split())} [1]", citations=(citation,), direct=direct)


def test_a_bracketed_number_that_cites_nothing_stays_text(page: Page) -> None:
    shown(page, replace(ANSWER, text="Words [9]. [1]"))
    assert (page.locator(".statements p").text_content() or "").startswith("Words [9].")
    assert page.locator("a.cite").all_text_contents() == ["1"]


def test_statements_that_start_with_a_dash_become_a_list(page: Page) -> None:
    shown(page, replace(ANSWER, text="Two:\n- one [1]\n- two\nDone."))
    parts = page.locator(".statements > *").evaluate_all("nodes => nodes.map(node => node.tagName)")
    assert parts == ["P", "UL", "P"]
    assert page.locator(".statements li").count() == 2


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("It was on 3 May 2019.", "3 May 2019"),
        ("It  was\n on 3\n May 2019.", "3\n May 2019"),
        ("🎉 It was 🎉 on 3 May 2019.", "3 May 2019"),
        ("It was on 3 May 2019", "3 May 2019"),
        ("See [1] or 3 May [2].", "3 May [2]"),
        (f"It was {HOSTILE} then.", HOSTILE),
    ],
)
def test_the_bold_words_are_those_that_every_channel_stresses(page: Page, quote: str, words: str) -> None:
    answer = direct_answer(quote, words)
    assert answer.emphasis is not None
    start, end = answer.emphasis
    shown(page, answer)
    assert "".join(bold(page)) == answer.text[start:end]
    assert page.locator("#osxp img").count() == 0


def test_an_answer_without_direct_words_has_none_in_bold(page: Page) -> None:
    assert bold(shown(page, ANSWER)) == []


@pytest.mark.parametrize("field", ["title", "section", "document", "quote", "url"])
def test_nothing_of_a_citation_becomes_markup(page: Page, field: str) -> None:
    shown(
        page,
        replace(ANSWER, citations=(replace(CITATION, **{field: HOSTILE}),)),
        {"1": {"before": HOSTILE, "after": HOSTILE, "track": HOSTILE, "date": HOSTILE}},
    )
    page.locator("a.cite").hover()
    page.locator("a.cite").click()
    assert page.locator("#osxp img").count() == 0
    assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize(
    "url", ["javascript:window.pwned=1", "data:text/html,x", "file:///etc/passwd", "//x", "x", "http:", None]
)
def test_only_web_addresses_become_links(page: Page, url: str | None) -> None:
    shown(page, replace(ANSWER, citations=(replace(CITATION, url=url),)))
    assert page.locator(".source a").count() == 0


def test_a_page_and_other_files_of_the_same_words_are_told(page: Page) -> None:
    shown(page, replace(ANSWER, citations=(replace(CITATION, page=4, page_unit="slide", also=("b.md", "c.md")),)))
    facts = page.locator(".source .facts").text_content() or ""
    assert "slide 4" in facts
    assert "same text in b.md, c.md" in facts


@pytest.mark.parametrize(
    ("share", "words"), [(0.85, "Well supported"), (0.65, "Fairly supported"), (0.649, "Weakly supported")]
)
def test_confidence_has_the_levels_of_every_channel(page: Page, share: float, words: str) -> None:
    shown(page, replace(ANSWER, confidence=share))
    assert page.locator(".confidence .level").text_content() == words


def test_the_words_around_a_quote_are_cut_until_it_is_opened(page: Page) -> None:
    around = {"1": {"before": "before " * 60, "after": " after" * 60}}
    shown(page, ANSWER, around)
    passage = page.locator(".source blockquote")
    assert len(passage.text_content() or "") < 400
    assert passage.locator("mark").text_content() == "Words"
    page.locator("a.cite").click()
    assert passage.text_content() == around["1"]["before"] + "Words" + around["1"]["after"]
