"""Answers and hits on a terminal. Whatever comes from documents or users goes in as plain `Text`, never as markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from osxp_rag.channels.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console

    from osxp_rag.answering.answer import Answer, Citation
    from osxp_rag.retrieval.hit import Hit


@dataclass(frozen=True, slots=True)
class Labels:
    """The words beside the documents' own; `levels` are for a high, a fair and a low confidence."""

    refusal: str
    nearest: str
    page: str
    quotes: tuple[str, str]
    confidence: str
    levels: tuple[str, str, str]


ENGLISH = Labels(
    refusal="No answer in the documents",
    nearest="The nearest documents:",
    page="page {}",
    quotes=("“", "”"),
    confidence="Confidence: {} ({}%)",
    levels=("high", "fair", "low"),
)
FRENCH = Labels(
    refusal="Pas de réponse dans les documents",
    nearest="Les documents les plus proches\N{NO-BREAK SPACE}:",
    page="page {}",
    quotes=("«\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}»"),
    confidence="Confiance\N{NO-BREAK SPACE}: {} ({}\N{NO-BREAK SPACE}%)",
    levels=("élevée", "moyenne", "faible"),
)


def show_answer(console: Console, answer: Answer) -> None:
    """Print an answer with its numbered quotes, or a refusal with the nearest documents."""
    words = FRENCH if answer.language == "fr" else ENGLISH
    if not answer.answered:
        _show_refusal(console, answer, words)
        return
    console.print(Text(plain(answer.text)))
    for citation in answer.citations:
        console.print()
        _show_citation(console, citation, words)
    console.print()
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
        _indented(console, f"{passage.document} [{passage.start}:{passage.end}]   {scores}", "dim")
        _indented(console, passage.text)


def confidence(probability: float, words: Labels) -> str:
    """Return a probability from 0 to 1 in words."""
    high, fair, low = words.levels
    level = high if probability >= 0.85 else fair if probability >= 0.65 else low
    return words.confidence.format(level, round(100 * probability))


def _show_refusal(console: Console, answer: Answer, words: Labels) -> None:
    console.print(Text(words.refusal, style="bold yellow"))
    console.print(Text(plain(answer.text)))
    if answer.nearest:
        console.print()
        console.print(Text(words.nearest))
        for near in answer.nearest:
            console.print(Padding(_joined([near.title, near.document]), (0, 0, 0, 2), expand=False))


def _show_citation(console: Console, citation: Citation, words: Labels) -> None:
    before, after = words.quotes
    page = f", {words.page.format(citation.page)}" if citation.page else ""
    console.print(_heading(citation.id, citation.title, citation.section))
    _indented(console, f"{before}{citation.quote}{after}", "italic")
    _indented(console, f"{citation.document}{page}", "dim")
    if citation.url:
        _indented(console, citation.url, "dim")


def _heading(number: int, title: str, section: str) -> Text:
    """Return `[1] title › section`; a section that starts with the title is not told twice."""
    parts = [part for part in section.split(" › ") if part]
    parts = parts[1:] if parts[:1] == [title] else parts
    heading = Text(f"[{number}] ", style="cyan")
    return heading.append(plain(title), style="bold").append(
        plain("".join(f" › {part}" for part in parts)), style="none"
    )


def _joined(parts: Iterable[str]) -> Text:
    return Text("  ").join(Text(plain(part), style=style) for part, style in zip(parts, ("bold", "dim"), strict=True))


def _indented(console: Console, text: str, style: str = "") -> None:
    console.print(Padding(Text(plain(text), style=style), (0, 0, 0, 4), expand=False))
