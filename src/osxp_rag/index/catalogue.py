"""The catalogue of a generation: what there is to browse, and how much of what. Facets are pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from osxp_rag.corpus.document import Metadata

if TYPE_CHECKING:
    from osxp_rag.index.generation import Generation


@dataclass(frozen=True, slots=True)
class Entry:
    """One document: its size in passages and words; `copies` are other files with the very same content."""

    path: str
    metadata: Metadata
    passages: int
    words: int
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """One value of a kind of metadata, and how many documents have it."""

    value: str
    count: int


def catalogue(generation: Generation) -> tuple[Entry, ...]:
    """Return an entry for each document of a generation, by path."""
    passages = Counter(identity.rpartition("#")[0] for identity in generation.ids)
    words, copies = generation.content.words(), generation.manifest.copies
    return tuple(
        Entry(path, metadata, passages[path], words[path], copies.get(path, ()))
        for path, metadata in sorted(generation.metadata.items())
    )


def facets(entries: Iterable[Entry], key: str) -> tuple[Facet, ...]:
    """Return the values of the metadata under a key, most frequent first; case makes no other value, as in filters."""
    spelt: dict[str, Counter[str]] = {}
    counts: Counter[str] = Counter()
    for entry in entries:
        values = entry.metadata.values(key)
        counts.update({value.casefold() for value in values})
        for value in values:
            spelt.setdefault(value.casefold(), Counter())[value] += 1
    found = [Facet(_usual(forms), counts[folded]) for folded, forms in spelt.items()]
    return tuple(sorted(found, key=lambda facet: (-facet.count, facet.value.casefold())))


def _usual(forms: Counter[str]) -> str:
    return min(forms, key=lambda form: (-forms[form], form))
