"""A kept answer made ready to be written down: what every export says of it, in its order. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from osxp_rag.answering.answer import Answer, Choice, Citation, Considered, Direct, Nearest, Notice
from osxp_rag.answering.texts import confidence_level, place
from osxp_rag.channels.chats.records import Turn
from osxp_rag.channels.chats.texts import Labels
from osxp_rag.channels.markup import web_address
from osxp_rag.corpus.document import PATH_SEPARATOR
from osxp_rag.settings import QUOTES


@dataclass(frozen=True, slots=True)
class Shown:
    """A source in words: its number, title, section and page on one line, its words, its file, its address."""

    id: int
    title: str
    section: str
    quote: str
    file: str
    url: str | None


def answer_of(values: Mapping[str, Any]) -> Answer:
    """Return the answer that was kept as JSON types; keys of a later version are passed over."""
    parts = {
        "citations": tuple(_made(Citation, one, also=tuple(one.get("also", ()))) for one in values["citations"]),
        "nearest": tuple(_made(Nearest, one) for one in values["nearest"]),
        "considered": tuple(_made(Considered, one) for one in values.get("considered", ())),
        "choices": tuple(_made(Choice, one) for one in values.get("choices", ())),
        "notices": tuple(_made(Notice, one) for one in values.get("notices", ())),
        "direct": _made(Direct, values["direct"]) if values.get("direct") else None,
    }
    made: Answer = _made(Answer, values, **parts)
    return made


def sources(answer: Answer, words: Labels) -> tuple[Shown, ...]:
    """Return the sources of an answer, in the order of their numbers."""
    return tuple(_shown(citation, words) for citation in answer.citations)


def confidence(answer: Answer, words: Labels) -> str:
    """Return how sure an answer is, in words."""
    level = confidence_level(answer.confidence, words.language)
    return words.confidence.format(level, round(100 * answer.confidence))


def made(answer: Answer, words: Labels) -> tuple[str, ...]:
    """Return how an answer was made, line by line: nothing where it is but the documents' own words."""
    phrased = () if answer.engine == QUOTES else (words.phrased.format(answer.engine),)
    return (*phrased, *(notice.text for notice in answer.notices))


def filters(turn: Turn, words: Labels) -> str:
    """Return the filters that a question was asked with, in words; nothing where there were none."""
    given = ", ".join(f"{key} = {value}" for key, value in sorted(turn.filters.items()))
    return words.filters.format(given) if given else ""


def day(moment: str) -> str:
    """Return the day and the minute of a moment in ISO 8601."""
    return f"{moment[:10]} {moment[11:16]} UTC"


def _shown(citation: Citation, words: Labels) -> Shown:
    parts = [part for part in citation.section.split(PATH_SEPARATOR) if part]
    section = PATH_SEPARATOR.join(parts[1:] if parts[:1] == [citation.title] else parts)
    page = place(citation.page, citation.page_unit, words.language)
    also = words.also.format(", ".join(citation.also)) if citation.also else ""
    file = ", ".join(part for part in (citation.document, page, also) if part)
    return Shown(citation.id, citation.title, section, citation.quote, file, web_address(citation.url))


def _made(kind: Any, values: Mapping[str, Any], **more: Any) -> Any:
    known = {field.name for field in fields(kind)}
    return kind(**{key: value for key, value in {**values, **more}.items() if key in known})
