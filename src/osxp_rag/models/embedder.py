"""The embedder: texts → unit vectors, run by sentence-transformers."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from osxp_rag.errors import ModelError
from osxp_rag.models import packaged
from osxp_rag.settings import PACKAGED_EMBEDDER, Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer
    from transformers import BertModel

Vectors = NDArray[np.float32]
OFFICIAL = "intfloat/multilingual-e5-small"
OFFICIAL_REVISION = "fd1525a9fd15316a2d503bf26ab031a61d056e98"
_SAMPLES = 16
_SAMPLE_BYTES = 65536


class Embedder:
    """Embeds questions and passages; every vector has length 1, so a dot product is a cosine."""

    def __init__(self, model: SentenceTransformer, identity: str, settings: Settings) -> None:
        self._model = model
        self._settings = settings
        self.identity = identity

    @property
    def dimension(self) -> int:
        """Number of components of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        """Return one vector a question, shape (questions, dimension)."""
        return self._encode([self._settings.query_prefix + question for question in questions])

    def embed_passages(
        self, passages: Sequence[str], done: Callable[[int], None] | None = None, *, fast: bool = False
    ) -> Vectors:
        """Return one vector a passage, shape (passages, dimension); `done` is told how many each batch held.

        Passages of like length share a batch, so that little is padded. `fast` lets the processor round in
        between: a passage's vector then depends a little (cosine above 0.9999) on those that share its batch.
        """
        texts = [self._settings.passage_prefix + passage for passage in passages]
        order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), i))
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(order), self._settings.batch_size):
            batch = order[start : start + self._settings.batch_size]
            with rounded() if fast else nullcontext():
                vectors[batch] = self._encode([texts[i] for i in batch])
            if done:
                done(len(batch))
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, special tokens and prefixes not counted."""
        return [len(encoding.ids) for encoding in self._counter.encode_batch(list(texts), add_special_tokens=False)]

    @functools.cached_property
    def _counter(self) -> Tokenizer:
        """A copy of the tokenizer that never cuts: asking goes on with the model's own at the same time."""
        return _uncut(self._model)

    def _encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        found = self._model.encode(
            texts,
            batch_size=self._settings.batch_size,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.asarray(found, dtype=np.float32)


def load_embedder(settings: Settings) -> Embedder:
    """Return the embedder that the settings name, from local files only.

    Raises:
        ModelError: its weights are not on this machine; the message says how to get them.
    """
    import torch

    if settings.threads:
        torch.set_num_threads(settings.threads)
    return Embedder(_load(settings.embedder, _weights(settings.embedder)), embedder_identity(settings), settings)


def base_of_reader() -> tuple[BertModel, Tokenizer]:
    """Return multilingual-e5-small's encoder, whose word embeddings the reader shares, and a tokenizer that never cuts.

    Raises:
        ModelError: its weights are not on this machine.
    """
    model = _load(PACKAGED_EMBEDDER, _weights(PACKAGED_EMBEDDER))
    first = model[0]
    bert: Any = getattr(first, "bert", None) or first.auto_model
    return bert, _uncut(model)


def _uncut(model: SentenceTransformer) -> Tokenizer:
    from tokenizers import Tokenizer

    copy = Tokenizer.from_str(getattr(model.tokenizer, "backend_tokenizer", model.tokenizer).to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy


def rounded() -> AbstractContextManager[object]:
    """Return a context in which matrices are multiplied in bfloat16 where that is faster."""
    import torch

    return torch.autocast("cpu", dtype=torch.bfloat16) if rounds_fast(torch.cpu.get_capabilities()) else nullcontext()


def rounds_fast(capable: Mapping[str, Any]) -> bool:
    """Return whether a processor, by torch's account of it, multiplies faster in bfloat16 than in float32.

    AMD's with AVX-512 take two thirds of the time; Intel's need AMX: with AVX-512 alone they take 1.7 times as long.
    """
    avx512 = bool(capable.get("avx512_bf16")) and not str(capable.get("cpu_name")).startswith("Intel")
    return bool(capable.get("amx_bf16")) or avx512


def embedder_identity(settings: Settings) -> str:
    """Return a text that changes when vectors would: model, weights, prefixes. Loads no model."""
    return f"{_weights(settings.embedder)} {settings.query_prefix!r} {settings.passage_prefix!r}"


def _weights(setting: str) -> str:
    """Return a text that changes when a model or its weights do."""
    if setting == PACKAGED_EMBEDDER and packaged.locate():
        return f"multilingual-e5-small-q4 {packaged.SHA256[:12]}"
    name, _ = _named(setting)
    folder = Path(name)
    weights = sorted(folder.rglob("*.safetensors")) + sorted(folder.rglob("*.bin")) if folder.is_dir() else []
    return f"{name} {_digest(weights)}" if weights else name


@functools.cache
def _load(name: str, _weights: str) -> SentenceTransformer:
    """Load a model once a process, and anew where its weights change: indexing and asking share half a gigabyte."""
    path = packaged.locate() if name == PACKAGED_EMBEDDER else None
    if path is None:
        return _load_named(name)
    from osxp_rag.models import encoder

    return encoder.build(packaged.read(path))


def _named(name: str) -> tuple[str, str | None]:
    if name == PACKAGED_EMBEDDER:
        return OFFICIAL, OFFICIAL_REVISION
    return str(Path(name).expanduser()) if name.startswith("~") else name, None


def _load_named(setting: str) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    name, revision = _named(setting)
    try:
        return SentenceTransformer(name, revision=revision, device="cpu", local_files_only=True)
    except (OSError, ValueError) as error:
        at = f" --revision {revision}" if revision else ""
        raise ModelError(
            f"embedder = {setting!r}: {name} is not on this machine. Name a folder that holds a "
            f"sentence-transformers model, or fetch it once where a network is allowed: hf download {name}{at}"
        ) from error


def _digest(files: list[Path]) -> str:
    """Hash samples spread over each file: a few milliseconds, and any retraining changes them."""
    digest = hashlib.sha256()
    for path in files:
        size = path.stat().st_size
        with path.open("rb") as file:
            for sample in range(_SAMPLES):
                file.seek(size * sample // _SAMPLES, os.SEEK_SET)
                digest.update(file.read(_SAMPLE_BYTES))
        digest.update(str(size).encode())
    return digest.hexdigest()[:12]
