"""A file of questions: one JSON object a line."""

from __future__ import annotations

from pathlib import Path

from osxp_rag.errors import QuestionsError
from osxp_rag.evaluation.fields import read_lines
from osxp_rag.evaluation.question import Question, parse_question


def load_questions(path: Path, split: str | None = None) -> list[Question]:
    """Read and check a file of questions; keep those of a split where one is named.

    Blank lines, and questions that are still open, are passed over.

    Raises:
        QuestionsError: the first thing that is wrong, with the file, the line, the key and the remedy.
    """
    first: dict[str, int] = {}
    questions: list[Question] = []
    for number, line in read_lines(path):
        where = f"{path}, line {number}"
        question = parse_question(line, where)
        if question is None:
            continue
        if question.id in first:
            taken = f"{question.id!r} is there twice, first in line {first[question.id]}"
            raise QuestionsError(f"{where}, id: {taken}; give this one another id.")
        first[question.id] = number
        questions.append(question)
    if not questions:
        raise QuestionsError(f"{path}: holds no question; write one JSON object a line.")
    return _of_split(questions, split, path) if split else questions


def _of_split(questions: list[Question], split: str, path: Path) -> list[Question]:
    chosen = [question for question in questions if question.split == split]
    if not chosen:
        raise QuestionsError(f'{path}: no question has "split": "{split}"; leave --split out to take all of them.')
    return chosen
