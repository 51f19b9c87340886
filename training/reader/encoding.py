"""Items → token ids and labels, in batches of like length."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from tokenizers import Tokenizer
from torch import Tensor

from osxp_rag.models.reader import Pair, encode
from training.reader.items import Item

TITLED = 0.65  # share of others' items that are read with their title before the passage; our digests always are
CROPPED = 0.3  # share that is cut to a shorter stretch around the answer
WINDOW = (400, 950)  # characters of such a stretch, and of any passage
STEP = 32  # lengths of batches are its multiples


@dataclass(frozen=True, slots=True)
class Encoded:
    """An item as the network reads it: token ids, the first token of the passage, and the answer's tokens (0: none)."""

    ids: tuple[int, ...]
    passage: tuple[int, int]
    start: int
    end: int
    answerable: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of shape (items, tokens) and (items,); `open` marks the tokens that a span may begin or end at."""

    ids: Tensor
    attention: Tensor
    open: Tensor
    start: Tensor
    end: Tensor
    answerable: Tensor


def cropped(item: Item, chance: random.Random) -> Item:
    """Return the item over a stretch of its passage that holds the answer, cut between words."""
    longest = WINDOW[1] if chance.random() >= CROPPED else chance.randint(*WINDOW)
    if len(item.text) <= longest:
        return item
    low = max(0, item.end - longest) if item.answerable else 0
    high = min(item.start, len(item.text) - longest) if item.answerable else len(item.text) - longest
    begin = chance.randint(min(low, max(high, 0)), max(low, high, 0))
    begin = item.text.find(" ", begin, item.start if item.answerable else None) + 1 if begin else 0
    end = max(begin + longest, item.end)
    end = max(item.text.rfind(" ", 0, end), item.end) if end < len(item.text) else end
    text = item.text[begin:end]
    shift = begin if item.answerable else 0
    return replace(item, text=text, start=item.start - shift, end=item.end - shift)


def encode_item(tokenizer: Tokenizer, item: Item, chance: random.Random, longest: int) -> Encoded | None:
    """Return an item's tokens and labels; None where its answer does not fit."""
    item = cropped(item, chance)
    titled = chance.random() < TITLED or item.source.startswith("digest")  # a section names its subject there
    title = item.title if titled else ""
    pair = encode(tokenizer, item.question, [(title, item.text)], longest)[0]
    if not item.answerable:
        return Encoded(pair.ids, (pair.first, pair.last), 0, 0, False)
    start, end = _tokens_of(pair, item.start, item.end)
    return Encoded(pair.ids, (pair.first, pair.last), start, end, True) if start and end else None


def _tokens_of(pair: Pair, start: int, end: int) -> tuple[int, int]:
    """Return the places of the tokens that hold an answer's first and last character; 0 where they were cut off."""
    places = range(pair.first, pair.last)
    first = next((n for n in places if pair.offsets[n - pair.first][1] > start), 0)
    last = next((n for n in reversed(places) if pair.offsets[n - pair.first][0] < end), 0)
    fits = first and last and pair.offsets[last - pair.first][1] >= end
    return (first, last) if fits else (0, 0)


def batches(encoded: Sequence[Encoded], size: int, block: int, chance: random.Random) -> Iterator[list[Encoded]]:
    """Yield shuffled batches whose items are of like length: sorted within blocks of a shuffled order."""
    order = list(encoded)
    chance.shuffle(order)
    found = []
    for begin in range(0, len(order), block):
        ranked = sorted(order[begin : begin + block], key=lambda one: len(one.ids))
        found += [ranked[at : at + size] for at in range(0, len(ranked), size)]
    chance.shuffle(found)
    yield from found


def collate(items: Sequence[Encoded], pad: int) -> Batch:
    """Return the items as tensors, padded to a multiple of STEP."""
    longest = -(-max(len(one.ids) for one in items) // STEP) * STEP
    ids = torch.full((len(items), longest), pad)
    open_ = torch.zeros((len(items), longest), dtype=torch.bool)
    open_[:, 0] = True
    for row, one in enumerate(items):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        open_[row, one.passage[0] : one.passage[1]] = True
    return Batch(
        ids, (ids != pad).long(), open_,
        torch.tensor([one.start for one in items]), torch.tensor([one.end for one in items]),
        torch.tensor([float(one.answerable) for one in items]),
    )  # fmt: skip
