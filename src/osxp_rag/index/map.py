"""The map of a generation: where each document stands by its meaning, kept in a file beside its parts.

index/generations/<id>/map.json     {"version": 1, "documents": {path: [x, y]}}, coordinates from 0 to 1

A generation that was made before there were maps has none; its map is computed when it is asked for.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from osxp_rag.errors import IndexStateError
from osxp_rag.index.content import Content
from osxp_rag.index.layout import lay_out
from osxp_rag.index.vectors import Vectors

if TYPE_CHECKING:
    from osxp_rag.index.generation import Generation

NAME = "map.json"
VERSION = 1  # raised when the file changes its layout
Point = tuple[float, float]


def draw(content: Content, vectors: Vectors) -> dict[str, Point]:
    """Return the place of every document that has a passage, by path: from the mean of its passages' vectors."""
    languages = {path: metadata.lang for path, metadata in content.metadata().items()}
    paths, means = [], []
    for path in sorted(languages):
        found = vectors.get(content.passage_ids(path))
        if found:
            paths.append(path)
            means.append(np.mean([found[identity] for identity in sorted(found)], axis=0))
    if not paths:
        return {}
    places = lay_out(np.stack(means), [languages[path] for path in paths])
    return {path: (float(x), float(y)) for path, (x, y) in zip(paths, places, strict=True)}


def write_map(folder: Path, places: Mapping[str, Point]) -> None:
    """Write the map into a generation that is being built."""
    values = {"version": VERSION, "documents": {path: list(places[path]) for path in sorted(places)}}
    (folder / NAME).write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_map(folder: Path) -> dict[str, Point] | None:
    """Return the map in a generation's folder; None where there is none, or one of another layout.

    Raises:
        IndexStateError: it is damaged.
    """
    try:
        values = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if values["version"] != VERSION:
            return None
        return {path: (float(x), float(y)) for path, (x, y) in values["documents"].items()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexStateError(f"{folder / NAME} cannot be read ({error}). Run: osxp-rag index --full") from error


def map_of(generation: Generation) -> dict[str, Point]:
    """Return the map of a generation, computed now where its folder holds none.

    Raises:
        IndexStateError: it is damaged.
    """
    found = read_map(generation.folder)
    return draw(generation.content, generation.vectors) if found is None else found


def wrong_places(folder: Path, documents: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with the map in a folder, a line each, where there is one; `documents` must stand on it."""
    try:
        places = read_map(folder)
    except IndexStateError as error:
        yield str(error)
        return
    if places is None:
        return
    for path in sorted(places.keys() ^ set(documents)):
        yield f"{NAME}: {path} " + ("is no document" if path in places else "is missing")
    for path, point in places.items():
        if not all(math.isfinite(part) and 0 <= part <= 1 for part in point):
            yield f"{NAME}: {path} stands off the map"
