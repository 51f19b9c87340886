"""The web chat's HTML: what it shows, what it escapes, and what it never lets out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from importlib.resources import files

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from osxp_rag.answering.answer import Answer, Citation, Direct, Nearest
from osxp_rag.channels.web import render
from osxp_rag.channels.web.offline import OfflinePages, strip_page
from osxp_rag.channels.web.server import listen
from osxp_rag.channels.web.texts import ENGLISH, FRENCH, labels
from osxp_rag.errors import SettingsError

HOSTILE = "<img src=x onerror=alert(1)>\"'&"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;"


@dataclass(frozen=True, slots=True)
class Around:
    """Words before and after a quote."""

    before: str
    quote: str
    after: str


CITATION = Citation(1, "talks/a.md", "A talk", "Part › One", None, 0, 5, "Words", "https://example.org/a")
ANSWER = Answer("What?", "answered", None, "Words. [1]", "en", 0.93, "quotes", "g", (CITATION,), (), {"total": 155})
REFUSAL = Answer(
    "What?", "abstained", "no_evidence", "No.", "en", 0.04, "quotes", "g", (), (Nearest("talks/a.md", "A talk"),)
)


def test_a_marker_opens_its_quote_in_the_same_turn() -> None:
    html = render.complete(7, ANSWER, {})
    assert 'href="#t7-c1"' in html
    assert '<details class="source" id="t7-c1">' in html


def test_a_quote_is_marked_between_the_words_around_it() -> None:
    html = render.complete(1, ANSWER, {1: Around("Before ", "Words", " after")})
    assert "<blockquote>Before <mark>Words</mark> after</blockquote>" in html


def test_a_bracketed_number_that_cites_nothing_stays_text() -> None:
    html = render.complete(1, replace(ANSWER, text="Words [9]. [1]"), {})
    assert "Words [9]." in html
    assert html.count('class="cite"') == 1


def test_statements_that_start_with_a_dash_become_a_list() -> None:
    html = render.complete(1, replace(ANSWER, text="Two:\n- one [1]\n- two\nDone."), {})
    assert re.sub(r"&#8288;<a.*?</a>", "", html).count("<p>Two:</p><ul><li>one</li><li>two</li></ul><p>Done.</p>") == 1


def direct_answer(quote: str, words: str) -> Answer:
    start = quote.index(words)
    citation = replace(CITATION, start=7, end=7 + len(quote), quote=quote)
    direct = Direct(1, 7 + start, 7 + start + len(words), words)
    return replace(ANSWER, text=f"{' '.join(quote.split())} [1]", citations=(citation,), direct=direct)


def statements(html: str) -> str:
    return html.partition('<div class="statements">')[2].partition("</div>")[0]


def test_direct_words_are_bold() -> None:
    html = statements(render.complete(1, direct_answer("It was on 3 May 2019.", "3 May 2019"), {}))
    assert html.startswith("<p>It was on <strong>3 May 2019</strong>.&#8288;<a")
    assert html.count('class="cite"') == 1


def test_direct_words_are_bold_where_they_stand_though_spaces_are_gone() -> None:
    html = statements(render.complete(1, direct_answer("It\n  was on 3\n May 2019.", "3\n May 2019"), {}))
    assert html.startswith("<p>It was on <strong>3 May 2019</strong>.")


def test_direct_words_may_end_right_before_the_marker() -> None:
    html = statements(render.complete(1, direct_answer("It was on 3 May 2019", "3 May 2019"), {}))
    assert "<strong>3 May 2019</strong>&#8288;<a" in html


def test_direct_words_and_those_around_them_never_become_markup() -> None:
    hostile = direct_answer(f"{HOSTILE} then <b>{HOSTILE}</b> end", f"<b>{HOSTILE}</b>")
    html = statements(render.complete(1, hostile, {}))
    assert f"{ESCAPED} then <strong>&lt;b&gt;{ESCAPED}&lt;/b&gt;</strong> end" in html
    assert re.findall(r"<(\w+)", html) == ["p", "strong", "a"]


def test_brackets_among_direct_words_are_no_markers() -> None:
    html = statements(render.complete(1, direct_answer("See Heron [1] and [9] here.", "Heron [1] and"), {}))
    assert html.startswith("<p>See <strong>Heron [1] and</strong> [9] here.")


def test_direct_words_are_not_bold_before_the_text_is_whole() -> None:
    answer = direct_answer("It was on 3 May 2019.", "3 May 2019")
    assert "<strong>" not in render.partial(1, answer, "It was on 3")
    assert "<strong>3 May 2019</strong>" in render.partial(1, answer, answer.text)


def test_a_list_has_no_bold_words() -> None:
    html = statements(render.complete(1, replace(ANSWER, text="- Words. [1]\n- More words. [1]"), {}))
    assert "<ul><li>Words." in html
    assert "<strong>" not in html


@pytest.mark.parametrize("field", ["title", "section", "document", "quote"])
def test_nothing_of_a_citation_becomes_markup(field: str) -> None:
    hostile = replace(ANSWER, citations=(replace(CITATION, **{field: HOSTILE}),))
    html = render.complete(1, hostile, {})
    assert "<img" not in html
    assert ESCAPED in html


def test_questions_answers_contexts_and_messages_never_become_markup() -> None:
    hostile = replace(ANSWER, question=HOSTILE, text=f"{HOSTILE} [1]")
    shown = [
        render.complete(1, hostile, {1: Around(HOSTILE, "Words", HOSTILE)}),
        render.partial(1, hostile, HOSTILE),
        render.waiting(1, HOSTILE, ENGLISH),
        render.trouble(1, HOSTILE, HOSTILE, ENGLISH),
        render.complete(1, replace(REFUSAL, text=HOSTILE, nearest=(Nearest(HOSTILE, HOSTILE),)), {}),
    ]
    assert all("<img" not in html and ESCAPED in html for html in shown)


def test_a_language_that_is_no_code_does_not_reach_the_page() -> None:
    assert 'lang="en"' in render.complete(1, replace(ANSWER, language='fr" onclick="x'), {})


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x.org", "http://[x"],
)
def test_only_web_addresses_become_links(url: str) -> None:
    html = render.complete(1, replace(ANSWER, citations=(replace(CITATION, url=url),)), {})
    assert 'class="link"' not in html


def test_a_source_link_tells_the_other_site_nothing() -> None:
    html = render.complete(1, ANSWER, {})
    assert 'href="https://example.org/a" target="_blank" rel="noopener noreferrer"' in html


def test_an_address_cannot_leave_its_attribute() -> None:
    citation = replace(CITATION, url='https://example.org/" onmouseover="alert(1)')
    assert 'onmouseover="' not in render.complete(1, replace(ANSWER, citations=(citation,)), {})


def test_a_refusal_shows_the_nearest_documents_and_no_citation() -> None:
    html = render.complete(1, REFUSAL, {})
    assert 'class="notice refusal"' in html
    assert "A talk" in html
    assert "cite" not in html
    assert "<details" not in html


def test_the_words_follow_the_language_of_the_answer() -> None:
    assert FRENCH.quotes in render.complete(1, replace(ANSWER, language="fr"), {}).replace("&#x27;", "'")
    assert labels("fr-CA") is FRENCH
    assert labels("de") is ENGLISH


@pytest.mark.parametrize(("confidence", "word"), [(0.93, "high"), (0.7, "fair"), (0.5, "low")])
def test_confidence_is_shown_in_words_and_as_a_bar(confidence: float, word: str) -> None:
    html = render.complete(1, replace(ANSWER, confidence=confidence), {})
    assert f"Confidence: {word}" in html
    assert f'style="width: {round(100 * confidence)}%"' in html


def test_a_page_number_is_shown_where_there_is_one() -> None:
    html = render.complete(1, replace(ANSWER, citations=(replace(CITATION, page=4, page_unit="slide"),)), {})
    assert "talks/a.md, slide\N{NO-BREAK SPACE}4" in html


@pytest.mark.parametrize("text", ["one", "one two three [1]", "a\n- b\n- c " * 40])
def test_frames_grow_to_the_whole_text_in_a_few_steps(text: str) -> None:
    frames = render.frames(text)
    assert frames[-1] == text
    assert all(text.startswith(frame) for frame in frames)
    assert sorted(frames, key=len) == frames
    assert len(frames) <= 12


def test_an_empty_text_has_one_frame() -> None:
    assert render.frames("") == [""]


def test_the_header_counts_the_documents() -> None:
    assert "74 documents" in render.header(74)
    assert "one document<" in render.header(1)
    assert "the documents" in render.header(None)


def test_gradios_own_page_names_no_other_host_once_stripped() -> None:
    page = (files("gradio") / "templates" / "frontend" / "index.html").read_text("utf-8")
    assert "gradio.app" in page
    stripped = strip_page(page)
    assert re.findall(r"https?://[^\s\"']+", stripped) == []
    assert "og:" not in stripped
    assert "window.gradio_config" in stripped
    assert "<gradio-app" in stripped


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="preconnect" href="https://fonts.googleapis.com">',
        '<link rel="stylesheet" href="//cdn.example/x.css" />',
        '<script src="https://cdnjs.cloudflare.com/x.js">fallback("https://x")</script>',
        '<img src=" HTTPS://example.org/p.gif">',
        '<meta name="twitter:creator" content="@x">',
        "<!-- https://example.org -->",
    ],
)
def test_every_outside_reference_is_dropped(tag: str) -> None:
    assert strip_page(f"<!doctype html><p>a &amp; &#8288;b</p>{tag}<i>c</i>") == (
        "<!doctype html><p>a &amp; &#8288;b</p><i>c</i>"
    )


def test_own_scripts_get_the_nonce_and_keep_their_text() -> None:
    page = '<script type="module" src="./a.js"></script><script>if (1 < 2 && "</p>") go();</script>'
    assert strip_page(page, "N") == page.replace("<script", '<script nonce="N"')


def test_served_pages_are_stripped_and_only_their_own_scripts_may_run() -> None:
    response = TestClient(_site()).get("/page")
    nonce = re.search(r'<script nonce="([\w-]+)">', response.text)
    policy = response.headers["content-security-policy"]
    assert nonce is not None
    assert f"'nonce-{nonce[1]}'" in policy
    assert "unsafe-inline" not in re.search(r"script-src [^;]*", policy)[0]  # type: ignore[index]
    assert "https://" not in response.text


def test_what_is_not_a_page_passes_through_untouched() -> None:
    response = TestClient(_site()).get("/data")
    assert response.json() == {"url": "https://example.org"}
    assert "content-security-policy" not in response.headers


def test_a_port_in_use_is_an_error_that_names_the_setting() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(SettingsError, match="--port or OSXP_RAG_PORT"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_a_host_of_another_machine_is_an_error_that_names_the_setting() -> None:
    with pytest.raises(SettingsError, match="--host or OSXP_RAG_HOST"):
        listen("192.0.2.1", 0)


def _site() -> OfflinePages:
    def page(_: Request) -> HTMLResponse:
        return HTMLResponse('<link rel="preconnect" href="https://fonts.gstatic.com"><script>go()</script>')

    def data(_: Request) -> JSONResponse:
        return JSONResponse({"url": "https://example.org"})

    return OfflinePages(Starlette(routes=[Route("/page", page), Route("/data", data)]))


@pytest.mark.parametrize("reason", ["small_talk", "underspecified"])
def test_what_is_said_in_return_is_not_headed_as_a_refusal(reason: str) -> None:
    said = replace(REFUSAL, reason=reason, text="What do you mean?\n1. Heron", nearest=())
    html = render.complete(1, said, {})
    assert "<p>1. Heron</p>" in html
    assert "<h3>" not in html
