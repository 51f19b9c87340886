"""What the last turns were about: a name, several, a person, or a few words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from osxp_rag.answering.conversation.content import content_words
from osxp_rag.answering.conversation.names import Names
from osxp_rag.answering.conversation.turn import Turn
from osxp_rag.answering.question import analyse

_BACK = 4  # turns that are looked back on
_LISTED = 5  # names that "they" stands for at most
_PERSON = re.compile(r"\b[A-ZÀ-Þ][\w'’.-]+(?:\s(?:de\s|van\s|von\s)?[A-ZÀ-Þ][\w'’-]+)+")
_AND = {"fr": "et"}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a conversation is about, in words, and the documents that the last answer about it quoted."""

    text: str
    documents: tuple[str, ...] = ()


def subject_of(turns: Sequence[Turn], names: Names, kind: str, language: str) -> Subject | None:
    """Return what words of a kind stand for: a `person`, several (`plural`), no person (`object`), or any `thing`.

    None where nothing was spoken of.
    """
    found = []
    for turn in reversed(turns[-_BACK:]):
        if text := _of_kind(turn, names, kind, language) or _thing(turn, names):
            found.append(Subject(text, turn.documents))
    objects = [one for one in found if names.kinds.get(one.text) != "speakers"]
    return next(iter([*objects, *found] if kind == "object" else found), None)


def _of_kind(turn: Turn, names: Names, kind: str, language: str) -> str:
    """Return the person or the several things that a turn was about; nothing where it was about none."""
    asked_who = analyse(turn.meant).expected == "person"
    if kind == "plural":
        return _several(turn, names, language) or (_person(turn, names) if asked_who else "")
    return _person(turn, names) if kind == "person" else ""


def last_turn(turns: Sequence[Turn]) -> Turn | None:
    """Return the last turn that asked something of the documents."""
    return next((turn for turn in reversed(turns[-_BACK:]) if turn.quoted or _says_something(turn)), None)


def items_of(turn: Turn, names: Names) -> list[str]:
    """Return a name for each statement of an answer: its document's where they differ, else what only it names."""
    if len(turn.documents) > 1:
        return [names.heads.get(document, "") for document in turn.documents]
    named = [[one.name for one in names.find(quoted.quote)] for quoted in turn.quoted]
    shared = set.intersection(*map(set, named)) if named else set()
    return [_own(some, shared, quoted.quote) for some, quoted in zip(named, turn.quoted, strict=True)]


def _own(named: list[str], shared: set[str], quote: str) -> str:
    own = [name for name in named if name not in shared and name not in ("Track", "Part")]
    return own[0] if own and not own[0].isdigit() else " ".join(quote.split()).rstrip(".")


def _says_something(turn: Turn) -> bool:
    return bool(content_words(turn.meant, turn.language))


def _person(turn: Turn, names: Names) -> str:
    """Return the person who was asked for or about, or whom the answer names."""
    people = [one.name for one in names.find(turn.meant) if one.kind == "speakers"]
    if people:
        return people[0]
    named = [match.group() for text in (turn.direct or "", turn.meant) for match in _PERSON.finditer(text)]
    quoted = turn.quoted[0].quote if turn.quoted else ""
    speakers = [one.name for one in names.find(quoted) if one.kind == "speakers"]
    if analyse(turn.meant).expected == "person" and turn.direct and named:
        return named[0]
    return next(iter([*speakers, *(name for name in named if not _is_listed(name, names))]), "")


def _is_listed(name: str, names: Names) -> bool:
    return any(one.kind != "other" for one in names.find(name))


def _several(turn: Turn, names: Names, language: str) -> str:
    """Return the names of the documents that an answer quotes, where there are several."""
    mentioned = [one.name for one in names.find(turn.meant) if one.head]
    heads = list(dict.fromkeys(names.heads.get(path, "") for path in turn.documents))
    listed = [head for head in heads if head and any(head in one.quote for one in turn.quoted)][:_LISTED]
    if len(listed) < 2 or mentioned:
        return ""
    return f"{', '.join(listed[:-1])} {_AND.get(language, 'and')} {listed[-1]}"


def _thing(turn: Turn, names: Names) -> str:
    """Return what a question names, else what the document that answered it is about, else its own words."""
    mentions = [one for one in names.find(turn.meant) if not one.name.isdigit()]
    if heads := [one.name for one in mentions if one.head]:
        return heads[0]
    asked = analyse(turn.meant)
    head = _quoted_head(turn, names)
    if mentions and not (head and asked.expected is None and asked.shape != "summary"):
        return min(
            mentions, key=lambda one: one.kind == "other"
        ).name  # "What can replace VMware?" is answered by another
    return head or " ".join(content_words(turn.meant, turn.language))


def _quoted_head(turn: Turn, names: Names) -> str:
    """Return what the first quoted document is about, where the quote names it."""
    first = turn.quoted[0] if turn.quoted else None
    head = names.heads.get(first.document, "") if first else ""
    return head if first and head and head.casefold() in first.quote.casefold() else ""
