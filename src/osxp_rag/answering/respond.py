"""What is done with a question to one generation: it is understood, looked for, and answered, refused or asked back."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from osxp_rag.answering.answerer import Answerer, ask_back, refuse
from osxp_rag.answering.conversation.clarify import choices_for
from osxp_rag.answering.conversation.names import Names
from osxp_rag.answering.conversation.small_talk import overview, reply
from osxp_rag.answering.conversation.turn import Turn
from osxp_rag.answering.conversation.understand import Understood, understand
from osxp_rag.answering.phrasing.events import Event
from osxp_rag.index.generation import Generation
from osxp_rag.models.engines.line import Lines
from osxp_rag.retrieval.retriever import Found, Retriever

if TYPE_CHECKING:
    from osxp_rag.answering.answer import Answer
    from osxp_rag.models.engines.model import LanguageModel


@dataclass(frozen=True, slots=True)
class Responder:
    """A generation with what works on it."""

    generation: Generation
    retriever: Retriever
    answerer: Answerer
    names: Names
    lines: Lines = field(default_factory=Lines)

    def understand(self, question: str, turns: Sequence[Turn], model: LanguageModel | None = None) -> Understood:
        """Return what a question asks, after the turns before it; a language model may put a follow-up into words."""
        say = functools.partial(self.lines.line, model) if model else None
        return understand(question, turns, self.names, self.generation.content.document_terms, say)

    def find(self, understood: Understood, filters: Mapping[str, str] | None) -> Found:
        """Return the candidates for a question.

        Raises:
            FilterError: a filter's key is unknown.
        """
        asked = understood.question
        return self.retriever.find(
            asked.topic, asked.language, filters, wide=asked.whole_corpus, favoured=understood.documents
        )

    def respond(
        self,
        understood: Understood,
        filters: Mapping[str, str],
        passages: int,
        begun: float,
        model: LanguageModel | None = None,
    ) -> tuple[Iterable[Event], float]:
        """Return the answer as it is made, not verified yet, and when retrieval ended: `begun` where there was none.

        Raises:
            FilterError: a filter's key is unknown.
        """
        if (at_once := self._at_once(understood, filters)) is not None:
            return [at_once], begun
        asked, found = understood.question, self.find(understood, filters)
        retrieved = time.perf_counter()
        choices = choices_for(asked, found.hits, self.names)
        if choices:
            return [ask_back(asked, choices, self.generation.id)], retrieved
        return self.answerer.stream(asked, found, passages, model), retrieved

    def _at_once(self, understood: Understood, filters: Mapping[str, str]) -> Answer | None:
        """Return what is said without looking for anything; None for a question that must be looked for."""
        generation, asked = self.generation, understood.question
        matching = generation.matching(filters)
        if not generation.ids:
            return refuse(asked, "empty_index", generation.id)
        if not asked.asks:
            return refuse(asked, "not_a_question", generation.id)
        if understood.talk:
            words = reply(understood.talk, asked.language, overview(generation.metadata, generation.manifest.created))
            return replace(refuse(asked, "small_talk", generation.id), text=words)
        return refuse(asked, "filtered_out", generation.id) if matching == [] else None
