"""The reader: a question and passages → where the answer stands in each, or that it does not."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError

from osxp_rag.errors import ModelError
from osxp_rag.models.embedder import base_of_reader, rounded
from osxp_rag.models.reading import Reading

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from osxp_rag.models.reader_network import ReaderNetwork

WEIGHTS = Path(__file__).with_name("reader.safetensors")
MAX_TOKENS = 384  # of question, title and passage together
_QUESTION_TOKENS = 64
_BATCH = 3  # of like length: more of them are mostly padding, a third of the time on a processor


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage as tokens.

    The passage's own tokens (not those of the title before it) are `ids[first:last]`; `offsets` gives their
    places in its text.
    """

    ids: tuple[int, ...]
    first: int
    last: int
    offsets: tuple[tuple[int, int], ...]


@functools.cache
def load_reader() -> Reader:
    """Return the packaged reader, once a process.

    Raises:
        ModelError: the weights of the embedder that it shares are not on this machine, or its own are damaged.
    """
    from osxp_rag.models.reader_network import ReaderNetwork, layers_of

    bert, tokenizer = base_of_reader()
    try:
        network = ReaderNetwork(bert, layers_of(WEIGHTS))
        network.load(WEIGHTS)
    except (OSError, RuntimeError, ValueError, SafetensorError) as error:
        raise ModelError(f"{WEIGHTS.name}: cannot be read ({error}). Install osxp-rag again.") from error
    return Reader(network, tokenizer, int(bert.config.pad_token_id or 0))


def encode(
    tokenizer: Tokenizer, question: str, passages: Sequence[tuple[str, str]], longest: int = MAX_TOKENS
) -> list[Pair]:
    """Return `<s> question </s> </s> title: text </s>` for each passage, a pair of title and text.

    What does not fit is cut: a question at 64 tokens, then the end of the passage. `tokenizer` must not cut or pad.
    """
    start, *words, end = tokenizer.encode(question).ids
    head = (start, *words[:_QUESTION_TOKENS], end, end)
    encodings = tokenizer.encode_batch(
        [f"{title}: {text}" if title else text for title, text in passages], add_special_tokens=False
    )
    pairs = []
    for (title, _), encoding in zip(passages, encodings, strict=True):
        before = len(title) + 2 if title else 0
        room = longest - len(head) - 1
        ids, offsets = encoding.ids[:room], encoding.offsets[:room]
        own = next((n for n, (_, stop) in enumerate(offsets) if stop > before), len(ids))
        places = tuple((max(0, begin - before), stop - before) for begin, stop in offsets[own:])
        pairs.append(Pair((*head, *ids, end), len(head) + own, len(head) + len(ids), places))
    return pairs


class Reader:
    """Reads passages for a question; safe to use from several threads."""

    def __init__(self, network: ReaderNetwork, tokenizer: Tokenizer, pad: int) -> None:
        self._network = network.eval()
        self._tokenizer = tokenizer
        self._pad = pad

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """Return what the reader says of each passage, a pair of title and text."""
        pairs = encode(self._tokenizer, question, passages)
        order = sorted(range(len(pairs)), key=lambda n: (len(pairs[n].ids), n))
        readings: dict[int, Reading] = {}
        for begin in range(0, len(order), _BATCH):
            some = order[begin : begin + _BATCH]
            readings |= dict(zip(some, self._read([pairs[n] for n in some], passages, some), strict=True))
        return [readings[n] for n in range(len(pairs))]

    def _read(self, pairs: list[Pair], passages: Sequence[tuple[str, str]], places: list[int]) -> list[Reading]:
        ids = torch.full((len(pairs), max(len(pair.ids) for pair in pairs)), self._pad)
        for row, pair in enumerate(pairs):
            ids[row, : len(pair.ids)] = torch.tensor(pair.ids)
        with torch.inference_mode(), rounded():
            start, end, answerable = (found.float().numpy() for found in self._network(ids, (ids != self._pad).long()))
        return [
            _reading(pair, passages[place][1], start[row], end[row], float(answerable[row]))
            for row, (pair, place) in enumerate(zip(pairs, places, strict=True))
        ]


def _reading(pair: Pair, text: str, start: NDArray[np.float32], end: NDArray[np.float32], answerable: float) -> Reading:
    """Return the logits of the passage's own tokens against the first token's, which stand for "no answer"."""
    offsets = np.array([_trimmed(text, *place) for place in pair.offsets], dtype=np.int64).reshape(-1, 2)
    return Reading(
        answerable,
        (start[pair.first : pair.last] - start[0]).astype(np.float32),
        (end[pair.first : pair.last] - end[0]).astype(np.float32),
        offsets,
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out the space that a token may begin with."""
    while start < end and text[start].isspace():
        start += 1
    return start, end
