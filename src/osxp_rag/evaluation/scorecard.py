"""The scorecard: outcomes in, scores and failures out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from osxp_rag.evaluation import bootstrap
from osxp_rag.evaluation.breakdown import ClassScores, TypeScores, by_class, by_type
from osxp_rag.evaluation.diagnosis import Fact, Reason, diagnose
from osxp_rag.evaluation.outcome import Outcome
from osxp_rag.evaluation.phrased import Phrased, phrased
from osxp_rag.evaluation.scores import Intervals, Scores, score


@dataclass(frozen=True, slots=True)
class Expected:
    """What a correct answer cites, one of them, and matches, all of them; nothing where it should be a refusal."""

    documents: tuple[str, ...]
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A question whose answer is not what was expected, and why.

    `got` is the text of an answer, or the reason of a refusal (`abstained`). `facts` is all that explains it, the
    main `reason` first.
    """

    id: str
    lang: str
    type: str
    class_: str | None
    question: str
    answerable: bool
    expected: Expected
    abstained: bool
    got: str
    confidence: float
    reason: Reason
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class IntervalsBy:
    """The intervals of the scores, over all questions and by language."""

    overall: Intervals
    by_language: dict[str, Intervals]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Scores over all questions, by language, type and class, and the questions that failed.

    `threshold` is what confidences were compared with; `reasons` counts the failures by their main reason.
    `phrased` tells what became of a language model's sentences, where one was asked.
    """

    threshold: float
    overall: Scores
    by_language: dict[str, Scores]
    intervals: IntervalsBy
    by_type: dict[str, TypeScores]
    by_class: dict[str, ClassScores]
    reasons: dict[Reason, int]
    failures: tuple[Failure, ...]
    phrased: Phrased | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the scorecard as JSON types."""
        plain = asdict(self, dict_factory=_plain)
        if self.phrased is None:
            del plain["phrased"]
        return plain


@dataclass(frozen=True, slots=True)
class Report:
    """A scorecard with what was scored: the file of the questions, their split, the generation that answered."""

    questions: str
    split: str | None
    generation: str
    card: Scorecard

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON types."""
        about = {"questions": self.questions, "split": self.split, "generation": self.generation}
        method = {"resamples": bootstrap.RESAMPLES, "level": bootstrap.LEVEL, "seed": bootstrap.SEED}
        return {**about, "bootstrap": method, **self.card.to_dict()}


def make_scorecard(outcomes: Sequence[Outcome], threshold: float) -> Scorecard:
    """Score the outcomes, over all and by language, type and class, and say why some failed."""
    languages = sorted({outcome.question.lang for outcome in outcomes})
    spoken = {lang: score([one for one in outcomes if one.question.lang == lang]) for lang in languages}
    overall, intervals = score(outcomes)
    failures = tuple(_failure(one, threshold) for one in outcomes if one.failed)
    return Scorecard(
        threshold=threshold,
        overall=overall,
        by_language={lang: scores for lang, (scores, _) in spoken.items()},
        intervals=IntervalsBy(intervals, {lang: theirs for lang, (_, theirs) in spoken.items()}),
        by_type=by_type(outcomes),
        by_class=by_class(outcomes),
        reasons={reason: sum(one.reason == reason for one in failures) for reason in Reason},
        failures=failures,
        phrased=phrased(outcomes),
    )


def _failure(outcome: Outcome, threshold: float) -> Failure:
    asked, answer = outcome.question, outcome.answer
    facts = diagnose(outcome, threshold)
    return Failure(
        id=asked.id,
        lang=asked.lang,
        type=asked.type,
        class_=asked.class_,
        question=asked.question,
        answerable=asked.answerable,
        expected=_expected(outcome),
        abstained=not answer.answered,
        got=answer.text if answer.answered else str(answer.reason),
        confidence=answer.confidence,
        reason=facts[0].reason,
        facts=facts,
    )


def _expected(outcome: Outcome) -> Expected:
    if not outcome.question.answerable:
        return Expected((), ())
    return Expected(outcome.question.documents, tuple(one.pattern for one in outcome.question.patterns))


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name.removesuffix("_"): value for name, value in pairs}
