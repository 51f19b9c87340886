"""What is asked: a question among its turns, understood before anything is looked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from osxp_rag.answering.conversation.condense import Say, condense
from osxp_rag.answering.conversation.names import Names
from osxp_rag.answering.conversation.phrases import Talk
from osxp_rag.answering.conversation.rewrite import language_among, rewrite
from osxp_rag.answering.conversation.small_talk import small_talk
from osxp_rag.answering.conversation.turn import Turn
from osxp_rag.answering.conversation.wording import YES
from osxp_rag.answering.question import Question, analyse


@dataclass(frozen=True, slots=True)
class Understood:
    """A question that stands alone.

    `condensed` is its text where that is not what was asked; `documents` are those that its answer is likelier to be
    in, by path; `talk` is set where it is small talk.
    """

    question: Question
    condensed: str | None = None
    documents: tuple[str, ...] = ()
    talk: Talk | None = None


def understand(
    text: str,
    turns: Sequence[Turn],
    names: Names,
    terms: Callable[[str], Collection[str]] = lambda path: (),
    say: Say | None = None,
) -> Understood:
    """Return what a text asks after some turns; without turns it is taken as it is.

    `terms` gives the terms of a document, by path; `say` asks a language model, where there is one, and is not called
    for what the rules do not take for a follow-up.
    """
    if not (turns and turns[-1].choices) and (talk := small_talk(" ".join(text.split()))):
        return Understood(analyse(text, talk[1]), talk=talk[0])
    if not turns and YES.match(text):
        return Understood(analyse(text), talk="no")
    found = rewrite(text, turns, names, terms)
    if found is None:
        return Understood(analyse(text, language_among(text, turns) if turns else None))
    if say is not None and found.rewordable:
        found = condense(text, turns, found, names, say)
    asked = analyse(found.text, found.language)
    return Understood(asked, asked.text if asked.text != analyse(text).text else None, found.documents)
