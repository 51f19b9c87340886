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
        lexical = self._lexical(terms, documents)
        dense = dict(self.generation.vectors.nearest(vector, count, documents))
        best = sorted(lexical, key=lambda identity: (-lexical[identity], identity))[:count]
        missing = [identity for identity in best if identity not in dense]
        dense |= {identity: float(found @ vector) for identity, found in self.generation.vectors.get(missing).items()}
        fused = fuse(dense, {identity: lexical.get(identity, 0.0) for identity in dense}, self.dense_weight)
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

    def _lexical(self, terms: list[str], documents: Sequence[str] | None) -> dict[str, float]:
        """Return the BM25 scores above 0 by passage id."""
        scores = self.generation.terms.scores(terms)
        allowed = None if documents is None else set(documents)
        ids = self.generation.ids
        return {
            ids[place]: float(scores[place])
            for place in np.flatnonzero(scores > 0)
            if allowed is None or ids[place].rpartition("#")[0] in allowed
        }
