"""Answers and hits on a terminal. Whatever comes from documents or users goes in as plain `Text`, never as markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from osxp_rag.answering.answer import Answer
from osxp_rag.answering.phrasing.events import Event, Released
from osxp_rag.answering.texts import confidence_level, place
from osxp_rag.channels.terminal import plain
from osxp_rag.corpus.document import PATH_SEPARATOR

if TYPE_CHECKING:
    from rich.console import Console

    from osxp_rag.answering.answer import Citation
    from osxp_rag.retrieval.hit import Hit


@dataclass(frozen=True, slots=True)
class Labels:
    """The words beside the documents' own, in one language."""

    language: str
    nearest: str
    also: str
    quotes: tuple[str, str]
    confidence: str
    condensed: str


ENGLISH = Labels(
    language="en",
    nearest="The nearest documents:",
    also="also: {}",
    quotes=("“", "”"),
    confidence="Confidence: {} ({}%)",
    condensed="Understood as: {}",
)
FRENCH = Labels(
    language="fr",
    nearest="Les documents les plus proches\N{NO-BREAK SPACE}:",
    also="aussi\N{NO-BREAK SPACE}: {}",
    quotes=("«\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}»"),
    confidence="Confiance\N{NO-BREAK SPACE}: {} ({}\N{NO-BREAK SPACE}%)",
    condensed="Compris comme\N{NO-BREAK SPACE}: {}",
)


def show_answer(console: Console, answer: Answer) -> None:
    """Print an answer with its numbered quotes, or a refusal with the nearest documents."""
    words = FRENCH if answer.language == "fr" else ENGLISH
    if answer.condensed:
        _lines(console, words.condensed.format(answer.condensed), "dim", indent=0)
    if not answer.answered:
        _show_refusal(console, answer, words)
        return
    _lines(console, answer.text, indent=0, bold=answer.emphasis)
    _show_grounds(console, answer, words)


def show_stream(console: Console, events: Iterator[Event]) -> Answer:
    """Print an answer line by line as it is let out, then what `show_answer` prints below its text; return it."""
    shown = False
    for event in events:
        if isinstance(event, Released):
            _lines(console, event.text, indent=0)
            shown = True
        elif isinstance(event, Answer):
            words = FRENCH if event.language == "fr" else ENGLISH
            (_show_grounds if shown else _show_refusal)(console, event, words)
            return event
    raise AssertionError("no answer at the end of the stream")


def _show_grounds(console: Console, answer: Answer, words: Labels) -> None:
    """Print the quotes, the notices and the confidence."""
    for citation in answer.citations:
        console.print()
        _show_citation(console, citation, words)
    console.print()
    for notice in answer.notices:
        _lines(console, notice.text, "yellow", indent=0)
    console.print(Text(confidence(answer.confidence, words), style="dim"))


def show_hits(console: Console, hits: Sequence[Hit]) -> None:
    """Print passages with the scores that placed them, best first."""
    if not hits:
        console.print("No passage found.")
    for rank, hit in enumerate(hits, 1):
        if rank > 1:
            console.print()
        passage = hit.passage
        scores = (
            f"{hit.score:.3f} = dense {hit.dense:.3f} → {hit.dense_norm:.2f}, "
            f"lexical {hit.lexical:.2f} → {hit.lexical_norm:.2f}"
        )
        console.print(_heading(rank, hit.metadata.title, passage.section))
        _lines(console, f"{passage.document} [{passage.start}:{passage.end}]   {scores}", "dim")
        _lines(console, passage.text)


def confidence(probability: float, words: Labels) -> str:
    """Return a probability from 0 to 1 in words."""
    return words.confidence.format(confidence_level(probability, words.language), round(100 * probability))


def _show_refusal(console: Console, answer: Answer, words: Labels) -> None:
    _lines(console, answer.text, "bold yellow", indent=0)
    if answer.nearest:
        console.print()
        console.print(Text(words.nearest))
        for near in answer.nearest:
            _lines(console, f"- {near.title} ({near.document})", indent=0)


def _show_citation(console: Console, citation: Citation, words: Labels) -> None:
    before, after = words.quotes
    page = place(citation.page, citation.page_unit, words.language)
    console.print(_heading(citation.id, citation.title, citation.section))
    _lines(console, f"{before}{citation.quote}{after}", "italic")
    _lines(console, f"{citation.document}, {page}" if page else citation.document, "dim")
    if citation.also:
        _lines(console, words.also.format(", ".join(citation.also)), "dim")
    if citation.url:
        _lines(console, citation.url, "dim")


def _heading(number: int, title: str, section: str) -> Text:
    """Return `[1] title › section`; a section that starts with the title is not told twice."""
    parts = [part for part in section.split(PATH_SEPARATOR) if part]
    parts = parts[1:] if parts[:1] == [title] else parts
    heading = Text(f"[{number}] ", style="cyan").append(plain(title), style="bold")
    return heading.append(plain("".join(f"{PATH_SEPARATOR}{part}" for part in parts)), style="none")


def _lines(console: Console, text: str, style: str = "", indent: int = 4, bold: tuple[int, int] | None = None) -> None:
    """Print text within the console's width; what follows in a list item stands below its words.

    `bold` gives the place of words in the first line that stand out.
    """
    for row, line in enumerate(plain(text).split("\n")):
        hang = 2 if line.startswith("- ") else 0
        shown = Text(line, style=style)
        if bold and row == 0:
            shown.stylize("bold", *bold)
        for number, part in enumerate(shown.wrap(console, console.width - indent - hang)):
            part.rstrip()
            console.print(Text(" " * (indent + (hang if number else 0))).append_text(part) if part else "")
