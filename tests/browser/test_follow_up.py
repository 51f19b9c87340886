"""A conversation in the page: a follow-up, a question back, small talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.visits import ask, finished

if TYPE_CHECKING:
    from tests.browser.visits import Visitor

pytestmark = pytest.mark.browser


def test_a_follow_up_shows_what_it_was_understood_as(visitor: Visitor) -> None:
    page = visitor.open()
    ask(page, "What is CryptPad?")
    turn = ask(page, "who develops it?")
    assert "CryptPad" in (turn.locator(".asked .within").text_content() or "")
    assert turn.locator(".statements").count() == 1


def test_a_question_that_says_too_little_is_asked_back_with_choices(visitor: Visitor) -> None:
    page = visitor.open()
    choices = ask(page, "When is it?").locator(".choices button")
    assert 2 <= choices.count() <= 4
    choices.first.click()
    chosen = finished(page.locator("article.turn").nth(1))
    assert len(chosen.locator(".question").text_content() or "") > len("When is it?")


def test_thanks_are_answered_in_their_language_without_a_quote(visitor: Visitor) -> None:
    turn = ask(visitor.open(), "merci !")
    assert turn.locator(".refusal, .statements").count() == 0
    assert turn.locator(".answer").get_attribute("lang") == "fr"
