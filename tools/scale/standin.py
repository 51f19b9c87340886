"""A stand-in for the embedder, for first builds that would take it hours on two cores."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from osxp_rag.models.embedder import Embedder, Vectors, load_embedder
from osxp_rag.settings import Settings

NOISE = 0.25  # the length of what is added to a real vector, whose own is 1


class StandIn(Embedder):
    """Gives a passage the vector of a real one with noise, both chosen by the passage's words.

    It has the real embedder's identity and tokenizer, so that what it built can be changed and asked with the real one.
    """

    def __init__(self, settings: Settings, passages: Sequence[str]) -> None:
        real = load_embedder(settings)
        super().__init__(real._model, real.identity, settings)
        self._known = real.embed_passages(passages, fast=True)

    def embed_passages(
        self, passages: Sequence[str], done: Callable[[int], None] | None = None, *, fast: bool = False
    ) -> Vectors:
        """Return one vector a passage, shape (passages, dimension)."""
        found = np.stack([self._vector(passage) for passage in passages])
        if done:
            done(len(passages))
        return found

    def _vector(self, passage: str) -> Vectors:
        chance = np.random.default_rng(int.from_bytes(hashlib.sha256(passage.encode()).digest()[:8]))
        noise = chance.standard_normal(self.dimension)
        moved = self._known[chance.integers(len(self._known))] + NOISE * noise / np.linalg.norm(noise)
        return (moved / np.linalg.norm(moved)).astype(np.float32)
