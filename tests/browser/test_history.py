"""Chats that are kept: found again, renamed, exported, judged, deleted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.visits import ENGLISH, FRENCH, ask, expect_count

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.served import Served
    from tests.browser.visits import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """A tab with one finished answer, in a chat of its own."""
    opened = visitor.open()
    ask(opened, FRENCH)
    current(opened).wait_for()
    return opened


def current(page: Page) -> Locator:
    return page.locator("li.chat.current")


def test_a_chat_is_whole_again_after_the_page_was_left(page: Page) -> None:
    ask(page, ENGLISH)
    before = page.locator(".statements").all_text_contents()
    page.reload()
    page.locator("li.chat .pick").first.click()
    expect_count(page, "article.turn", 2)
    assert page.locator(".statements").all_text_contents() == before
    page.locator("a.cite").first.click()
    assert page.locator(".source.open mark").count() == 1
    turn = ask(page, ENGLISH)
    expect_count(page, "article.turn", 3)
    assert turn.locator("a.cite").count() > 0


def test_a_chat_can_be_renamed(page: Page, served: Served) -> None:
    current(page).locator("summary").click()
    current(page).get_by_role("button", name="Rename").click()
    page.locator(".retitle input").fill("<b>Mail</b>")
    page.locator(".retitle input").press("Enter")
    page.locator("li.chat.current .pick", has_text="<b>Mail</b>").wait_for()
    assert served.get("/api/chats")[0]["title"] == "<b>Mail</b>"


@pytest.mark.parametrize("kind", ["Markdown", "HTML", "JSON"])
def test_a_chat_is_exported_with_its_quotes(page: Page, served: Served, kind: str, tmp_path: Path) -> None:
    current(page).locator("summary").click()
    with page.expect_download() as download:
        current(page).get_by_role("link", name=f"Export as {kind}").click()
    file = tmp_path / "export"
    download.value.save_as(file)
    assert download.value.suggested_filename.endswith({"Markdown": ".md", "HTML": ".html", "JSON": ".json"}[kind])
    assert served.answer(FRENCH)["citations"][0]["quote"][:20] in file.read_text("utf-8")


def test_a_judgement_is_kept_with_its_reason_and_exported_as_questions(page: Page, tmp_path: Path) -> None:
    thumb = page.locator(".thumb.down")
    thumb.click()
    page.locator(".reason input").fill("Not what I asked")
    page.locator(".reason input").press("Enter")
    page.locator(".judged", has_text="Thank you").wait_for()
    assert thumb.get_attribute("aria-pressed") == "true"
    with page.expect_download() as download:
        page.get_by_role("link", name="Export judgements").click()
    download.value.save_as(tmp_path / "f.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "f.jsonl").read_text("utf-8").splitlines()]
    assert any(row["question"] == FRENCH and "Not what I asked" in json.dumps(row) for row in rows)
    page.reload()
    page.locator("li.chat .pick").first.click()
    assert page.locator(".thumb.down").get_attribute("aria-pressed") == "true"


def test_one_chat_is_deleted_only_once_that_is_confirmed(page: Page, served: Served) -> None:
    before = len(served.get("/api/chats"))
    for name, left in (("Cancel", before), ("Delete", before - 1)):
        current(page).locator("summary").click()
        current(page).get_by_role("button", name="Delete").click()
        page.get_by_role("dialog").get_by_role("button", name=name).click()
        page.wait_for_function(f"fetch('/api/chats').then(r => r.json()).then(all => all.length === {left})")
    expect_count(page, ".welcome", 1)


def test_all_chats_are_deleted_at_once(page: Page, served: Served) -> None:
    page.get_by_role("button", name="Delete all chats").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete all chats").click()
    expect_count(page, "li.chat", 0)
    assert served.get("/api/chats") == []
