"""Questions that say too little: told by their words, and answered with choices from the documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from osxp_rag.answering.answer import Choice
from osxp_rag.answering.conversation.content import (
    Reference,
    content_words,
    reference_in,
    spoken,
    telling_words,
    without,
)
from osxp_rag.answering.conversation.grammar import put
from osxp_rag.answering.conversation.names import Names
from osxp_rag.answering.conversation.pointers import DESCRIBED, ORDINAL, OTHER
from osxp_rag.answering.conversation.wording import AND
from osxp_rag.answering.question import Question
from osxp_rag.index.terms import question_terms, terms_of
from osxp_rag.retrieval.hit import Hit

LEAST, MOST = 2, 4  # choices that are offered


def choices_for(question: Question, hits: Sequence[Hit], names: Names) -> tuple[Choice, ...]:
    """Return what a question that says too little may be about, talks first; none where it says enough.

    None either where fewer than `LEAST` documents come to mind: there is nothing to choose then.

    "the project from Germany" may be any that the documents place there; "it" whatever was found.
    """
    if described := _described(question):
        wanted = set(question_terms(described, question.language))
        held = [hit for hit in hits if not wanted.isdisjoint(terms_of(hit.passage.text, hit.metadata.lang))]
        return _choices(question, held, names)
    return _choices(question, hits, names) if says_too_little(question, names) else ()


def says_too_little(question: Question, names: Names) -> bool:
    """Return whether nothing in a question says what it is about.

    It speaks of "it" or "the other one", and has else no name and no word but those that may be asked of anything
    ("licence", "when"); or it has no word but such as "how many".
    """
    if question.whole_corpus or names.find(question.text):
        return False
    pointer = _pointer(question.text, question.language)
    if pointer is None:
        return not telling_words(question.text, question.language)
    return not content_words(without(question.text, pointer), question.language)


def _described(question: Question) -> str | None:
    """Return what the only thing that a question speaks of is told by: Germany, of "the project from Germany"."""
    match = DESCRIBED.search(question.text)
    if not match:
        return None
    rest = without(question.text, Reference(*match.span(), "noun"))
    return None if content_words(rest, question.language) else next(filter(None, match.groups()), None)


def _choices(question: Question, hits: Iterable[Hit], names: Names) -> tuple[Choice, ...]:
    """Return the documents of some hits, best first, talks before others, each name once."""
    pointer = _pointer(question.text, question.language)
    best = {hit.passage.document: hit for hit in reversed(list(hits))}
    found: dict[str, Choice] = {}
    for hit in sorted(best.values(), key=lambda hit: (hit.metadata.kind != "talk", -hit.score, hit.passage.id)):
        head = names.heads.get(hit.passage.document) or hit.metadata.title
        found.setdefault(head, Choice(hit.metadata.title, put(question.text, question.language, head, pointer)))
    return tuple(found.values())[:MOST] if len(found) >= LEAST else ()


def _pointer(text: str, language: str) -> Reference | None:
    """Return what in a question stands for something that it does not say."""
    for pattern in (DESCRIBED, ORDINAL, OTHER):
        if match := pattern.search(text):
            return Reference(*match.span(), "noun")
    if match := AND[spoken(language)].match(text):
        rest = reference_in(text[match.end() :], language, ())
        return rest and Reference(rest.start + match.end(), rest.end + match.end(), rest.kind)
    return reference_in(text, language, ())
