"""Answers as HTML: pure functions that escape everything they are given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from osxp_rag.answering.texts import confidence_level, place
from osxp_rag.channels.web.texts import ENGLISH, Labels, labels

if TYPE_CHECKING:
    from osxp_rag.answering.answer import Answer, Citation
    from osxp_rag.assistant import Context

_MARKER = re.compile(r"\s*\[(\d{1,3})\]")
_FRAMES = 12
_NO_REFUSALS = ("small_talk", "underspecified")  # these are said in return, not refused


def waiting(number: int, question: str, words: Labels) -> str:
    """Return a turn whose answer is still being made."""
    return _turn(number, question, words.language, f'<p class="working" role="status">{escape(words.working)}</p>')


def trouble(number: int, question: str, message: str, words: Labels) -> str:
    """Return a turn that failed, with a message that says what to do."""
    body = f"<h3>{escape(words.trouble)}</h3>{_paragraphs(message)}"
    return _turn(number, question, words.language, f'<div class="notice trouble" role="alert">{body}</div>')


def partial(number: int, answer: Answer, text: str) -> str:
    """Return a turn that shows the first part of an answer's text."""
    return _turn(number, answer.question, answer.language, _statements(number, answer, text))


def complete(number: int, answer: Answer, contexts: Mapping[int, Context | None]) -> str:
    """Return a turn that shows a whole answer; contexts are by citation number."""
    words = labels(answer.language)
    if not answer.answered:
        return _turn(number, answer.question, answer.language, _refusal(answer, words))
    quotes = "".join(_source(number, citation, contexts.get(citation.id), words) for citation in answer.citations)
    sources = f'<section class="sources"><h3>{escape(words.quotes)}</h3>{quotes}</section>'
    body = _statements(number, answer, answer.text) + _confidence(answer, words) + sources
    return _turn(number, answer.question, answer.language, body)


def frames(text: str) -> list[str]:
    """Return a few growing beginnings of a text, cut between words; the last one is the text."""
    ends = [match.end() for match in re.finditer(r"\S+\s*", text)]
    count = min(_FRAMES, len(ends))
    return [text[: ends[len(ends) * step // count - 1]] for step in range(1, count)] + [text]


def header(documents: int | None) -> str:
    """Return the top of the page; the number of documents is left out when unknown."""
    held = {None: "the documents", 1: "one document"}.get(documents, f"{documents} documents")
    line = f'Answers in the exact words of <strong class="documents">{held}</strong>. Nothing leaves this machine.'
    return f'<header class="top"><h1>Open Source Experience 2025</h1><p>{line}</p></header>'


def _turn(number: int, question: str, language: str, body: str) -> str:
    asked = f'<h2 class="question">{escape(question)}</h2>'
    code = language if language.isalpha() else ENGLISH.language
    return f'<article class="turn" id="t{number}" lang="{code}">{asked}<div class="answer">{body}</div></article>'


def _statements(number: int, answer: Answer, text: str) -> str:
    known = {citation.id for citation in answer.citations}
    lines = [line for line in text.splitlines() if line.strip()]
    if answer.emphasis and text == answer.text:
        return f'<div class="statements"><p>{_emphasised(number, answer, known)}</p></div>'
    blocks = [
        _block(listed, [_marked(number, line.removeprefix("- "), known, answer.language) for line in group])
        for listed, group in groupby(lines, key=lambda line: line.startswith("- "))
    ]
    return f'<div class="statements">{"".join(blocks)}</div>'


def _emphasised(number: int, answer: Answer, known: set[int]) -> str:
    """Return the one statement of a factual question with the direct answer in bold."""
    start, end = answer.emphasis or (0, 0)
    before, after = (_marked(number, part, known, answer.language) for part in (answer.text[:start], answer.text[end:]))
    return f"{before}<strong>{escape(answer.text[start:end])}</strong>{after}"


def _block(listed: bool, statements: list[str]) -> str:
    if listed:
        return f"<ul>{''.join(f'<li>{statement}</li>' for statement in statements)}</ul>"
    return "".join(f"<p>{statement}</p>" for statement in statements)


def _marked(number: int, line: str, known: set[int], language: str) -> str:
    return "".join(_pieces(number, line, known, labels(language)))


def _pieces(number: int, line: str, known: set[int], words: Labels) -> Iterator[str]:
    """Yield the line's escaped text with a link for each citation; other brackets are text."""
    done = 0
    for match in _MARKER.finditer(line):
        if (cited := int(match[1])) in known:
            label = escape(words.marker.format(cited))
            yield escape(line[done : match.start()])
            # A no-break joiner keeps the marker on the line of the word that it follows.
            yield f'&#8288;<a class="cite" href="#t{number}-c{cited}" aria-label="{label}">{cited}</a>'
            done = match.end()
    yield escape(line[done:])


def _source(number: int, citation: Citation, context: Context | None, words: Labels) -> str:
    before, after = (context.before, context.after) if context else ("", "")
    section = f'<span class="section">{escape(citation.section)}</span>' if citation.section else ""
    title = f'<span class="names"><span class="title">{escape(citation.title)}</span>{section}</span>'
    passage = f"{escape(before)}<mark>{escape(citation.quote)}</mark>{escape(after)}"
    return (
        f'<details class="source" id="t{number}-c{citation.id}">'
        f'<summary><span class="number">{citation.id}</span>{title}</summary>'
        f"<blockquote>{passage}</blockquote>{_origin(citation, words)}</details>"
    )


def _origin(citation: Citation, words: Labels) -> str:
    where = place(citation.page, citation.page_unit, words.language)
    page = f", {escape(where)}" if where else ""
    path = f'<span class="path">{escape(citation.document)}{page}</span>'
    if citation.also:
        path += f' <span class="path also">{escape(words.also.format(", ".join(citation.also)))}</span>'
    link = ""
    if citation.url and _safe(citation.url):
        target = 'target="_blank" rel="noopener noreferrer"'
        link = f'<a class="link" href="{escape(citation.url)}" {target}>{escape(words.source)}</a>'
    return f'<p class="origin">{path}{link}</p>'


def _safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _confidence(answer: Answer, words: Labels) -> str:
    share = round(100 * min(1.0, max(0.0, answer.confidence)))
    bar = f'<span class="bar" aria-hidden="true"><span style="width: {share}%"></span></span>'
    total = answer.timings_ms.get("total")
    time = "" if total is None else f'<span class="time">{escape(words.seconds.format(total / 1000))}</span>'
    said = words.confidence.format(confidence_level(answer.confidence, words.language))
    level = f'<span class="level">{escape(said)}</span>'
    return f'<p class="confidence">{level}{bar}<span class="share">{escape(words.share.format(share))}</span>{time}</p>'


def _refusal(answer: Answer, words: Labels) -> str:
    heading = "" if answer.reason in _NO_REFUSALS else f"<h3>{escape(words.refusal)}</h3>"
    body = f"{heading}{_paragraphs(answer.text)}"
    if answer.nearest:
        near = "".join(
            f'<li><span class="title">{escape(one.title)}</span> <span class="path">{escape(one.document)}</span></li>'
            for one in answer.nearest
        )
        body += f'<h4>{escape(words.nearest)}</h4><ul class="nearest">{near}</ul>'
    return f'<div class="notice refusal" role="note">{body}</div>'


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
