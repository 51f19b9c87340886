"""Asking and answering in a real browser, against the real server over the repository's corpus."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from osxp_rag.settings import Settings
from tests.browser.visits import ENGLISH, FRENCH, PHONE, SURE, UNANSWERABLE, WAIT_MS, ask, expect_count, finished, fits

if TYPE_CHECKING:
    from tests.browser.served import Served
    from tests.browser.visits import Visitor

THRESHOLD = f"{Settings().threshold:.0%}"

pytestmark = pytest.mark.browser

HOSTILE = '<img src=x onerror="window.pwned = 1"><script>window.pwned = 1</script>${window.pwned = 1}{{pwned}}'
IN_VIEW = """(node) => {
    const box = node.getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;
}"""


@pytest.mark.parametrize("question", [ENGLISH, FRENCH])
def test_pointing_at_a_mark_shows_its_quote_and_a_click_opens_it_among_its_words(
    visitor: Visitor, served: Served, question: str
) -> None:
    page = visitor.open()
    turn = ask(page, question)
    citation = served.answer(question)["citations"][0]
    mark = turn.locator("a.cite").first
    mark.hover()
    assert citation["quote"] in (page.locator(".popover").text_content() or "")
    mark.click()
    source = page.locator("#sources .source.open")
    assert source.locator("mark").text_content() == citation["quote"]
    assert source.locator(".title").text_content() == citation["title"]
    assert page.locator(".popover").count() == 0


def test_an_opened_quote_is_scrolled_into_view(visitor: Visitor) -> None:
    page = visitor.open(viewport={"width": 1200, "height": 480})
    turn = ask(page, "Quelles solutions remplacent Microsoft 365 ?")
    turn.locator("a.cite").last.click()
    page.wait_for_function(f"({IN_VIEW})(document.querySelector('.source.open mark'))", timeout=WAIT_MS)


def test_a_source_tells_its_track_section_date_and_where_it_comes_from(visitor: Visitor, served: Served) -> None:
    page = visitor.open()
    ask(page, FRENCH)
    citation = served.answer(FRENCH)["citations"][0]
    facts = page.locator(".source .facts").first.text_content() or ""
    assert "Collaboration" in facts
    assert citation["section"].split(" › ")[-1] in facts
    assert "10 Dec 2025" in facts
    link = page.locator(".source a.link").first
    assert link.get_attribute("href") == citation["url"]
    assert set((link.get_attribute("rel") or "").split()) == {"noopener", "noreferrer"}


def test_the_answering_words_are_bold(visitor: Visitor, served: Served) -> None:
    turn = ask(visitor.open(), "When was MCP released?")
    direct = served.answer("When was MCP released?")["direct"]
    assert turn.locator(".statements strong").text_content() == direct["text"]


def test_confidence_is_told_in_words_with_a_bar_and_explained(visitor: Visitor) -> None:
    turn = ask(visitor.open(), SURE)
    confidence = turn.locator(".confidence")
    assert confidence.locator(".level").text_content() == "Well supported"
    assert confidence.locator(".steps .on").count() == 5
    assert not confidence.locator("p").is_visible()
    confidence.locator("summary").click()
    assert "calibrated" in (confidence.locator("p").text_content() or "")


def test_what_is_being_read_is_told_before_the_answer_comes(visitor: Visitor) -> None:
    seen = """
        window.seen = [];
        new MutationObserver(() => {
            for (const node of document.querySelectorAll('.working')) seen.push(node.parentElement.textContent);
        }).observe(document, { childList: true, subtree: true });
    """
    page = visitor.open(script=seen)
    ask(page, ENGLISH)
    said = page.evaluate("window.seen")
    assert any(re.search(r"Reading the best of \d+ passages.*Proxmox VE", one) for one in said)


def test_the_answer_is_told_to_who_listens(visitor: Visitor, served: Served) -> None:
    page = visitor.open()
    ask(page, ENGLISH)
    announced = page.locator("#announcer[aria-live=polite]").text_content() or ""
    assert re.sub(r" \[\d\](\[\d\])*", "", served.answer(ENGLISH)["text"]) in announced
    assert "sources" in announced


def test_an_unanswerable_question_is_refused_calmly_with_a_reason_and_other_ways(visitor: Visitor) -> None:
    page = visitor.open()
    turn = ask(page, UNANSWERABLE)
    assert turn.locator("a.cite, mark, .confidence").count() == 0
    assert page.locator("#sources .source").count() == 0
    refusal = turn.locator(".refusal")
    assert "do not hold an answer" in (refusal.text_content() or "")
    assert THRESHOLD in (refusal.text_content() or "")
    assert refusal.locator(".nearest li").count() == 3
    assert refusal.locator(".examples li").count() == 2
    refusal.locator(".examples button").first.click()
    assert page.locator("#question").input_value() == "Which documents mention ratatouille?"
    refusal.locator(".nearest button").first.click()
    page.locator("article.document h2").wait_for()


def test_a_french_refusal_speaks_french_whatever_the_interface(visitor: Visitor) -> None:
    turn = ask(visitor.open(), "Quelle est la recette de la ratatouille ?")
    assert turn.locator(".refusal h4").all_text_contents() == [
        "Les documents les plus proches",
        "Vous pourriez demander",
    ]


def test_the_interface_follows_the_browser_and_has_a_switch_that_is_remembered(visitor: Visitor) -> None:
    page = visitor.open(locale="fr-FR")
    assert page.locator(".act").text_content() == "Demander"
    assert page.evaluate("document.documentElement.lang") == "fr"
    ask(page, SURE)
    page.locator(".tool.language").click()
    assert page.locator(".act").text_content() == "Ask"
    assert page.locator(".confidence .level").text_content() == "Well supported"
    page.reload()
    page.locator("#osxp[data-ready]").wait_for()
    assert page.locator(".act").text_content() == "Ask"


def test_the_theme_follows_the_system_and_has_a_switch_that_is_remembered(visitor: Visitor) -> None:
    page = visitor.open(color_scheme="dark")
    ground = "getComputedStyle(document.querySelector('#osxp')).backgroundColor"
    dark = page.evaluate(ground)
    page.locator(".tool.theme").click()
    light = page.evaluate(ground)
    assert light != dark
    page.reload()
    page.locator("#osxp[data-ready]").wait_for()
    assert page.evaluate(ground) == light


def test_the_first_screen_says_what_this_is_and_asks_six_questions_three_french(
    visitor: Visitor, served: Served
) -> None:
    page = visitor.open()
    expect_count(page, ".welcome .example", 6)
    assert page.locator(".welcome .example[lang=fr]").count() == 3
    lead = page.locator(".welcome .lead").text_content() or ""
    assert f"{served.get('/api/state')['documents']} documents" in lead
    assert "indexed on" in lead
    page.locator(".example").first.click()
    turn = finished(page.locator("article.turn").first)
    assert turn.locator(".question").text_content() == ENGLISH
    expect_count(page, ".welcome .example", 0)


@pytest.mark.parametrize("number", range(6))
def test_every_example_has_an_answer(served: Served, number: int) -> None:
    example = served.get("/api/examples")[number]
    answer = served.answer(example["question"])
    assert answer["status"] == "answered"
    assert answer["language"] == example["language"]


def test_an_edited_question_is_asked_again_and_what_followed_gives_way(visitor: Visitor, served: Served) -> None:
    page = visitor.open()
    first = ask(page, UNANSWERABLE)
    ask(page, FRENCH)
    first.locator(".edit").click()
    first.locator("textarea").fill(ENGLISH)
    first.locator("textarea").press("Enter")
    expect_count(page, "article.turn", 1)
    turn = finished(page.locator("article.turn"))
    assert turn.locator(".question").text_content() == ENGLISH
    kept = served.get("/api/chats")[0]
    assert [one["question"] for one in served.get(f"/api/chats/{kept['id']}")["turns"]] == [ENGLISH]


def test_an_edit_can_be_left_with_escape(visitor: Visitor) -> None:
    turn = ask(visitor.open(), ENGLISH)
    turn.locator(".edit").click()
    turn.locator("textarea").press("Escape")
    assert turn.locator(".question").text_content() == ENGLISH
    assert turn.locator(".edit").evaluate("node => node === document.activeElement")


def test_a_question_can_be_stopped_and_tried_again(visitor: Visitor) -> None:
    page = visitor.open()
    page.route("**/api/ask", lambda route: None)  # the answer never comes
    page.locator("#question").fill(ENGLISH)
    page.locator("#question").press("Enter")
    page.locator(".act.stop").click()
    notice = page.locator(".turn.stopped .notice")
    assert "Stopped" in (notice.text_content() or "")
    page.unroute("**/api/ask")
    notice.locator("button").click()
    finished(page.locator(".turn.done"))


def test_a_failure_is_told_and_can_be_tried_again(visitor: Visitor) -> None:
    page = visitor.open()
    page.route("**/api/ask", lambda route: route.abort())
    page.locator("#question").fill(ENGLISH)
    page.locator("#question").press("Enter")
    page.locator(".turn.failed [role=alert]").wait_for()
    page.unroute("**/api/ask")
    page.locator(".turn.failed button", has_text="Try again").click()
    finished(page.locator(".turn.done"))
    visitor.complaints.clear()  # the browser's own word on the request that was cut


def test_a_new_chat_begins_at_the_first_screen(visitor: Visitor) -> None:
    page = visitor.open()
    ask(page, ENGLISH)
    page.locator("button.new").click()
    expect_count(page, ".welcome .example", 6)
    expect_count(page, "article.turn, .source", 0)
    assert page.locator("#question").evaluate("node => node === document.activeElement")


def test_enter_asks_and_shift_enter_begins_a_line_and_nothing_is_ignored(visitor: Visitor) -> None:
    page = visitor.open()
    page.locator("#question").fill("   ")
    page.locator("#question").press("Enter")
    assert page.locator("article.turn").count() == 0
    page.locator("#question").fill("What can replace")
    page.locator("#question").press("Shift+Enter")
    page.locator("#question").type("VMware?")
    page.locator("#question").press("Enter")
    turn = finished(page.locator("article.turn"))
    assert turn.locator(".question").text_content() == "What can replace\nVMware?"


def test_an_answer_is_copied_with_its_sources(visitor: Visitor, served: Served) -> None:
    page = visitor.open(permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, FRENCH)
    turn.locator(".copy").click()
    turn.locator(".copy", has_text="Copied").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    answer = served.answer(FRENCH)
    assert text.startswith(f"{FRENCH}\n\n{answer['text']}\n\nSources\n[1] {answer['citations'][0]['title']}")
    assert f"“{answer['citations'][0]['quote']}”" in text


def test_the_keyboard_alone_leads_from_the_question_to_the_source_and_back(visitor: Visitor) -> None:
    page = visitor.open()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the first stop leads to the question box
    page.keyboard.type(ENGLISH)
    page.keyboard.press("Enter")
    finished(page.locator("article.turn"))
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.matches('a.cite')"):
            break
    assert page.locator(".popover").is_visible()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.locator(".source.open").wait_for()
    assert page.evaluate("document.activeElement.matches('.source.open')")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('a.cite')")


def test_two_tabs_are_answered_at_once(visitor: Visitor) -> None:
    pages = [visitor.open(), visitor.open()]
    for page, question in zip(pages, [ENGLISH, FRENCH], strict=True):
        page.locator("#question").fill(question)
        page.locator("#question").press("Enter")
    turns = [finished(page.locator("article.turn")) for page in pages]
    assert [turn.locator(".answer").get_attribute("lang") for turn in turns] == ["en", "fr"]


def test_on_a_phone_the_sources_stand_below_their_answer(visitor: Visitor) -> None:
    page = visitor.open(viewport=PHONE, has_touch=True)
    turn = ask(page, ENGLISH)
    assert not page.locator("#sources").is_visible()
    turn.locator("a.cite").first.tap()
    page.wait_for_function(f"({IN_VIEW})(document.querySelector('article.turn .source.open mark'))", timeout=WAIT_MS)
    assert page.locator("#question").is_visible()
    assert fits(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#sources .source").first.wait_for()


def test_on_a_phone_chats_and_filters_are_a_drawer(visitor: Visitor) -> None:
    page = visitor.open(viewport=PHONE)
    assert not page.locator(".facet").first.is_visible()
    page.locator(".opener").click()
    page.locator(".facet").first.wait_for()
    page.locator(".opener").press("Escape")
    assert not page.locator(".facet").first.is_visible()


def test_markup_in_a_question_is_shown_and_never_run(visitor: Visitor) -> None:
    page = visitor.open()
    turn = ask(page, HOSTILE)
    assert turn.locator(".question").text_content() == HOSTILE
    assert page.locator("#osxp img, #osxp script").count() == 0
    assert page.evaluate("window.pwned") is None


def test_an_event_handler_that_reached_the_page_still_could_not_run(visitor: Visitor) -> None:
    page = visitor.open()
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.pwned = 1\">')")
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()


def test_everything_the_page_asks_for_is_its_own(visitor: Visitor) -> None:
    page = visitor.open()
    ask(page, ENGLISH)
    page.wait_for_load_state("load")
    assert len(visitor.requests) > 5
    assert visitor.strangers == []


def test_the_served_page_names_no_other_host(served: Served) -> None:
    with urllib.request.urlopen(f"{served.address}/") as response:
        page = response.read().decode("utf-8")
    assert [url for url in re.findall(r"https?://[^\s\"'\\<]+", page) if not url.startswith(served.address)] == []
    assert not re.search(r'preconnect|og:|twitter:|(?:src|href)="//', page)


def test_the_server_answers_to_no_name_that_was_pointed_at_it(served: Served) -> None:
    request = urllib.request.Request(f"{served.address}/api/state", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError, match="403") as caught:
        urllib.request.urlopen(request)
    caught.value.close()
