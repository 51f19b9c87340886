"""Where it goes right and wrong: by the form of answerable questions, by the class of the others. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from osxp_rag.evaluation.metrics import number, share
from osxp_rag.evaluation.outcome import Outcome
from osxp_rag.evaluation.question import CLASSES, TYPES
from osxp_rag.evaluation.scores import MEASURES, tabulate

UNCLASSIFIED = "unclassified"


@dataclass(frozen=True, slots=True)
class TypeScores:
    """Scores over the answerable questions of one form, from 0 to 1; None where there was nothing to measure."""

    questions: int
    recall_at_5: float | None
    correct: float | None
    refused: float | None
    citation_precision: float | None
    list_items_found: float | None


@dataclass(frozen=True, slots=True)
class ClassScores:
    """Scores over the unanswerable questions of one class, from 0 to 1."""

    questions: int
    refused: float | None
    mean_confidence: float | None


def by_type(outcomes: Sequence[Outcome]) -> dict[str, TypeScores]:
    """Return the scores of every form that is there, in the order of `TYPES`."""
    answerable = [one for one in outcomes if one.question.answerable]
    return {name: _type_scores(some) for name, some in _groups(answerable, TYPES, lambda one: one.question.type)}


def by_class(outcomes: Sequence[Outcome]) -> dict[str, ClassScores]:
    """Return the scores of every class that is there, in the order of `CLASSES`, then those without a class."""
    unanswerable = [one for one in outcomes if not one.question.answerable]
    groups = _groups(unanswerable, (*CLASSES, UNCLASSIFIED), lambda one: one.question.class_ or UNCLASSIFIED)
    return {name: _class_scores(some) for name, some in groups}


def _groups(
    outcomes: Sequence[Outcome], names: Sequence[str], name_of: Callable[[Outcome], str]
) -> list[tuple[str, list[Outcome]]]:
    groups = ((name, [one for one in outcomes if name_of(one) == name]) for name in names)
    return [(name, some) for name, some in groups if some]


def _type_scores(outcomes: Sequence[Outcome]) -> TypeScores:
    columns = tabulate(outcomes)
    names = ("recall_at_5", "correct", "citation_precision", "list_items_found")
    measured = {name: number(MEASURES[name](columns)) for name in names}
    refused = number(share(~columns.answered, columns.answerable))
    return TypeScores(questions=len(outcomes), refused=refused, **measured)


def _class_scores(outcomes: Sequence[Outcome]) -> ClassScores:
    columns = tabulate(outcomes)
    every = ~columns.answerable
    return ClassScores(len(outcomes), number(share(~columns.answered, every)), number(share(columns.confidence, every)))
