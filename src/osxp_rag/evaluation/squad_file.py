"""A file in SQuAD's format, version 1.1 or 2.0, checked on the way in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osxp_rag.corpus.language import detect_language
from osxp_rag.corpus.text import well_formed
from osxp_rag.errors import QuestionsError
from osxp_rag.evaluation.fields import FILLED, TEXT, Kind, check_keys, is_truth, read_text

_LISTS = {"data": FILLED}, {"paragraphs": FILLED}
_PARAGRAPH = {"context": TEXT, "qas": Kind(lambda value: isinstance(value, list), "a list")}
_QUESTION = {"question": TEXT, "is_impossible": Kind(is_truth, "true or false", optional=True)}
_ANSWERS = {"answers": Kind(lambda value: isinstance(value, list), "a list, empty where there is no answer")}
_ANSWER = {"text": TEXT}
_ENOUGH = 20_000  # characters to tell a language by


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    """A question about a context, and every answer that counts as right; none where the context does not hold it."""

    question: str
    context: str
    answers: tuple[str, ...]


def load_squad(path: Path) -> list[SquadQuestion]:
    """Read and check a file in SQuAD's format; other keys than the format's are passed over.

    Raises:
        QuestionsError: the first thing that is wrong, with the file, the place, the key and the remedy.
    """
    questions = [one for paragraph, where in _paragraphs(path) for one in _questions(paragraph, where)]
    if not questions:
        raise QuestionsError(f"{path}: holds no question; write some under data, paragraphs, qas.")
    return questions


def language_of(questions: list[SquadQuestion]) -> str:
    """Return the ISO 639-1 code of the language that the contexts are likeliest in."""
    contexts, size = [], 0
    for context in dict.fromkeys(question.context for question in questions):
        contexts.append(context)
        size += len(context)
        if size > _ENOUGH:
            break
    return detect_language("\n".join(contexts))[0]


def _paragraphs(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    try:
        values = json.loads(read_text(path))
    except ValueError as error:
        raise QuestionsError(f"{path}: not valid JSON ({error}); --squad takes one JSON object a file.") from error
    for row, article in enumerate(check_keys(values, _LISTS[0], f"{path}")["data"]):
        where = f"{path}, data[{row}]"
        for place, paragraph in enumerate(check_keys(article, _LISTS[1], where)["paragraphs"]):
            inside = f"{where}.paragraphs[{place}]"
            yield check_keys(paragraph, _PARAGRAPH, inside), inside


def _questions(paragraph: dict[str, Any], where: str) -> Iterator[SquadQuestion]:
    context = well_formed(paragraph["context"])
    for place, values in enumerate(paragraph["qas"]):
        inside = f"{where}.qas[{place}]"
        check_keys(values, _QUESTION, inside)
        yield SquadQuestion(well_formed(values["question"]), context, _answers(values, inside))


def _answers(values: dict[str, Any], where: str) -> tuple[str, ...]:
    """Return the answers, each once; none for a question marked impossible, whatever plausible ones stand there."""
    if values.get("is_impossible"):
        return ()
    rows = enumerate(check_keys(values, _ANSWERS, where)["answers"])
    texts = (check_keys(answer, _ANSWER, f"{where}.answers[{row}]")["text"] for row, answer in rows)
    return tuple(dict.fromkeys(map(well_formed, texts)))
