"""The page of a scorecard in a real browser, opened from its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from osxp_rag.channels.scorecards import html_report
from osxp_rag.evaluation.scorecard import Report
from tests.scored import ABSURD, card_of, outcome, question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

HOSTILE = (
    '<script>window.pwned = 1</script><img src="https://elsewhere.example/x" onerror="window.pwned = 1">{{ 7 * 7 }}'
)
SOME = (
    outcome(question(), documents=["proxmox.md"], cited=["proxmox.md"]),
    outcome(question(id="q3", question=HOSTILE), documents=["proxmox.md"], cited=["x"], text=HOSTILE),
    outcome(question(id="q4", type="list", patterns=["a", "b"]), documents=["proxmox.md"], confidence=0.3),
    outcome(question(**{**ABSURD, "class": "near_miss"}), cited=["x"], confidence=0.7),
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scorecard") / "report.html"
    path.write_text(html_report(Report(f"{HOSTILE}.jsonl", None, "000001", card_of(SOME))), encoding="utf-8")
    return path


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, file: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page, in each colour scheme; it may ask for nothing but itself and complain of nothing."""
    asked: list[str] = []
    complaints: list[str] = []
    opened = browser.new_context(color_scheme=request.param).new_page()
    opened.on("request", lambda one: asked.append(one.url))
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(file.as_uri())
    opened.wait_for_load_state("networkidle")
    yield opened
    opened.context.close()
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]
    assert complaints == []


def test_every_failure_stands_under_its_main_reason(page: Page) -> None:
    groups = {group.locator("h2").inner_text(): group for group in page.locator("section.group").all()}
    assert list(groups) == ["Answered though unanswerable 1", "Refused though retrieved 1", "Wrong document cited 1"]
    refused = groups["Refused though retrieved 1"].locator("article.failure")
    assert refused.locator("code").all_inner_texts() == ["q4", "a", "b"]
    assert "confidence 0.30, threshold 0.50; first expected passage at rank 1" in refused.inner_text()


def test_a_reason_leads_to_its_failures(page: Page) -> None:
    page.get_by_role("link", name="wrong document cited").click()
    assert page.url.endswith("#WRONG_DOCUMENT")
    assert page.locator("#WRONG_DOCUMENT h3").is_visible()


def test_text_that_looks_like_markup_is_shown_as_text(page: Page) -> None:
    failure = page.locator("#WRONG_DOCUMENT article.failure")
    assert failure.locator("h3").inner_text() == HOSTILE
    assert failure.locator(".got").inner_text() == HOSTILE
    assert page.title() == f"Scorecard: {HOSTILE}.jsonl"
    assert page.evaluate("window.pwned === undefined")
    assert page.locator("script, img").count() == 0


def test_the_colours_follow_the_scheme_and_stay_readable(page: Page) -> None:
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    ground, ink = (
        page.evaluate(f"getComputedStyle(document.body).{name}.match(/\\d+/g).slice(0, 3).map(Number)")
        for name in ("backgroundColor", "color")
    )
    assert (sum(ground) < sum(ink)) == dark
    assert abs(sum(ground) - sum(ink)) > 3 * 150


def test_a_narrow_window_scrolls_tables_and_not_the_page(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
