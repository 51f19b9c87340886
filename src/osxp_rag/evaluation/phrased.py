"""What became of a language model's sentences: kept, replaced by a quote, dropped, or kept although wrong. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from osxp_rag.answering.phrasing.events import Released, Withheld
from osxp_rag.evaluation.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Phrased:
    """The sentences that a language model said, over all questions that were answered.

    `wrong` counts the kept ones that the question's expectations do not bear out: the question has no answer, or the
    sentence rests on none of the expected documents, and neither it nor its quotes match one of the patterns. `answers`
    are those with at least one kept sentence, out of `answered`; `notices` counts them by code, `reasons` why
    sentences were withheld.
    """

    said: int
    kept: int
    replaced: int
    dropped: int
    wrong: int
    answered: int
    answers: int
    notices: dict[str, int]
    reasons: dict[str, int]


def phrased(outcomes: Sequence[Outcome]) -> Phrased | None:
    """Count the sentences; None where no language model was asked."""
    if not any(one.events for one in outcomes):
        return None
    kept = [(one, line) for one in outcomes for line in one.events if _is_kept(line)]
    withheld = [line for one in outcomes for line in one.events if isinstance(line, Withheld)]
    return Phrased(
        said=len(kept) + len(withheld),
        kept=len(kept),
        replaced=sum(line.replaced for line in withheld),
        dropped=sum(not line.replaced for line in withheld),
        wrong=sum(is_wrong(one, line) for one, line in kept if isinstance(line, Released)),
        answered=sum(one.answer.answered for one in outcomes),
        answers=len({one.question.id for one, _ in kept}),
        notices=_counted(notice.code for one in outcomes for notice in one.answer.notices),
        reasons=_counted(line.why for line in withheld),
    )


def is_wrong(outcome: Outcome, line: Released) -> bool:
    """Return whether a kept sentence is not what the question expects."""
    question = outcome.question
    if not question.answerable:
        return True
    words = "\n".join((line.text, *(one.quote for one in line.citations)))
    rests = any(one.document in question.documents for one in line.citations)
    return not rests and not any(pattern.search(words) for pattern in question.patterns)


def _is_kept(line: Released | Withheld) -> bool:
    return isinstance(line, Released) and line.origin == "model"


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
