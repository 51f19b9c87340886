"""The page: a conversation, example questions and a question box."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from osxp_rag.channels.web import render
from osxp_rag.channels.web.conversation import Step, Turn, steps
from osxp_rag.channels.web.texts import ENGLISH, EXAMPLES_EN, EXAMPLES_FR, Labels, labels
from osxp_rag.errors import OsxpError

if TYPE_CHECKING:
    from osxp_rag.assistant import Assistant

_BEHAVIOUR = Path(__file__).parent / "chat.js"
_LONGEST_QUESTION = 1000
# Two tabs are answered at once; more than this wait for a turn.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of the page that change."""

    top: gr.HTML
    log: gr.HTML
    examples: gr.Row
    buttons: tuple[gr.Button, ...]
    box: gr.Textbox
    ask: gr.Button
    restart: gr.Button


def build_page(assistant: Assistant) -> gr.Blocks:
    """Return the page, which asks the assistant."""
    page = gr.Blocks(title="Open Source Experience 2025", analytics_enabled=False)
    with page:
        parts = _lay_out(_count(assistant))
        _connect(parts, assistant)
        # Counted again for each visit: the index may have been rebuilt.
        _on([page.load], lambda: render.header(_count(assistant)), [], [parts.top])
    page.queue(default_concurrency_limit=_AT_ONCE)
    return page


def _lay_out(documents: int | None) -> _Parts:
    top = gr.HTML(render.header(documents), apply_default_css=False, js_on_load=None)
    log = gr.HTML("", elem_id="conversation", apply_default_css=False, js_on_load=_BEHAVIOUR.read_text("utf-8"))
    with gr.Row(elem_id="examples") as examples:
        buttons = (*_examples("en", "For example", EXAMPLES_EN), *_examples("fr", "Par exemple", EXAMPLES_FR))
    with gr.Column(elem_id="composer"):
        with gr.Row(elem_classes="card"):
            box = _question_box()
            ask = gr.Button(ENGLISH.ask, variant="primary", elem_id="ask", scale=0, min_width=96)
        restart = gr.Button(ENGLISH.restart, size="sm", elem_id="restart", visible=False)
    return _Parts(top, log, examples, buttons, box, ask, restart)


def _examples(language: str, title: str, questions: tuple[str, ...]) -> list[gr.Button]:
    heading = f'<h2 class="examples" lang="{language}">{title}</h2>'
    with gr.Column(elem_classes="questions", min_width=280):
        gr.HTML(heading, apply_default_css=False, js_on_load=None)
        return [gr.Button(question, size="sm", elem_classes="example") for question in questions]


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label=ENGLISH.question,
        placeholder=ENGLISH.placeholder,
        elem_id="question",
        max_lines=4,
        max_length=_LONGEST_QUESTION,
        autofocus=True,
        scale=1,
    )


def _connect(parts: _Parts, assistant: Assistant) -> None:
    turns, language = gr.State(()), gr.State(ENGLISH.language)
    shown = [parts.log, turns, language, parts.box, parts.ask, parts.examples, parts.restart]
    answer = _answering(assistant)
    _on([parts.box.submit, parts.ask.click], answer, [parts.box, turns, language], shown)
    for button in parts.buttons:
        _on([button.click], answer, [button, turns, language], shown)
    _on([parts.restart.click], _restarted, [language], shown)


def _on(triggers: list[Any], call: Callable[..., Any], inputs: list[Any], outputs: list[Any]) -> None:
    gr.on(triggers, call, inputs, outputs, show_progress="hidden", api_visibility="private")


def _answering(assistant: Assistant) -> Callable[[str, tuple[Turn, ...], str], Iterator[tuple[Any, ...]]]:
    """Return the generator that Gradio runs for a question; each item updates every part of the page."""

    def answer(question: str, turns: tuple[Turn, ...], language: str) -> Iterator[tuple[Any, ...]]:
        asked = question.strip()[:_LONGEST_QUESTION]
        if not asked:
            yield (gr.skip(),) * 7
            return
        for index, step in enumerate(steps(assistant, asked, turns, labels(language))):
            if step.turns is None:
                yield _working(step, first=index == 0)
            else:
                yield _finished(step, step.turns)

    return answer


def _working(step: Step, *, first: bool) -> tuple[Any, ...]:
    if not first:
        return (step.html, *(gr.skip(),) * 6)
    hidden = gr.update(visible=False)
    return step.html, gr.skip(), gr.skip(), gr.update(value=""), gr.update(interactive=False), hidden, hidden


def _finished(step: Step, turns: tuple[Turn, ...]) -> tuple[Any, ...]:
    return (step.html, turns, step.words.language, *_worded(step.words), gr.skip(), _restart_button(step.words, True))


def _restarted(language: str) -> tuple[Any, ...]:
    words = labels(language)
    return ("", (), language, *_worded(words), gr.update(visible=True), _restart_button(words, False))


def _worded(words: Labels) -> tuple[Any, Any]:
    box = gr.update(label=words.question, placeholder=words.placeholder)
    return box, gr.update(value=words.ask, interactive=True)


def _restart_button(words: Labels, visible: bool) -> Any:
    return gr.update(value=words.restart, visible=visible)


def _count(assistant: Assistant) -> int | None:
    try:
        return len(assistant.documents())
    except OsxpError:
        # The first question will say what is wrong; the page itself still opens.
        return None
