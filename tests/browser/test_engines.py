"""Who phrases the answers, chosen in the page: what is found, what is typed, what fails; a small corpus."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import visiting
from tests.browser.served import Served, serving
from tests.browser.visits import DESKTOP, PHONE, WAIT_MS, Visitor, ask, barriers, finished, fits, picture
from tests.conftest import FILES, write_corpus
from tests.faulty import Server, faulty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

QUESTION, FRENCH = "What is Heron?", "Sous quelle licence est publié Loutre ?"
FIRST, SECOND = "Heron is a free mail server written in Rust [1].\n", "Heron is made of cheese from Wisconsin [1].\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over the small corpus, ready."""
    folder = tmp_path_factory.mktemp("engines")
    with serving(write_corpus(folder / "corpus", FILES), folder) as server:
        yield server.wait()


@pytest.fixture
def visitor(browser: Browser, small: Served) -> Iterator[Visitor]:
    yield from visiting(browser, small)


@pytest.fixture
def model() -> Iterator[Server]:
    """A language model's server: it says something true, and once it may go on something that is not."""
    with faulty("says") as server:
        server.sayings = [FIRST, SECOND]
        yield server


def closed_port() -> int:
    with contextlib.closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def menu(page: Page) -> Page:
    """Open the dialog, and wait until it has looked."""
    page.locator("button.engine").click()
    page.locator("#engine-name").wait_for(timeout=WAIT_MS)
    return page


def remembering(engine: str) -> str:
    return f"localStorage.setItem('osxp-engine', '{engine}')"


def test_a_typed_model_is_checked_chosen_and_remembered_and_phrases_by_and_by(visitor: Visitor, model: Server) -> None:
    engine = f"openai:small@{model.url}/v1"
    page = menu(visitor.open())
    page.locator("#engine-name").fill(engine)
    page.locator("#engine-name").press("Enter")
    page.locator(".naming .said", has_text="is used from the next question on").wait_for(timeout=WAIT_MS)
    assert page.locator(".offer input:checked").get_attribute("value") == engine
    page.locator(".enginedialog button.primary").click()
    page.reload()
    page.locator("#osxp[data-ready]").wait_for()
    assert "phrased by openai:small▾" in (page.locator("button.engine").text_content() or "")
    page.locator("#question").fill(QUESTION)
    page.locator("#question").press("Enter")
    page.locator(".turn.waiting .statements p", has_text="free mail server").wait_for(timeout=WAIT_MS)
    assert "checked before it is shown" in (page.locator(".turn .working").text_content() or "")
    picture(page, "engine-streaming")
    model.go_on.set()
    turn = finished(page.locator("article.turn"))
    made = turn.locator(".made[role=note]").text_content() or ""
    assert "Phrased by openai:small, each sentence checked against its source." in made
    assert "left out" in made
    assert "cheese" not in (page.locator("body").text_content() or "")
    assert "Phrased by openai:small" in (page.locator("#announcer").text_content() or "")


def test_a_question_can_be_stopped_while_a_model_speaks(visitor: Visitor, model: Server) -> None:
    page = visitor.open(script=remembering(f"ollama:small@{model.url}"))
    page.locator("#question").fill(QUESTION)
    page.locator("#question").press("Enter")
    page.locator(".turn.waiting .statements p").wait_for(timeout=WAIT_MS)
    page.locator(".act.stop").click()
    page.locator(".turn.stopped .notice").wait_for()
    assert page.locator(".turn .statements").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "viewport"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_a_model_that_is_down_gives_way_to_the_documents_words_with_a_notice(
    visitor: Visitor, size: str, viewport: dict[str, int], scheme: str
) -> None:
    french = scheme == "dark"
    engine = f"openai:small@http://127.0.0.1:{closed_port()}/v1"
    locale = "fr-FR" if french else "en-GB"
    page = visitor.open(script=remembering(engine), viewport=viewport, color_scheme=scheme, locale=locale)
    turn = ask(page, FRENCH if french else QUESTION)
    said = turn.locator(".made").text_content() or ""
    assert ("Le modèle de langue est injoignable" if french else "The language model cannot be reached") in said
    assert turn.locator("a.cite").count() >= 1
    picture(page, f"engine-down-{size}-{scheme}")
    assert page.locator(".composer .card").evaluate("node => node.getBoundingClientRect().right <= innerWidth")
    found = barriers(page)
    menu(page).locator(".offer", has_text=engine).locator(".advice", has_text="Start the server").wait_for()
    picture(page, f"engine-menu-{size}-{scheme}")
    assert (found + barriers(page), fits(page)) == ([], True)


def test_the_keyboard_alone_chooses(visitor: Visitor) -> None:
    page = visitor.open(script=remembering(f"ollama:none@http://127.0.0.1:{closed_port()}"))
    page.locator("#question").press("Shift+Enter")
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.engine')"):
            break
    page.keyboard.press("Enter")
    page.locator("#engine-name").wait_for(timeout=WAIT_MS)
    page.locator(".offer input:checked").focus()
    page.keyboard.press("ArrowUp")
    assert page.locator(".offer input:checked").get_attribute("value") == "quotes"
    assert page.evaluate("localStorage.getItem('osxp-engine')") is None
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached", timeout=WAIT_MS)
    page.wait_for_function("document.activeElement.matches('button.engine')", timeout=WAIT_MS)
    assert "own words" in (page.locator("button.engine").text_content() or "")


def test_a_name_that_is_none_is_refused_in_words(visitor: Visitor) -> None:
    page = menu(visitor.open(locale="fr-FR"))
    page.locator("#engine-name").fill("openai:m@http://192.0.2.1/v1")
    page.locator("#engine-name").press("Enter")
    page.locator(".naming .trouble").wait_for(timeout=WAIT_MS)
    assert "allow_network" in (page.locator(".naming .said").text_content() or "")
    assert page.evaluate("localStorage.getItem('osxp-engine')") is None
    visitor.complaints.clear()  # the browser's own word on the refusal
