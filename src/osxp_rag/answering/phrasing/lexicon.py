"""Words that say the same, in English and French, and words that say nothing by themselves. Pure."""

from __future__ import annotations

import functools
from difflib import SequenceMatcher
from pathlib import Path

from osxp_rag.corpus.text import without_accents

_ALIKE = 0.85  # of two spellings of one word: platform and plateforme, secure and sécurisé
_SHORTEST = 5  # letters from which on spellings are compared
# A line a meaning, then words that say nothing. What is in neither must stand in the quote: a changed verb changes all.
DATA = Path(__file__).with_suffix(".txt")


def says_nothing(word: str) -> bool:
    """Return whether a word adds nothing to what a sentence says."""
    return word.casefold() in _lexicon()[1]


def same(one: str, other: str) -> bool:
    """Return whether two words, in one language or two, say the same: a shared meaning, or nearly the same spelling."""
    if not _meanings(one.casefold()).isdisjoint(_meanings(other.casefold())):
        return True
    first, second = _plain(one), _plain(other)
    if min(len(first), len(second)) < _SHORTEST or first[:3] != second[:3]:
        return first == second
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _ALIKE


def _meanings(word: str) -> frozenset[int]:
    return _lexicon()[0].get(word, frozenset())


@functools.cache
def _lexicon() -> tuple[dict[str, frozenset[int]], frozenset[str]]:
    """Return the meanings of words, each a number, and the words that say nothing."""
    groups, _, nothing = DATA.read_text(encoding="utf-8").partition("\n---\n")
    found: dict[str, frozenset[int]] = {}
    for number, group in enumerate(groups.splitlines()):
        for word in group.split():
            found[word] = found.get(word, frozenset()) | {number}
    return found, frozenset(nothing.split())


@functools.lru_cache(10_000)
def _plain(word: str) -> str:
    return without_accents(word.casefold())
