"""Why an answer is not what was expected, in words, from a closed set. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from osxp_rag.evaluation.outcome import RANKS, Outcome


class Reason(StrEnum):
    """Why a question failed. The first that holds is the main one: a broken promise, else what went wrong earliest."""

    NOT_EXACT = "quote not exact"
    ANSWERED = "answered though unanswerable"
    NOT_RETRIEVED = "not retrieved"
    REFUSED = "refused though retrieved"
    INCOMPLETE = "incomplete list"
    WRONG_DOCUMENT = "wrong document cited"
    WRONG_SENTENCE = "right document, wrong sentence"


@dataclass(frozen=True, slots=True)
class Fact:
    """A reason with its particulars."""

    reason: Reason
    detail: str


def diagnose(outcome: Outcome, threshold: float) -> tuple[Fact, ...]:
    """Return every reason that holds, the main one first; none for a question that did not fail."""
    details = ((reason, explain(outcome, threshold)) for reason, explain in _EXPLAIN.items())
    return tuple(Fact(reason, detail) for reason, detail in details if detail is not None)


def _not_exact(outcome: Outcome, _: float) -> str | None:
    wrong = [f"[{one.id}]" for one, exact in zip(outcome.answer.citations, outcome.exact, strict=True) if not exact]
    return f"quote {', '.join(wrong)}" if wrong else None


def _answered(outcome: Outcome, threshold: float) -> str | None:
    if outcome.question.answerable or outcome.correct:
        return None
    return _confidence(outcome, threshold)


def _not_retrieved(outcome: Outcome, threshold: float) -> str | None:
    if not _wrong(outcome) or outcome.rank is not None or any(outcome.cited_rightly):
        return None
    refused = "" if outcome.answer.answered else f"; refused, {_refusal(outcome, threshold)}"
    return f"no passage of an expected document among the first {RANKS}{refused}"


def _refused(outcome: Outcome, threshold: float) -> str | None:
    if not _wrong(outcome) or outcome.answer.answered or outcome.rank is None:
        return None
    return f"{_refusal(outcome, threshold)}; first expected passage at rank {outcome.rank}"


def _incomplete(outcome: Outcome, _: float) -> str | None:
    if not (_wrong(outcome) and outcome.listed and any(outcome.matched)):
        return None
    return f"{sum(outcome.matched)} of {len(outcome.matched)} items; {_missing(outcome)}"


def _wrong_document(outcome: Outcome, _: float) -> str | None:
    if not _wrong(outcome) or not outcome.answer.answered or any(outcome.cited_rightly):
        return None
    cited = dict.fromkeys(citation.document for citation in outcome.answer.citations)
    return ", ".join(cited) or "none"


def _wrong_sentence(outcome: Outcome, _: float) -> str | None:
    if not _wrong(outcome) or not any(outcome.cited_rightly) or (outcome.listed and any(outcome.matched)):
        return None
    return _missing(outcome)


def _wrong(outcome: Outcome) -> bool:
    return outcome.question.answerable and not outcome.correct


def _missing(outcome: Outcome) -> str:
    pairs = zip(outcome.question.patterns, outcome.matched, strict=True)
    return f"without {', '.join(pattern.pattern for pattern, matched in pairs if not matched)}"


def _refusal(outcome: Outcome, threshold: float) -> str:
    """Return why it refused: the gate, or something before the gate."""
    reason = outcome.answer.reason
    return _confidence(outcome, threshold) if reason == "no_evidence" else f"reason {reason}"


def _confidence(outcome: Outcome, threshold: float) -> str:
    return f"confidence {outcome.answer.confidence:.2f}, threshold {threshold:.2f}"


_EXPLAIN: dict[Reason, Callable[[Outcome, float], str | None]] = {
    Reason.NOT_EXACT: _not_exact,
    Reason.ANSWERED: _answered,
    Reason.NOT_RETRIEVED: _not_retrieved,
    Reason.REFUSED: _refused,
    Reason.INCOMPLETE: _incomplete,
    Reason.WRONG_DOCUMENT: _wrong_document,
    Reason.WRONG_SENTENCE: _wrong_sentence,
}
