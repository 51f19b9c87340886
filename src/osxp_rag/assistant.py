"""The assistant: opens an index, answers questions; the one object behind every channel."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from osxp_rag.answering.answer import Answer, Citation
from osxp_rag.answering.context import Context, context_of
from osxp_rag.answering.conversation.names import Names
from osxp_rag.answering.conversation.turn import Turn
from osxp_rag.answering.evidence import EvidenceGatherer
from osxp_rag.answering.explain import Explanation, explain
from osxp_rag.answering.gate import load_gate
from osxp_rag.answering.phrasing.events import Event
from osxp_rag.answering.serving import Serving
from osxp_rag.answering.verify import verify
from osxp_rag.corpus.document import Document, Metadata
from osxp_rag.corpus.text import well_formed
from osxp_rag.errors import ModelError, SettingsError
from osxp_rag.index.catalogue import Entry, catalogue
from osxp_rag.index.generation import Generation, open_generation
from osxp_rag.index.map import Point, map_of
from osxp_rag.index.terms import Terms
from osxp_rag.models.embedder import Embedder, load_embedder
from osxp_rag.models.engines.model import Engines
from osxp_rag.retrieval.hit import Hit
from osxp_rag.retrieval.retriever import Found
from osxp_rag.settings import Settings, load_settings

if TYPE_CHECKING:
    from llama_index.core.query_engine import BaseQueryEngine
    from llama_index.core.retrievers import BaseRetriever

_log = logging.getLogger(__name__)


class Assistant:
    """Answers questions from one index; safe to use from several threads.

    A new generation is taken up between two questions.
    """

    def __init__(self, settings: Settings, embedder: Embedder, generation: Generation | None = None) -> None:
        self.settings = settings
        self._embedder = embedder
        self._serving = Serving(settings, embedder, generation)
        self.engines = Engines(settings)
        self.engines.get()  # what is wrong with the one that is set shows at once

    @classmethod
    def open(cls, settings: Settings | None = None) -> Assistant:
        """Open the index that the settings name.

        Raises:
            IndexMissingError: there is none; `osxp_rag.index.update` makes it.
            IndexMismatchError: it was built with other settings.
            ModelError: the embedder's weights are not to be had.
        """
        chosen = settings or load_settings()
        generation = open_generation(chosen)  # first, so that what is wrong with it shows before a model is loaded
        try:
            return cls(chosen, load_embedder(chosen), generation)
        except ModelError:
            generation.close()
            raise

    @property
    def generation(self) -> str:
        """The id of the generation that answers."""
        return self._serving.opened.generation.id

    @property
    def created(self) -> str:
        """When that generation was made: ISO 8601, UTC."""
        return self._serving.opened.generation.manifest.created

    def ask(
        self,
        question: str,
        *,
        turns: Sequence[Turn] = (),
        filters: Mapping[str, str] | None = None,
        top_k: int | None = None,
        engine: str | None = None,
    ) -> Answer:
        """Answer a question from the documents that pass the filters, or say that they do not hold the answer.

        `turns` are what was asked and answered before, oldest first: a follow-up is understood from them. `engine`
        names what phrases the answer and condenses follow-ups, the settings' engine unless given.

        Raises:
            FilterError: a filter's key is unknown.
            SettingsError: `top_k` is below 1, or the engine cannot be had.
            ModelError: the engine's file is not there.
        """
        *_, answer = self.stream(question, turns=turns, filters=filters, top_k=top_k, engine=engine)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self,
        question: str,
        *,
        turns: Sequence[Turn] = (),
        filters: Mapping[str, str] | None = None,
        top_k: int | None = None,
        engine: str | None = None,
    ) -> Iterator[Event]:
        """Yield each line of the answer as it is let out, what is withheld, and at the end the very answer of `ask`.

        Raises as `ask` does, when the first line is asked for.
        """
        begun = time.perf_counter()
        passages, model = self._passages(top_k), self.engines.get(engine)
        with self._serving.use() as opened:
            understood = opened.responder.understand(question, turns, model)
            events, retrieved = opened.responder.respond(understood, filters or {}, passages, begun, model)
            read = functools.cache(opened.generation.content.document)  # several quotes of a document, one reading
            for event in events:
                if isinstance(event, Answer):
                    answer = verify(event, lambda path: _text(read(path)))
                else:
                    yield event
        yield replace(
            answer,
            question=well_formed(question),
            condensed=understood.condensed,
            timings_ms=_timings(begun, retrieved, time.perf_counter()),
        )

    def search(
        self,
        question: str,
        *,
        turns: Sequence[Turn] = (),
        filters: Mapping[str, str] | None = None,
        top_k: int | None = None,
        engine: str | None = None,
    ) -> list[Hit]:
        """Return the best hits for a question, best first; `turns` and `engine` as for `ask`.

        Raises:
            FilterError: a filter's key is unknown.
        """
        return self.find(question, turns=turns, filters=filters, engine=engine).hits[: self._passages(top_k)]

    def find(
        self,
        question: str,
        *,
        turns: Sequence[Turn] = (),
        filters: Mapping[str, str] | None = None,
        engine: str | None = None,
    ) -> Found:
        """Return everything that retrieval knows of a question: all candidates, its vector, its terms."""
        model = self.engines.get(engine)
        with self._serving.use() as opened:
            return opened.responder.find(opened.responder.understand(question, turns, model), filters)

    def explain(
        self,
        question: str,
        *,
        turns: Sequence[Turn] = (),
        filters: Mapping[str, str] | None = None,
        top_k: int | None = None,
        engine: str | None = None,
    ) -> Explanation:
        """Return why `ask` answers a question as it does: the passages, their scores, what the gate weighs.

        Raises:
            FilterError: a filter's key is unknown.
            SettingsError: `top_k` is below 1.
        """
        passages, model = self._passages(top_k), self.engines.get(engine)
        with self._serving.use() as opened:
            understood = opened.responder.understand(question, turns, model)
            found = opened.responder.find(understood, filters)
            evidence = opened.responder.answerer.gatherer.gather(understood.question, found, passages)
            generation = opened.generation
            return explain(evidence, load_gate(), self.settings.threshold, generation.id, generation.scores)

    def documents(self) -> dict[str, Metadata]:
        """Return the metadata of every indexed document, by path."""
        with self._serving.use() as opened:
            return dict(opened.generation.metadata)

    def document(self, path: str) -> Document | None:
        """Return an indexed document, or None."""
        with self._serving.use() as opened:
            return opened.generation.content.document(path)

    def catalogue(self) -> tuple[Entry, ...]:
        """Return an entry for every indexed document, by path: its metadata, its size, its copies."""
        with self._serving.use() as opened:
            opened.entries = opened.entries or catalogue(opened.generation)
            return opened.entries

    def map(self) -> dict[str, Point]:
        """Return where each document stands on a map of the corpus, by path: x and y from 0 to 1.

        Raises:
            IndexStateError: the map is damaged.
        """
        with self._serving.use() as opened:
            if opened.places is None:
                opened.places = map_of(opened.generation)
            return opened.places

    def context(self, citation: Citation) -> Context | None:
        """Return the passage around a citation's quote; None where the document has changed since."""
        with self._serving.use() as opened:
            return context_of(opened.generation.content, citation)

    def as_retriever(self) -> BaseRetriever:
        """Return a llama-index retriever over this index."""
        from osxp_rag.llamaindex import OsxpRetriever

        return OsxpRetriever(self)

    def as_query_engine(self) -> BaseQueryEngine:
        """Return a llama-index query engine that gives this assistant's answers."""
        from osxp_rag.llamaindex import OsxpQueryEngine

        return OsxpQueryEngine(self)

    @property
    def terms(self) -> Terms:
        """The terms of the generation that answers."""
        return self._serving.opened.generation.terms

    @property
    def names(self) -> Names:
        """What the documents are about, in the generation that answers."""
        return self._serving.opened.responder.names

    @property
    def gatherer(self) -> EvidenceGatherer:
        """What turns hits into evidence, for the generation that answers."""
        return self._serving.opened.responder.answerer.gatherer

    @property
    def embedder(self) -> Embedder:
        """The embedder that questions are embedded with."""
        return self._embedder

    def close(self) -> None:
        """Release the files, and the connections to language models."""
        self._serving.opened.generation.close()
        self.engines.close()

    def _passages(self, top_k: int | None) -> int:
        if top_k is None:
            return self.settings.top_k
        if top_k < 1:
            raise SettingsError(f"top_k = {top_k}: must be at least 1.")
        return top_k


def _text(document: Document | None) -> str | None:
    return None if document is None else document.text


def _timings(begun: float, retrieved: float, ended: float) -> dict[str, int]:
    parts = {"retrieve": retrieved - begun, "answer": ended - retrieved, "total": ended - begun}
    return {name: round(seconds * 1000) for name, seconds in parts.items()}
