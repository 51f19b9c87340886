"""A conversation as Markdown, and an answer as plain text for the clipboard. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from osxp_rag.answering.answer import Answer, flat
from osxp_rag.channels.chats import shown
from osxp_rag.channels.chats.records import Chat, Turn
from osxp_rag.channels.chats.shown import Shown
from osxp_rag.channels.chats.texts import Labels, labels
from osxp_rag.channels.markup import code, inline
from osxp_rag.corpus.document import PATH_SEPARATOR


def markdown(chat: Chat) -> str:
    """Return a chat as Markdown: whatever comes from questions and documents is shown as it is."""
    words = labels(chat.language)
    parts = [f"# {inline(chat.title)}", f"*{words.about.format(shown.day(chat.created))}*"]
    for turn in chat.turns:
        parts += _turn(turn)
    return "\n\n".join(parts) + "\n"


def answer_text(answer: Mapping[str, Any], language: str) -> str:
    """Return an answer (JSON types) with its sources as plain text, to be pasted anywhere."""
    words, made = labels(language), shown.answer_of(answer)
    quoted = [_plain_source(one, words) for one in shown.sources(made, words)]
    near = [f"- {one.title} ({one.document})" for one in made.nearest] if not made.answered else []
    heading = words.sources if quoted else words.nearest
    listed = "\n".join([f"{heading}{words.colon}", *(quoted or near)]) if quoted or near else ""
    parts = (flat(made.question).strip(), made.text, *shown.made(made, words), listed)
    return "\n\n".join(part for part in parts if part) + "\n"


def _turn(turn: Turn) -> Iterator[str]:
    answer, words = shown.answer_of(turn.answer), labels(turn.language)
    yield f"## {inline(turn.question)}"
    if chosen := shown.filters(turn, words):
        yield f"*{inline(chosen)}*"
    yield _statements(answer)
    yield from (f"*{inline(line)}*" for line in shown.made(answer, words))
    if answer.answered:
        yield f"*{shown.confidence(answer, words)}*"
        yield f"**{words.sources}**"
        yield "\n".join(_source(one, words) for one in shown.sources(answer, words))
    elif answer.nearest:
        yield f"**{words.nearest}**"
        yield "\n".join(f"- {inline(one.title)} ({code(one.document)})" for one in answer.nearest)


def _statements(answer: Answer) -> str:
    """Return the text line by line: items of a list stay items, the direct answer is bold."""
    if answer.emphasis:
        start, end = answer.emphasis
        before, direct, after = answer.text[:start], answer.text[start:end], answer.text[end:]
        return f"{_escaped(before)}**{inline(direct)}**{_escaped(after)}"
    lines = answer.text.splitlines()
    listed = [f"- {inline(line[2:])}" if line.startswith("- ") else inline(line) for line in lines]
    return "\n".join(f"{line}\n" if not line.startswith("- ") else line for line in listed).strip()


def _escaped(text: str) -> str:
    """Return a text escaped, with the spaces at its ends."""
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{lead}{inline(text)}{trail}" if text.strip() else text


def _source(one: Shown, words: Labels) -> str:
    before, after = words.quotes
    name = f"**{inline(one.title)}**" + (f"{PATH_SEPARATOR}{inline(one.section)}" if one.section else "")
    link = f" <{one.url}>" if one.url else ""
    mark = f"{one.id}. "
    return f"{mark}{name} ({code(one.file)}){link}\n{' ' * len(mark)}> {before}{inline(one.quote)}{after}"


def _plain_source(one: Shown, words: Labels) -> str:
    before, after = words.quotes
    name = f"{one.title}{PATH_SEPARATOR}{one.section}" if one.section else one.title
    return f"[{one.id}] {name} ({one.file}){f' {one.url}' if one.url else ''}\n    {before}{flat(one.quote)}{after}"
