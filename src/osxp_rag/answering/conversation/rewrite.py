"""A follow-up → the question that it stands for. Pure, and without a model.

The rules are tried in order, and the first that applies decides. A question with a subject of its own meets none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from osxp_rag.answering.conversation.content import (
    PERSONS,
    PLURALS,
    Reference,
    content_words,
    reference_in,
    spoken,
    without,
)
from osxp_rag.answering.conversation.follow import Follow, Rewritten
from osxp_rag.answering.conversation.fragments import fragment
from osxp_rag.answering.conversation.grammar import END, about, added, put
from osxp_rag.answering.conversation.names import Names
from osxp_rag.answering.conversation.pointers import ORDINAL, ORDINALS
from osxp_rag.answering.conversation.small_talk import small_talk
from osxp_rag.answering.conversation.subject import Subject, items_of
from osxp_rag.answering.conversation.turn import Turn
from osxp_rag.answering.conversation.wording import (
    AND,
    ASKS,
    BARE,
    EXISTS,
    IN_LANGUAGE,
    LANGUAGES,
    LEAD,
    MORE,
    YES,
)
from osxp_rag.answering.question import analyse
from osxp_rag.corpus.language import detect_language
from osxp_rag.index.terms import function_words, question_terms

_MOST_WORDS = 14  # of a question that is taken for a follow-up without a word that leans on another
_FEW_WORDS = 3  # by which a language is not told
_SPOKEN = ("en", "fr")
_SURE = 0.75  # probability from which a detected language is believed

Rule = Callable[[Follow], Rewritten | None]


def rewrite(
    question: str, turns: Sequence[Turn], names: Names, terms: Callable[[str], Collection[str]] = lambda path: ()
) -> Rewritten | None:
    """Return the question that a follow-up stands for; None where it stands alone, or nothing says what for.

    `terms` gives the terms of a document, by path.
    """
    text = " ".join(question.replace("’", "'").split())
    turns = [turn for turn in turns if _asked_something(turn)]
    if not turns or not any(character.isalnum() for character in text):
        return None
    language = language_among(text, turns)
    lead = LEAD.sub("", text)
    bare = AND[spoken(language)].sub("", lead) or lead
    follow = Follow(text, bare, bare != lead, language, tuple(turns), names, terms)
    found = next(((rule, found) for rule in RULES if (found := rule(follow)) is not None), None)
    return replace(found[1], rewordable=found[0] not in _SETTLED) if found else None


def _asked_something(turn: Turn) -> bool:
    """Return whether a turn was more than small talk."""
    return bool(turn.condensed or turn.quoted) or not (small_talk(turn.question) or YES.match(turn.question))


def language_among(text: str, turns: Sequence[Turn]) -> str:
    """Return the language of a question; where its few words leave it open, that of the turn before."""
    alone = analyse(text).language
    if not turns or alone == turns[-1].language:
        return alone
    if alone not in _SPOKEN:
        return alone if len(text.split()) > _FEW_WORDS else turns[-1].language
    english, french = (function_words(text, code) for code in _SPOKEN)
    if english == french:
        return alone if detect_language(text)[1] >= _SURE else turns[-1].language
    return "en" if english > french else "fr"


def kind_of(reference: Reference, text: str) -> str:
    """Return what a reference in a text stands for; see `subject_of`."""
    if reference.kind in PERSONS:
        return "person"
    if reference.kind in PLURALS:
        return "plural"
    return "object" if text[reference.start : reference.end].casefold() in ("it", "its", "ça", "c'") else "thing"


def _choice(follow: Follow) -> Rewritten | None:
    """Take up what was offered: "yes", "2", "the second one", or words of it."""
    asked = follow.turns[-1]
    if not asked.choices:
        return None
    place = 1 if YES.match(follow.text) else _place(follow.bare)
    if 0 < place <= len(asked.choices):
        return Rewritten(asked.choices[place - 1].question, asked.language)
    if ASKS[spoken(follow.language)].search(follow.bare):
        return None
    told = END.sub("", follow.bare).strip().casefold()
    offered = (one for one in asked.choices if told in one.label.casefold() or one.label.casefold() in told)
    if told and (one := next(offered, None)):
        return Rewritten(one.question, asked.language)
    return _named(follow, asked)


def _named(follow: Follow, asked: Turn) -> Rewritten | None:
    """Take a name for the answer to "which one do you mean?"."""
    mentions = follow.names.find(follow.bare)
    if not mentions:
        return None
    reference = reference_in(asked.question, asked.language, ())
    return Rewritten(put(asked.question, asked.language, mentions[0].name, reference), asked.language)


def _other_language(follow: Follow) -> Rewritten | None:
    """Ask the same again in another language: "and in French?"."""
    match, last = IN_LANGUAGE.match(follow.text), follow.last
    if not match or not last:
        return None
    language = LANGUAGES[(match["name"] or match["other"]).casefold()]
    written = tuple(path for path, lang in follow.names.languages.items() if lang == language)
    return Rewritten(last.meant, language, written)


def _more(follow: Follow) -> Rewritten | None:
    """Say more of the same: "yes", "more", "go on"."""
    if not (MORE.match(follow.text) or MORE.match(follow.bare) or YES.match(follow.text)):
        return None
    subject = follow.subject()
    if subject is None:
        return None
    return Rewritten(about(subject.text, follow.language), follow.language, subject.documents)


def _item(follow: Follow) -> Rewritten | None:
    """Speak of one of several: "the second one"."""
    match, last = ORDINAL.search(follow.bare), follow.last
    items = items_of(last, follow.names) if last else []
    place = _place(follow.bare) % (len(items) + 1)  # the last one is -1
    if not match or not last or len(items) < 2 or not place or _place(follow.bare) > len(items) or not items[place - 1]:
        return None
    item, several = items[place - 1], len(last.documents) > 1
    asks = ASKS[spoken(follow.language)].search(follow.bare)
    text = f"{follow.bare[: match.start()]}{item}{follow.bare[match.end() :]}" if asks else about(item, follow.language)
    return Rewritten(text, follow.language, last.documents[place - 1 : place] if several else last.documents)


def _place(text: str) -> int:
    """Return which one a text speaks of, from 1, -1 for the last; 0 where it speaks of none."""
    match = ORDINAL.search(text)
    if not match:
        return 0
    if match["digit"]:
        return int(match["digit"])
    told = match["en"] or match["en2"] or match["fr"]
    return next(place for place, pattern in ORDINALS if re.fullmatch(pattern, told, re.IGNORECASE))


def _bare(follow: Follow) -> Rewritten | None:
    """Ask again of what was asked before: "why?", "since when?"."""
    last, subject = follow.last, follow.subject()
    if not BARE.match(follow.bare) or not last or not subject:
        return None
    words = content_words(last.meant, last.language)
    told = [subject.text, *(word for word in words if word.casefold() not in subject.text.casefold())]
    return Rewritten(
        added(follow.bare, f"({' '.join(told)})", follow.language, " "), follow.language, subject.documents
    )


def _reference(follow: Follow) -> Rewritten | None:
    """Put what was spoken of in the place of "it", "son", "this project"."""
    reference = reference_in(follow.bare, follow.language, follow.names.find(follow.bare))
    if reference is None:
        return None
    if reference.kind in ("noun", "role") and content_words(without(follow.bare, reference), follow.language):
        return None
    return _of(follow.subject(kind_of(reference, follow.bare)), follow, reference)


def _unsaid(follow: Follow) -> Rewritten | None:
    """Name what was spoken of where a question names nothing: "when was the first release?"."""
    named = [one for one in follow.names.find(follow.bare) if not one.name.isdigit()]
    says = not EXISTS.match(follow.bare) and content_words(follow.bare, follow.language)
    if named or says or analyse(follow.bare).whole_corpus or len(follow.bare.split()) > _MOST_WORDS:
        return None
    return _of(follow.subject(), follow, None)


def _told_there(follow: Follow) -> Rewritten | None:
    """Name what was spoken of where a question names nothing, and its words are of what was quoted: "the fines"."""
    words = content_words(follow.bare, follow.language)
    named = [one for one in follow.names.find(follow.bare) if not one.name.isdigit()]
    if named or not words or analyse(follow.bare).whole_corpus or len(follow.bare.split()) > _MOST_WORDS:
        return None
    subject = follow.subject()
    held = {term for path in subject.documents for term in follow.terms(path)} if subject else set()
    if not all(held.intersection(question_terms(word, follow.language)) for word in words):
        return None
    return _of(subject, follow, None)


def _of(subject: Subject | None, follow: Follow, reference: Reference | None) -> Rewritten | None:
    if subject is None:
        return None
    text = put(follow.bare, follow.language, subject.text, reference)
    return Rewritten(text, follow.language, subject.documents)


RULES: tuple[Rule, ...] = (_choice, _other_language, _more, _item, _bare, fragment, _reference, _unsaid, _told_there)
_SETTLED = (_choice, _other_language, _more, _item)  # what these say is chosen, not phrased
