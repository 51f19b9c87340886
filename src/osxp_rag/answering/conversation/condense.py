"""A follow-up → one question in a language model's words, taken only where they hold; else the rules' question stands.

A model may put a question better than the rules do. What it is about, it may not change: the subject is the rules'.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from osxp_rag.answering.conversation.content import reference_in, spoken, telling_words
from osxp_rag.answering.conversation.follow import Rewritten
from osxp_rag.answering.conversation.names import Names
from osxp_rag.answering.conversation.pointers import ORDINAL
from osxp_rag.answering.conversation.rewrite import language_among
from osxp_rag.answering.conversation.turn import Turn
from osxp_rag.answering.conversation.wording import ASKS
from osxp_rag.answering.phrasing.compare import held, new_words
from osxp_rag.answering.phrasing.facts import names as names_in
from osxp_rag.answering.phrasing.facts import numbers
from osxp_rag.answering.phrasing.lexicon import same
from osxp_rag.answering.phrasing.prompt import defused, fill
from osxp_rag.corpus.sentences import split_sentences
from osxp_rag.index.terms import question_terms

Say = Callable[[str, str], str]
"""Gives what a language model says first, on one line, to rules and a request; nothing where it fails."""
Broken = Literal["question", "long", "language", "leans", "subject", "numbers", "names", "words"]

_BACK = 4  # turns that a model is given
_LONGEST = 300  # characters of a question or a quote that it is given
_MORE_WORDS = 12  # that it may say more than the rules
_WRAPPED = " \"'«»“”*`"


def condense(question: str, turns: Sequence[Turn], rules: Rewritten, names: Names, say: Say) -> Rewritten:
    """Return the rules' question in a model's words; as it is where they do not hold."""
    said = " ".join(say(*make_prompt(question, turns, rules.language)).split()).strip(_WRAPPED)
    return rules if broken_rule(said, question, turns, rules, names) else replace(rules, text=said)


def make_prompt(question: str, turns: Sequence[Turn], language: str) -> tuple[str, str]:
    """Return the rules and the request for a question, the last turns before it fenced as data."""
    shown = "\n".join(_fenced(number, turn) for number, turn in enumerate(turns[-_BACK:], 1))
    return fill("condense", language, {"turns": shown, "question": defused(question)[:_LONGEST]})


def broken_rule(said: str, question: str, turns: Sequence[Turn], rules: Rewritten, names: Names) -> Broken | None:
    """Return the first rule that a model's question breaks, or None.

    It is one question, hardly longer than the rules', in its language, and leans on nothing outside; it keeps the
    question's words and the rules' subject. What else it says, people have said, or titles, or the answering words:
    of the quotes only what documents list as names, so that no text of a document gets into the question.
    """
    if not _is_question(said, rules):
        return "question"
    if len(said.split()) > len(rules.text.split()) + _MORE_WORDS or len(said) > _LONGEST:
        return "long"
    if language_among(said, (Turn(said, rules.language),)) != rules.language:
        return "language"
    if reference_in(said, rules.language, names.find(said)) or ORDINAL.search(said):
        return "leans"
    if not _keeps(said, question, rules):
        return "subject"
    return _says_more(said, rules.language, _known(question, turns, rules, names))


def _is_question(said: str, rules: Rewritten) -> bool:
    """Return whether a text is one question; an order is one where the rules' question has no mark either."""
    asks = said.endswith("?") or ("?" not in rules.text and ASKS[spoken(rules.language)].search(said))
    return bool(asks) and len(split_sentences(said, 0, len(said), rules.language)) == 1


def _keeps(said: str, question: str, rules: Rewritten) -> bool:
    """Return whether a text holds the question's words that the rules kept, the rules' names, and one of their words.

    "this project" is a word that they do not keep: its name takes its place.
    """
    asked, meant = (telling_words(text, rules.language) for text in (question, rules.text))
    kept, carried = [word for word in asked if word in meant], [word for word in meant if word not in asked]
    ours = telling_words(said, rules.language)
    return (
        all(_is_among(word, ours, rules.language) for word in kept)
        and all(held(name, said) for name in names_in(rules.text, rules.language))
        and (not carried or any(_is_among(word, ours, rules.language) for word in carried))
    )


def _is_among(word: str, others: Sequence[str], language: str) -> bool:
    terms = set(question_terms(word, language))
    return any(same(word, other) or terms.intersection(question_terms(other, language)) for other in others)


def _says_more(said: str, language: str, known: str) -> Broken | None:
    """Return what a text says that is not known, or None."""
    named = names_in(said, language)
    if not numbers(said) <= numbers(known, doubtful=True):
        return "numbers"
    if not all(held(name, known) for name in named):
        return "names"
    return "words" if new_words(said, language, named, known) else None


def _known(question: str, turns: Sequence[Turn], rules: Rewritten, names: Names) -> str:
    """Return what a model's question may be made of."""
    told = [question, rules.text]
    for turn in turns[-_BACK:]:
        told += [turn.question, turn.meant, turn.direct or "", *(one.title for one in turn.quoted)]
        listed = (one for quoted in turn.quoted for one in names.find(quoted.quote) if one.kind != "other")
        told += [one.name for one in listed]
    return "\n".join(told)


def _fenced(number: int, turn: Turn) -> str:
    """Return a turn as data: its question, and the first words of what was quoted."""
    quoted = " ".join(defused(one.quote) for one in turn.quoted)[:_LONGEST]
    return f"<turn {number}>\n{defused(turn.meant)[:_LONGEST]}\n{quoted or '-'}\n</turn {number}>"
