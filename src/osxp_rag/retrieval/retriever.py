"""Question → hits: dense and lexical candidates, fused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from osxp_rag.index.generation import Generation
from osxp_rag.index.terms import question_terms
from osxp_rag.models.embedder import Embedder
from osxp_rag.retrieval.fusion import favour, fuse
from osxp_rag.retrieval.hit import Hit

_WIDE = 10
_FAVOUR = 0.2  # of the way to the highest score, for passages of the documents that a conversation is about


@dataclass(frozen=True, slots=True)
class Found:
    """What retrieval knows of a question: hits, best first, its vector and its terms.

    `hits` holds every candidate, not only those that an answer is made from.
    """

    hits: list[Hit]
    vector: NDArray[np.float32]
    terms: list[str]


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds the passages of a generation for a question."""

    generation: Generation
    embedder: Embedder
    dense_weight: float
    candidates: int

    def find(
        self,
        question: str,
        language: str,
        filters: Mapping[str, str] | None = None,
        *,
        wide: bool = False,
        favoured: Collection[str] = (),
    ) -> Found:
        """Return the candidates for a question, ranked; none where the filters let no document through.

        `wide` takes ten times as many, for questions about every document; passages of the `favoured` documents, by
        path, rank somewhat higher.

        Raises:
            FilterError: a filter's key is unknown.
        """
        documents = self.generation.matching(filters or {})
        vector = self.embedder.embed_questions([question])[0]
        terms = question_terms(question, language)
        if not self.generation.ids or documents == []:
            return Found([], vector, terms)
        count = min(self.candidates * (_WIDE if wide else 1), len(self.generation.ids))
        scores = self._lexical(terms, documents)
        dense = dict(self.generation.vectors.nearest(vector, count, documents))
        missing = [identity for identity in self._best(scores, count) if identity not in dense]
        dense |= {identity: float(found @ vector) for identity, found in self.generation.vectors.get(missing).items()}
        places = self.generation.places
        fused = fuse(dense, {identity: float(scores[places[identity]]) for identity in dense}, self.dense_weight)
        fused = favour(fused, {one.id for one in fused if one.id.rpartition("#")[0] in favoured}, _FAVOUR)
        passages = self.generation.content.passages([one.id for one in fused])
        metadata = self.generation.metadata
        hits = [
            Hit(
                passages[one.id], metadata[passages[one.id].document],
                one.score, one.dense, one.lexical, one.dense_norm, one.lexical_norm,
            )
            for one in fused
        ]  # fmt: skip
        return Found(hits, vector, terms)

    def _lexical(self, terms: list[str], documents: Sequence[str] | None) -> NDArray[np.float32]:
        """Return the BM25 score of every passage, shape (passages,); 0 for those of other documents."""
        scores = self.generation.terms.scores(terms)
        if documents is None:
            return scores
        allowed = set(documents)
        return scores * [identity.rpartition("#")[0] in allowed for identity in self.generation.ids]

    def _best(self, scores: NDArray[np.float32], count: int) -> list[str]:
        """Return up to `count` ids of the highest scores above 0, best first, ties by id.

        Only those that may be among them are sorted: of many passages most hold some word of a question.
        """
        least = np.partition(scores, -count)[-count]
        ids = self.generation.ids
        held = [(-float(scores[place]), ids[place]) for place in np.flatnonzero((scores >= least) & (scores > 0))]
        return [identity for _, identity in sorted(held)[:count]]
