"""What one text holds of another: its names, its words, however they are spelt. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from osxp_rag.answering.phrasing.facts import numbers
from osxp_rag.answering.phrasing.lexicon import same, says_nothing
from osxp_rag.index.terms import question_words, words


def held(name: str, known: str) -> bool:
    """Return whether a text holds a name; the names of countries may be in the other language."""
    if re.search(rf"(?<!\w){re.escape(folded(name))}(?:s|'s)?(?!\w)", folded(known)):
        return True
    return any(same(name, word) for word in words(known))


def new_words(said: str, language: str, named: Sequence[str], known: str) -> list[str]:
    """Return the words that say something and are neither in a text nor said there in another way."""
    skipped = {part for name in named for part in parts(name)}
    theirs = parts(known)
    return [
        word
        for word in parts(said)
        if word not in skipped
        and not any(character.isdigit() for character in word)
        and question_words(word, language)
        and not says_nothing(word)
        and not any(same(word, other) for other in theirs)
        and not numbers(word, doubtful=True)
    ]


def parts(text: str) -> list[str]:
    """Return the words of a text, those with a hyphen in their parts too."""
    return [part for word in words(text) for part in word.split("-") if part]


def folded(text: str) -> str:
    """Return a text in lower case, its apostrophes and hyphens the plain ones."""
    return text.casefold().replace("’", "'").replace("\N{NON-BREAKING HYPHEN}", "-")
