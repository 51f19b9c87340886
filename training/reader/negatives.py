"""Retrieval's near misses: passages that the embedder ranks high for a question and that do not hold its answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from osxp_rag.models.embedder import Embedder
from training.reader.items import Item

SEEN = 450  # characters of a passage that are embedded: enough to tell what it is about, in half the time
RANKS = 30  # near misses are taken from the best ones
_AMONG = 4  # of the ranks that fit, one of the first few is taken


def unique_passages(items: Sequence[Item]) -> list[Item]:
    """Return one item for each text."""
    return list({item.text: item for item in items}.values())


def near_misses(
    items: Sequence[Item], pool: Sequence[Item], embedder: Embedder, chance: random.Random, show: Callable[[int], None]
) -> list[Item]:
    """Return, for each item that has one, the same question over a passage of the pool that does not answer it.

    Half come from the question's own article where it has other passages there, the rest from any article.
    """
    passages = embedder.embed_passages([one.text[:SEEN] for one in pool], show, fast=True)
    questions = embedder.embed_questions([item.question for item in items])
    found = (_near_miss(item, pool, passages @ vector, chance) for item, vector in zip(items, questions, strict=True))
    return [item for item in found if item]


def _near_miss(item: Item, pool: Sequence[Item], scores: NDArray[np.float32], chance: random.Random) -> Item | None:
    own = chance.random() < 0.5
    fitting = []
    if own:
        mine = [place for place, one in enumerate(pool) if one.article == item.article and one.title]
        fitting = [place for place in sorted(mine, key=lambda place: -scores[place]) if _misses(item, pool[place])]
    if not fitting:
        best = np.argpartition(-scores, RANKS)[:RANKS]
        ranked = sorted(best.tolist(), key=lambda place: -scores[place])
        fitting = [place for place in ranked if _misses(item, pool[place])]
    if not fitting:
        return None
    other = pool[chance.choice(fitting[:_AMONG])]
    return replace(
        item, key=f"{item.key}-miss", source=f"{item.source}+miss", title=other.title, text=other.text, start=-1, end=-1
    )


def _misses(item: Item, other: Item) -> bool:
    """Return whether a passage lacks the answer's words; what repeats them may well answer too."""
    return other.text != item.text and item.answer.casefold() not in other.text.casefold()
