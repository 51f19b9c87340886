"""A file of conversations with what is expected of each answer: one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osxp_rag.errors import QuestionsError
from osxp_rag.evaluation.fields import FILLED, TEXT, check_keys, one_of, read_rows
from osxp_rag.evaluation.question import SPLITS, Question, question_of

# What a turn asks of the turns before: nothing, what "it" is, the rest of a fragment, which of several, more, the same
# in another language, or nothing since the subject has changed.
KINDS = ("opening", "reference", "fragment", "choice", "more", "language", "change")


@dataclass(frozen=True, slots=True)
class Asked:
    """One turn: a question with what is expected of its answer, and how it leans on the turns before (`KINDS`)."""

    question: Question
    kind: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """Some turns, in order; the first is an opening."""

    id: str
    split: str
    turns: tuple[Asked, ...]


def load_conversations(path: Path, split: str | None = None) -> list[Conversation]:
    """Read and check a file of conversations; keep those of a split where one is named.

    Raises:
        QuestionsError: the first thing that is wrong, with the file, the line, the key and the remedy.
    """
    first: dict[str, str] = {}
    found = []
    for where, values in read_rows(path):
        conversation = _conversation(values, where)
        if conversation.id in first:
            raise QuestionsError(f"{where}, id: {conversation.id!r} is there twice; give this one another id.")
        first[conversation.id] = where
        found.append(conversation)
    chosen = [one for one in found if split in (None, one.split)]
    if not chosen:
        raise QuestionsError(f'{path}: no conversation has "split": "{split}"; leave --split out to take all of them.')
    return chosen


def _conversation(values: dict[str, Any], where: str) -> Conversation:
    check_keys(values, {"id": TEXT, "split": one_of(SPLITS), "turns": FILLED}, where)
    turns = tuple(_turns(values, where))
    if turns[0].kind != KINDS[0] or any(turn.kind == KINDS[0] for turn in turns[1:]):
        raise QuestionsError(f'{where}, kind: the first turn, and no other, is of the kind "{KINDS[0]}".')
    return Conversation(values["id"], values["split"], turns)


def _turns(values: dict[str, Any], where: str) -> Iterator[Asked]:
    for number, turn in enumerate(values["turns"], 1):
        place = f"{where}, turn {number}"
        check_keys(turn, {"question": TEXT, "kind": one_of(KINDS)}, place)
        told = {key: value for key, value in turn.items() if key != "kind"}
        question = question_of({**told, "id": f"{values['id']}/{number}", "split": values["split"]}, place)
        yield Asked(question, turn["kind"])
