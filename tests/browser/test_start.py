"""The page comes before the models: what it shows meanwhile, what it weighs, what it measures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import visiting
from tests.browser.served import ROOT, Served, serving
from tests.browser.visits import ENGLISH, WAIT_MS, Visitor, ask, finished, picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

# When the page first says something of an asked question, and when the answer stands there.
WATCH = """
    window.marks = {};
    addEventListener('keydown', (event) => event.key === 'Enter' && (marks.asked = performance.now()), true);
    new MutationObserver(() => {
        const now = performance.now() - (marks.asked ?? Infinity);
        if (document.querySelector('.near li')) marks.first ??= now;
        if (document.querySelector('.turn.done .statements')) marks.answer ??= now;
    }).observe(document, { childList: true, subtree: true });
"""
WEIGHT = """() => {
    const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    const sum = (some) => some.reduce((total, one) => total + one.decodedBodySize, 0);
    const own = all.filter((one) => one.name.includes('/ui/'));
    const interactive = performance.getEntriesByName('interactive')[0].startTime;
    const weight = { requests: all.length, bytes: sum(all), own_requests: own.length, own_bytes: sum(own) };
    return { ...weight, interactive_ms: interactive };
}"""


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Served]:
    """A server that has just begun: its page answers, its models are not there yet."""
    with serving(ROOT / "corpus", tmp_path / "served") as server:
        yield server


@pytest.fixture
def visitor(browser: Browser, starting: Served) -> Iterator[Visitor]:
    yield from visiting(browser, starting)


def test_the_page_is_usable_while_the_models_load_and_a_question_waits(
    visitor: Visitor, starting: Served, record_property: pytest.RecordProperty
) -> None:
    page = visitor.open(script=WATCH)
    assert starting.get("/api/state")["ready"] is False
    page.locator("#bar .facts[data-ready=no]", has_text="getting ready").wait_for()
    assert "You can ask already" in (page.locator(".hint").text_content() or "")
    picture(page, "getting-ready")
    page.locator("#question").fill(ENGLISH)
    page.locator("#question").press("Enter")
    assert "Waiting for the models" in (page.locator(".turn .working").text_content() or "")
    page.locator(".turn.done").wait_for(timeout=8 * WAIT_MS)
    finished(page.locator(".turn.done"))
    page.locator("#bar .facts[data-ready=yes]").wait_for(timeout=WAIT_MS)
    measured = page.evaluate(WEIGHT)
    page.locator("button.new").click()
    page.evaluate("window.marks = {}")
    ask(page, "Which licence does Nextcloud have?")
    measured |= {f"{name}_ms": page.evaluate(f"marks.{name}") for name in ("first", "answer")}
    record_property("page", json.dumps({name: round(value or 0) for name, value in measured.items()}))
    print(measured)  # noqa: T201
    assert 0 < measured["own_bytes"] < measured["bytes"] < 3_000_000
