"""A question among its turns, and the question that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from osxp_rag.answering.conversation.names import Names
from osxp_rag.answering.conversation.subject import Subject, last_turn, subject_of
from osxp_rag.answering.conversation.turn import Turn


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A question that stands alone; `documents` are those that its answer is likelier to be in.

    `rewordable` where it was put together from the words of several, and a language model might put it better.
    """

    text: str
    language: str
    documents: tuple[str, ...] = ()
    rewordable: bool = False


@dataclass(frozen=True, slots=True)
class Follow:
    """A question among its turns.

    `language` is the one it is asked in, `bare` the question without "and", "what about", "ok, …"; `led` tells whether
    one of the first two stood before it; `terms` gives the terms of a document, by path.
    """

    text: str
    bare: str
    led: bool
    language: str
    turns: tuple[Turn, ...]
    names: Names
    terms: Callable[[str], Collection[str]]

    @property
    def last(self) -> Turn | None:
        """The last turn that was about something."""
        return last_turn(self.turns)

    def subject(self, kind: str = "thing") -> Subject | None:
        """Return what the turns were about: see `subject_of` for the kinds."""
        return subject_of(self.turns, self.names, kind, self.language)
