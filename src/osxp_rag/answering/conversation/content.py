"""What a question says of its own: its words but those that may be asked of anything, and what stands for another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from osxp_rag.answering.conversation.names import Mention
from osxp_rag.answering.conversation.pointers import EXPLETIVE, REFERENCES
from osxp_rag.answering.conversation.vocabulary import ATTRIBUTES, FILLERS
from osxp_rag.index.terms import question_terms, words

_DISLOCATED = re.compile(r"^[^,]*,\s*(?:(?:le|la|les|l'|the)\s?)?$", re.IGNORECASE)
_WHICH = re.compile(r"\b(?:which|what|quel(?:le)?s?)\s$", re.IGNORECASE)
_WHOEVER = (
    "demonstrative",
    "noun",
    "role",
)  # kinds that another name in the question may explain: "c'est quoi, LDAP ?"
PERSONS = frozenset(("personal", "person", "personne"))
PLURALS = frozenset(("plural",))


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that stand for something said before: `text[start:end]`; `kind` is a group of `REFERENCES`."""

    start: int
    end: int
    kind: str


def spoken(language: str) -> str:
    """Return the language whose wording is used: French for French, English for any other."""
    return "fr" if language == "fr" else "en"


def content_words(text: str, language: str) -> list[str]:
    """Return the words, in order, that say what a question is about; a number alone does not."""
    anything = _terms(spoken(language))
    told = (word for word in telling_words(text, language) if not word.isdigit())
    return [word for word in told if anything.isdisjoint(question_terms(word, language))]


def telling_words(text: str, language: str) -> list[str]:
    """Return the words, in order, that say what a question is about or what of it is asked for."""
    fillers = FILLERS[spoken(language)]
    return [word for word in words(text) if question_terms(word, language) and word not in fillers]


def without(text: str, reference: Reference | None) -> str:
    """Return a text with a reference blanked out."""
    return text if reference is None else f"{text[: reference.start]} {text[reference.end :]}"


def reference_in(text: str, language: str, mentions: Sequence[Mention]) -> Reference | None:
    """Return the first words that stand for something outside the question; None where it explains itself."""
    spoken_in = spoken(language)
    masked = EXPLETIVE[spoken_in].sub(lambda match: "·" * len(match.group()), text)
    for match in REFERENCES[spoken_in].finditer(masked):
        group = str(match.lastgroup)
        reference = Reference(*match.span(group), group.rstrip("2345"))
        if not _is_explained(text, reference, mentions):
            return reference
    return None


def _is_explained(text: str, reference: Reference, mentions: Sequence[Mention]) -> bool:
    """Return whether a name in the question says what the reference stands for.

    A name before it does, and one set off by a comma behind it; any name explains "that" and "the company".
    """
    if reference.kind in _WHOEVER and mentions:
        return True
    before = any(one.end <= reference.start and not _is_asked_for(text, one) for one in mentions)
    return before or any(_DISLOCATED.match(text[reference.end : one.start]) for one in mentions)


def _is_asked_for(text: str, mention: Mention) -> bool:
    """Return whether a capitalised word only says what is asked for: "which RFC"."""
    return mention.kind == "other" and _WHICH.search(text[: mention.start]) is not None


@cache
def _terms(language: str) -> frozenset[str]:
    return frozenset(term for word in ATTRIBUTES[language] for term in question_terms(word, language))
