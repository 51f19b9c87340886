"""New content through the page, and documents that mean harm: a server of its own, over a small corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import visiting
from tests.browser.served import Served, serving
from tests.browser.visits import WAIT_MS, Visitor, ask, barriers, picture
from tests.conftest import FILES, write_corpus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PWN = '<img src=x onerror="window.pwned = 1"><script>window.pwned = 1</script>'
HARM = f"""---
title: 'Harm {PWN}'
kind: talk
lang: en
date: 2025-12-10
track: ai
organisations: ['{PWN}']
technologies: ['{PWN}', Wolverine]
speakers: ['{PWN}']
sources:
  - title: '{PWN}'
    url: https://example.org/"onmouseover="window.pwned=1
---

# {PWN.replace("<", "&lt;")}

The wolverine weighs 14 kilograms &lt;img src=x onerror="window.pwned = 1"&gt;.

- `{PWN}`

[A link](javascript:window.pwned=1) that is none.
"""
FILE = '<img src=x onerror="window.pwned=1">.md'
QUESTION = "How much does the wolverine weigh?"
WAPITI = "# The wapiti\n\nThe wapiti is a deer. An adult wapiti weighs about 320 kilograms.\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose visitors may add files, over documents of which one means harm."""
    folder = tmp_path_factory.mktemp("small")
    corpus = write_corpus(folder / "corpus", {**FILES, FILE: HARM})
    with serving(corpus, folder / "served", "--admin") as server:
        yield server.wait()


@pytest.fixture
def visitor(browser: Browser, small: Served) -> Iterator[Visitor]:
    yield from visiting(browser, small)


def test_files_are_dropped_planned_indexed_and_asked_about(visitor: Visitor, small: Served) -> None:
    page = visitor.open("/#/admin")
    page.locator("#index-now:disabled").wait_for()
    before = small.get("/api/state")["generation"]
    page.locator("#upload").set_input_files(
        {"name": "wapiti.md", "mimeType": "text/markdown", "buffer": WAPITI.encode()}
    )
    page.locator(".change.added li", has_text="wapiti.md").wait_for()
    assert "saved as" in (page.locator(".uploaded").text_content() or "")
    assert page.locator("td.state.new").count() == 1
    picture(page, "new-content")
    assert barriers(page) == []
    page.locator("#index-now").click()
    page.locator(".work .notice", has_text="Done").wait_for(timeout=4 * WAIT_MS)
    page.locator("tr", has_text="wapiti.md").locator("td.state.indexed").wait_for()
    assert small.get("/api/state")["generation"] != before
    page.locator("#tab-chat").click()
    turn = ask(page, "How much does an adult wapiti weigh?")
    assert "320 kilograms" in (turn.locator(".statements").text_content() or "")


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(visitor: Visitor) -> None:
    page = visitor.open("/#/admin")
    page.locator("#upload").set_input_files({"name": "evil.exe", "mimeType": "text/plain", "buffer": b"MZ"})
    refused = page.locator(".uploaded .trouble")
    refused.wait_for()
    assert refused.text_content() == "evil.exe: files of this ending are not indexed"


def test_nothing_of_a_document_that_means_harm_runs(visitor: Visitor) -> None:
    page = visitor.open()
    turn = ask(page, QUESTION)
    turn.locator("a.cite").first.hover()
    turn.locator("a.cite").first.click()
    page.locator(".source.open").wait_for()
    assert PWN in (page.locator(".source .title").first.text_content() or "")
    turn.locator(".whybutton").click()
    turn.locator(".why .gauge").wait_for(timeout=WAIT_MS)
    for view in ("browse", "map", "admin"):
        page.locator(f"#tab-{view}").click()
        page.locator(f"#view-{view}", has_text="onerror").wait_for()
    page.locator("#tab-browse").click()
    page.locator("#view-browse tbody button", has_text="Harm").click()
    page.locator("article.document h2", has_text="onerror").wait_for()
    assert page.locator("#osxp img, #osxp script").count() == 0
    assert page.locator("#osxp a[href^='javascript' i]").count() == 0
    assert page.evaluate("window.pwned") is None


def test_a_filter_of_a_hostile_value_is_only_words(visitor: Visitor) -> None:
    page = visitor.open()
    page.locator(".facet").first.wait_for()
    page.locator(".facet input[data-key=technologies]").evaluate_all(
        "boxes => boxes.find(box => box.dataset.value.includes('onerror')).click()"
    )
    assert PWN in (page.locator(".chip").text_content() or "")
    assert page.evaluate("window.pwned") is None
