"""What the index holds, told without loading a model: for the first screen, which comes before the models."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from osxp_rag.errors import IndexStateError
from osxp_rag.index.content import Content
from osxp_rag.index.manifest import read_manifest
from osxp_rag.index.store import Store

if TYPE_CHECKING:
    from osxp_rag.corpus.document import Metadata


@dataclass(frozen=True, slots=True)
class Glance:
    """A generation at a glance; `created` is ISO 8601, UTC, `documents` are by path."""

    generation: str
    created: str
    documents: Mapping[str, Metadata]


def glance(index: Path) -> Glance | None:
    """Return what the serving generation holds; None where there is none that can be read."""
    try:
        name = Store(index).current()
        return None if name is None else _read(Store(index).folder(name))
    except IndexStateError:
        return None  # opening the assistant says what is wrong with it


@functools.lru_cache(maxsize=2)
def _read(folder: Path) -> Glance:
    """Read a generation, which never changes: once is enough."""
    manifest = read_manifest(folder)
    content = Content.open(folder)
    try:
        return Glance(manifest.id, manifest.created, content.metadata())
    finally:
        content.close()
