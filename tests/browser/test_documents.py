"""The documents: a table to search, sort and filter, each to be read in place, and all of them on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.visits import ENGLISH, PHONE, ask, fits

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.served import Served
    from tests.browser.visits import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def table(visitor: Visitor) -> Page:
    """A tab that shows the table."""
    page = visitor.open("/#/browse")
    page.locator("table.documents tbody tr").first.wait_for()
    return page


def titles(page: Page) -> list[str]:
    return page.locator("table.documents tbody th button").all_text_contents()


def test_the_table_lists_every_document(table: Page, served: Served) -> None:
    assert sorted(titles(table)) == sorted(one["title"] for one in served.get("/api/documents"))


def test_the_table_is_searched_without_regard_to_accents_or_case(table: Page) -> None:
    table.locator("#browse-search").fill("FEDERATION apell")
    assert titles(table) == ["APELL, la fédération européenne des entreprises du logiciel libre"]
    assert table.locator("#browse-search").evaluate("node => node === document.activeElement")


def test_the_table_is_filtered_by_track(table: Page, served: Served) -> None:
    table.locator("#browse-track").select_option("cloud")
    assert len(titles(table)) == sum(one["track"] == "cloud" for one in served.get("/api/documents"))


def test_the_table_is_sorted_by_any_column_both_ways(table: Page) -> None:
    head = table.locator('th[data-name="passages"]')
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    counts = [int(one) for one in table.locator("td.passages").all_text_contents()]
    assert counts == sorted(counts, reverse=True)
    assert head.locator("button").evaluate("node => node === document.activeElement")


def test_a_document_is_read_in_place_and_the_way_back_is_the_browsers(table: Page) -> None:
    table.locator("tbody button", has_text="BlueMind").first.click()
    table.locator("article.document h2", has_text="BlueMind").wait_for()
    assert "AGPL" in (table.locator("article.document").text_content() or "")
    table.go_back()
    table.locator("table.documents").wait_for()


def test_a_quote_is_read_in_its_document(visitor: Visitor, served: Served) -> None:
    page = visitor.open()
    ask(page, ENGLISH)
    page.locator(".source .links button").first.click()
    mark = page.locator("article.document mark")
    mark.wait_for()
    assert mark.text_content() == served.answer(ENGLISH)["citations"][0]["quote"]
    page.get_by_role("button", name="Back", exact=True).click()
    page.locator("article.turn").wait_for()


def test_a_document_can_be_asked_alone(table: Page) -> None:
    table.locator("tbody button", has_text="BlueMind").first.click()
    table.get_by_role("button", name="Ask this document").click()
    assert table.locator(".chip").all_text_contents() == ["Document: talks/bluemind.md×"]
    assert table.locator("#question").evaluate("node => node === document.activeElement")


def test_a_document_that_is_not_there_is_told(visitor: Visitor) -> None:
    page = visitor.open("/#/document/no%2Fsuch.md", locale="fr-FR")
    assert "Ce document n'existe pas" in (page.locator("#view-browse [role=alert]").text_content() or "")
    visitor.complaints.clear()  # the browser's own word on the 404


def test_the_map_shows_every_document_in_the_colour_of_its_track(visitor: Visitor, served: Served) -> None:
    page = visitor.open("/#/map")
    page.locator(".map .dot").first.wait_for()
    documents = served.get("/api/documents")
    assert page.locator(".map .dot").count() == len(documents)
    assert page.locator(".legend li").count() == len({one["track"] for one in documents})
    page.locator(".map .dot", has=page.locator("title", has_text="BlueMind")).click()
    page.locator("article.document h2", has_text="BlueMind").wait_for()


def test_the_map_is_walked_with_the_arrow_keys(visitor: Visitor) -> None:
    page = visitor.open("/#/map")
    page.locator(".map .dot").first.focus()
    label = "document.activeElement.getAttribute('aria-label')"
    place = "document.activeElement.getBoundingClientRect().x"
    before, left = page.evaluate(label), page.evaluate(place)
    key, sign = ("ArrowLeft", -1) if left > 700 else ("ArrowRight", 1)
    page.keyboard.press(key)
    assert page.evaluate(label) != before
    assert sign * (page.evaluate(place) - left) > 0
    name = page.evaluate(label).rpartition(", ")[0]
    assert name in (page.locator(".pointed").text_content() or "")
    page.keyboard.press("Enter")
    assert page.locator("article.document h2").text_content() == name


def test_the_map_is_a_list_too(visitor: Visitor, served: Served) -> None:
    page = visitor.open("/#/map", viewport=PHONE)
    page.locator(".aslist summary").click()
    assert page.locator(".aslist li").count() == len(served.get("/api/documents"))
    assert fits(page)
    page.locator(".aslist button").first.click()
    page.locator("article.document").wait_for()


def test_the_tabs_are_walked_with_the_arrow_keys(visitor: Visitor) -> None:
    page = visitor.open()
    page.locator("#tab-chat").focus()
    page.keyboard.press("ArrowRight")
    page.locator("table.documents").wait_for()
    assert page.locator("#tab-browse").get_attribute("aria-selected") == "true"
    assert page.locator("#tab-admin").count() == 0
