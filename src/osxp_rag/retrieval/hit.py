"""A hit: a passage found for a question, with every score that placed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from osxp_rag.corpus.document import Metadata, Passage
from osxp_rag.models.reading import Reading


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its scores.

    `dense` is the cosine of question and passage, `lexical` the BM25 score; `dense_norm` and `lexical_norm`
    are the same within this question's candidates, min-max normalised to [0, 1]; `score` is their weighted sum.
    `reading` is what the reader says of the passage, None where it was not read.
    """

    passage: Passage
    metadata: Metadata
    score: float
    dense: float
    lexical: float
    dense_norm: float
    lexical_norm: float
    reading: Reading | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the hit as JSON types."""
        passage = self.passage
        return {
            "passage": passage.id,
            "document": passage.document,
            "title": self.metadata.title,
            "section": passage.section,
            "start": passage.start,
            "end": passage.end,
            "text": passage.text,
            "score": round(self.score, 4),
            "dense": round(self.dense, 4),
            "lexical": round(self.lexical, 4),
            "dense_norm": round(self.dense_norm, 4),
            "lexical_norm": round(self.lexical_norm, 4),
        }
