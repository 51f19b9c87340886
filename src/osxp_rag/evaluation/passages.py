"""A file of questions with passages, one JSON object a line: NoMIRACL's shape, checked on the way in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osxp_rag.corpus.text import well_formed
from osxp_rag.evaluation.fields import TEXT, TRUTH, Kind, check_keys, is_filled, is_texts, read_rows
from osxp_rag.evaluation.reading import Told, tell

if TYPE_CHECKING:
    from osxp_rag.index.build import Progress
    from osxp_rag.models.reader import Reader


def _are_outputs(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(output, str) for output in value.values())


_KEYS = {
    "question": TEXT,
    "passages": Kind(lambda value: is_filled(value) and is_texts(value), "a list of one text or more"),
    "answerable": TRUTH,
    "llm_outputs": Kind(_are_outputs, "an object of a text for each LLM", optional=True),
}


@dataclass(frozen=True, slots=True)
class PassagesQuestion:
    """A question, its passages (`Title: text`), whether one of them answers it, and what LLMs said, by their names."""

    question: str
    passages: tuple[str, ...]
    answerable: bool
    llm_outputs: Mapping[str, str]


def load_passages(path: Path) -> list[PassagesQuestion]:
    """Read and check a file; keys that it needs not are passed over, and so are blank lines.

    Raises:
        QuestionsError: the first thing that is wrong, with the file, the line, the key and the remedy.
    """
    return [_question(check_keys(values, _KEYS, where)) for where, values in read_rows(path)]


def read_passages(reader: Reader, questions: Sequence[PassagesQuestion], progress: Progress) -> list[tuple[Told, ...]]:
    """Return what the reader says of each passage of each question."""
    told = []
    for done, question in enumerate(questions, 1):
        told.append(tuple(tell(reader, question.question, question.passages)))
        progress("read", done, len(questions))
    return told


def _question(values: dict[str, Any]) -> PassagesQuestion:
    return PassagesQuestion(
        well_formed(values["question"]),
        tuple(map(well_formed, values["passages"])),
        values["answerable"],
        {well_formed(name): output for name, output in (values.get("llm_outputs") or {}).items()},
    )
