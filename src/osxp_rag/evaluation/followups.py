"""Follow-up questions: each asked in its conversation and alone, and what the one gains over the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from osxp_rag.answering.conversation.turn import Turn, turn_of
from osxp_rag.evaluation.conversations import KINDS, Asked, Conversation
from osxp_rag.evaluation.outcome import RANKS, Outcome
from osxp_rag.evaluation.run import exact_quotes

if TYPE_CHECKING:
    from osxp_rag.assistant import Assistant
    from osxp_rag.index.build import Progress


@dataclass(frozen=True, slots=True)
class Followed:
    """A turn after the first: what came of it among the turns before, and what of the same words alone."""

    asked: Asked
    among: Outcome
    alone: Outcome


@dataclass(frozen=True, slots=True)
class FollowUpScores:
    """Shares over some follow-ups, from 0 to 1; None where there was nothing to measure.

    Recall is over answerable ones; `recall_gain` is what the conversation adds to it, as a share of what the question
    finds alone. A follow-up is correct where it is answerable and answered with every pattern, or else refused.
    """

    turns: int
    answerable: int
    recall_at_5: float | None
    recall_at_5_alone: float | None
    recall_gain: float | None
    correct: float | None
    correct_alone: float | None
    answered_rightly: float | None
    refused_rightly: float | None


@dataclass(frozen=True, slots=True)
class Missed:
    """A follow-up that was not answered as it should be."""

    id: str
    question: str
    condensed: str | None
    kind: str
    rank: int | None
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class FollowUpReport:
    """What was measured of all follow-ups, by language, and by how they lean on the turns before."""

    conversations: str
    split: str | None
    generation: str
    held: int
    overall: FollowUpScores
    by_language: dict[str, FollowUpScores]
    by_kind: dict[str, FollowUpScores]
    missed: tuple[Missed, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON types."""
        return {**asdict(self), "missed": [asdict(one) for one in self.missed]}


def hold(assistant: Assistant, conversations: Sequence[Conversation], progress: Progress) -> list[Followed]:
    """Hold the conversations, on the assistant's own answers; return what came of the turns after the first."""
    followed: list[Followed] = []
    for done, conversation in enumerate(conversations, 1):
        turns: list[Turn] = []
        for asked in conversation.turns:
            among = _outcome(assistant, asked, turns)
            if turns:
                followed.append(Followed(asked, among, _outcome(assistant, asked, ())))
            turns.append(turn_of(among.answer))
        progress("ask", done, len(conversations))
    return followed


def score_followups(followed: Sequence[Followed]) -> FollowUpScores:
    """Return the scores over some follow-ups."""
    answerable = [one for one in followed if one.asked.question.answerable]
    others = [one for one in followed if not one.asked.question.answerable]
    recall, alone = _mean(answerable, lambda one: one.among.recall), _mean(answerable, lambda one: one.alone.recall)
    return FollowUpScores(
        turns=len(followed),
        answerable=len(answerable),
        recall_at_5=recall,
        recall_at_5_alone=alone,
        recall_gain=recall / alone - 1.0 if recall is not None and alone else None,
        correct=_mean(followed, lambda one: one.among.correct),
        correct_alone=_mean(followed, lambda one: one.alone.correct),
        answered_rightly=_mean(answerable, lambda one: one.among.correct),
        refused_rightly=_mean(others, lambda one: one.among.correct),
    )


def report_on(
    followed: Sequence[Followed], *, held: int, conversations: str, split: str | None, generation: str
) -> FollowUpReport:
    """Return the report on follow-ups."""
    languages = sorted({one.asked.question.lang for one in followed})
    return FollowUpReport(
        conversations, split, generation, held,
        score_followups(followed),
        {lang: score_followups([one for one in followed if one.asked.question.lang == lang]) for lang in languages},
        {kind: score_followups(some) for kind in KINDS if (some := _of_kind(followed, kind))},
        tuple(_missed(one) for one in followed if not one.among.correct),
    )  # fmt: skip


def _of_kind(followed: Sequence[Followed], kind: str) -> list[Followed]:
    return [one for one in followed if one.asked.kind == kind]


def _outcome(assistant: Assistant, asked: Asked, turns: Sequence[Turn]) -> Outcome:
    answer = assistant.ask(asked.question.question, turns=turns)
    hits = assistant.search(asked.question.question, turns=turns, top_k=RANKS)
    documents = tuple(hit.passage.document for hit in hits)
    return Outcome(
        asked.question, answer, documents, exact_quotes(assistant, answer), float(answer.timings_ms["total"])
    )


def _missed(one: Followed) -> Missed:
    question, answer = one.asked.question, one.among.answer
    patterns = " and ".join(pattern.pattern for pattern in question.patterns) or "an answer"
    expected = f"{patterns} (in {', '.join(question.documents)})" if question.answerable else "abstained"
    got = answer.text if answer.answered else f"abstained: {answer.reason}"
    rank = one.among.rank if question.answerable else None
    return Missed(question.id, question.question, answer.condensed, one.asked.kind, rank, expected, got)


def _mean(some: Sequence[Followed], value: Callable[[Followed], float]) -> float | None:
    return sum(map(value, some)) / len(some) if some else None
