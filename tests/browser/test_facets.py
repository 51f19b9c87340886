"""Filters: what they count, what they do to the next question, how they go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.visits import ENGLISH, ask, expect_count

if TYPE_CHECKING:
    from tests.browser.served import Served
    from tests.browser.visits import Visitor

pytestmark = pytest.mark.browser


def test_each_facet_counts_its_documents(visitor: Visitor, served: Served) -> None:
    page = visitor.open()
    page.locator(".facet").first.wait_for()
    documents = served.get("/api/documents")
    for key, name in (("kind", "kind"), ("track", "track"), ("lang", "lang")):
        for box in page.locator(f".facet input[data-key={key}]").all():
            value = box.get_attribute("data-value")
            row = box.locator("xpath=..")
            held = sum(one[name] == value for one in documents)
            assert row.locator(".count").text_content() == str(held) != "0"
    matrix = page.locator('.facet input[data-value="Matrix"]').locator("xpath=..").locator(".count")
    assert matrix.text_content() == str(sum("Matrix" in one["technologies"] for one in documents))


def test_a_filter_applies_to_the_next_question_as_on_the_command_line(visitor: Visitor) -> None:
    page = visitor.open()
    page.locator('.facet input[data-value="cybersecurity"]').check()
    assert page.locator(".chip").all_text_contents() == ["Track: Cybersecurity×"]
    with page.expect_request("**/api/ask") as asked:
        turn = ask(page, ENGLISH)
    assert asked.value.post_data_json["filters"] == {"track": "cybersecurity"}
    assert "Within Track: Cybersecurity" in (turn.text_content() or "")
    assert turn.locator(".refusal .examples button").first.text_content() == "The same, without filters"


def test_a_facet_has_one_value_at_a_time_and_its_chip_takes_it_away(visitor: Visitor) -> None:
    page = visitor.open()
    page.locator('.facet input[data-value="cloud"]').check()
    page.locator('.facet input[data-value="ai"]').check()
    assert not page.locator('.facet input[data-value="cloud"]').is_checked()
    page.locator('.facet input[data-value="en"]').check()
    expect_count(page, ".chip", 2)
    page.locator(".chip", has_text="AI and data").click()
    expect_count(page, ".chip", 1)
    assert not page.locator('.facet input[data-value="ai"]').is_checked()
    assert page.locator(".chip").get_attribute("aria-label") == "Remove the filter Language: English"
