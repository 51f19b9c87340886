"""A turn: what a later question may lean on, taken from an answer or from its JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from osxp_rag.answering.answer import Choice
from osxp_rag.answering.verify import markers_of
from osxp_rag.corpus.text import well_formed
from osxp_rag.errors import QuestionsError

if TYPE_CHECKING:
    from osxp_rag.answering.answer import Answer


@dataclass(frozen=True, slots=True)
class Quoted:
    """What one statement of an answer quotes first: a document, its title, the quote."""

    document: str
    title: str
    quote: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that was answered or refused.

    `condensed` is the question that it was understood as, None where it stood alone; `quoted` has one item a statement,
    in order; `direct` the words that answered a fact; `choices` what was offered where the question said too little.
    """

    question: str
    language: str
    condensed: str | None = None
    quoted: tuple[Quoted, ...] = ()
    direct: str | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def meant(self) -> str:
        """The question as it was understood."""
        return self.condensed or self.question

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents that were quoted, each once, in order."""
        return tuple(dict.fromkeys(one.document for one in self.quoted))


def turn_of(answer: Answer) -> Turn:
    """Return the turn that an answer is to the questions after it."""
    return turn_from(answer.to_dict())


def turn_from(record: Mapping[str, Any]) -> Turn:
    """Return the turn of an answer's JSON, as any channel gives it. Keys that are not needed may be missing.

    Raises:
        QuestionsError: it is no answer's JSON.
    """
    try:
        direct = record.get("direct")
        return Turn(
            question=_text(record["question"]),
            language=_text(record.get("language", "en")),
            condensed=None if record.get("condensed") is None else _text(record["condensed"]),
            quoted=tuple(_quoted(_text(record.get("text", "")), record.get("citations") or ())),
            direct=None if direct is None else _text(direct["text"]),
            choices=tuple(Choice(_text(one["label"]), _text(one["question"])) for one in record.get("choices") or ()),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise QuestionsError(f"an earlier answer is not what an answer's JSON looks like ({error!r}).") from error


def _quoted(text: str, citations: Any) -> Iterator[Quoted]:
    """Yield the first citation of each statement."""
    by_id = {one["id"]: one for one in citations}
    for line in text.splitlines():
        known = [by_id[number] for number in markers_of(line) if number in by_id]
        if known:
            yield Quoted(_text(known[0]["document"]), _text(known[0]["title"]), _text(known[0]["quote"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is not a text")
    return well_formed(value)
