"""Why this answer: the page shows the figures that the answer was made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from osxp_rag.answering.gate import load_gate
from osxp_rag.settings import Settings
from tests.browser.visits import ENGLISH, UNANSWERABLE, WAIT_MS, ask

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.served import Served
    from tests.browser.visits import Visitor

THRESHOLD = f"{Settings().threshold:.0%}"

pytestmark = pytest.mark.browser


def opened(page: Page, question: str) -> Locator:
    turn = ask(page, question)
    button = turn.locator(".whybutton")
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    turn.locator(".why .gauge").wait_for(timeout=WAIT_MS)
    return turn.locator(".why")


def test_the_passages_considered_are_shown_with_every_score(visitor: Visitor, served: Served) -> None:
    why = opened(visitor.open(), ENGLISH)
    considered = served.answer(ENGLISH)["considered"]
    rows = why.locator(".scores tbody tr")
    assert rows.count() == len(considered) > 3
    for number in (0, len(considered) - 1):
        cells = rows.nth(number).locator(".value").all_text_contents()
        one = considered[number]
        shown = [float(cell.rstrip("%")) for cell in cells]
        # A half may be rounded either way: the page's numbers are decimal, Python's binary.
        assert shown[0] == pytest.approx(one["dense"], abs=0.00051)
        assert shown[1] == pytest.approx(one["lexical"], abs=0.051)
        assert shown[2] == pytest.approx(one["score"], abs=0.0051)
        assert shown[3] == pytest.approx(100 * one["answerable"], abs=0.51)


def test_the_words_that_met_are_named_with_their_part(visitor: Visitor) -> None:
    why = opened(visitor.open(), ENGLISH)
    assert why.locator(".terms", has_text="vmware 2").count() >= 1


def test_the_probability_stands_against_the_threshold(visitor: Visitor, served: Served) -> None:
    why = opened(visitor.open(), ENGLISH)
    share = f"{served.answer(ENGLISH)['confidence']:.0%}"
    gauge = why.locator(".gauge.passed")
    assert gauge.get_attribute("aria-label") == f"{share}. threshold {THRESHOLD}."
    said = why.text_content() or ""
    assert f"estimated at {share}. That is at least the threshold of {THRESHOLD}" in said
    assert why.locator(".moves tr").count() == len(load_gate().weights)


def test_the_passages_that_are_quoted_bear_their_numbers(visitor: Visitor, served: Served) -> None:
    page = visitor.open()
    why = opened(page, ENGLISH)
    first = why.locator("tr.cited").first
    label = first.locator(".number").first.get_attribute("aria-label") or ""
    quoted = {f"Quoted as source {one['id']}": one["title"] for one in served.answer(ENGLISH)["citations"]}
    assert label in quoted
    first.locator("button").click()
    assert page.locator("article.document h2").text_content() == quoted[label]


def test_a_refusal_is_explained_too(visitor: Visitor) -> None:
    why = opened(visitor.open(), UNANSWERABLE)
    assert why.locator(".gauge.failed").count() == 1
    assert "below the threshold" in (why.text_content() or "")
