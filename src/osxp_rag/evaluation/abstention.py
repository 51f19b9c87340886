"""How well somebody tells what passages answer from what they do not, as NoMIRACL counts it. Pure.

Thakur et al. 2024, "Knowing When You Don't Know": the hallucination rate is the share of unanswerable questions that
are answered, the error rate that of answerable ones that are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from osxp_rag.evaluation.metrics import auroc, balanced_accuracy, best_threshold, number, share
from osxp_rag.evaluation.passages import PassagesQuestion

FIXED = 0.0  # logit of an even chance; the product itself decides by its gate, over more than one passage's logit
_REFUSAL = "i don't know"
_ANSWER = "yes, answer is present"
_REFERENCE = re.compile(r"\[\d+\]")
_BARE = 10  # characters below which an output with a reference is that reference


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares from 0 to 1, None where there is nothing to measure.

    `invalid` is the share of outputs that neither answer nor refuse; in the balanced accuracy they are wrong.
    """

    questions: int
    answerable: int
    hallucination: float | None
    error: float | None
    invalid: float | None
    balanced_accuracy: float | None


@dataclass(frozen=True, slots=True)
class Abstention:
    """The reader at an even chance and at the threshold best for balanced accuracy, and the LLMs by their names.

    Thresholds are logits; the best one is chosen on these very questions, and None where it is best to refuse all.
    `auroc` is of the reader's logit.
    """

    fixed_threshold: float
    fixed: Rates
    best_threshold: float | None
    best: Rates
    auroc: float | None
    llms: dict[str, Rates]


def score_abstention(questions: Sequence[PassagesQuestion], logits: Sequence[float]) -> Abstention:
    """Score the reader's logits, one a question, and what LLMs said."""
    truths = [question.answerable for question in questions]
    threshold = best_for_both(logits, truths)
    return Abstention(
        fixed_threshold=FIXED,
        fixed=rates(truths, [logit >= FIXED for logit in logits]),
        best_threshold=threshold,
        best=rates(truths, [threshold is not None and logit >= threshold for logit in logits]),
        auroc=auroc(logits, truths),
        llms=_llms(questions),
    )


def rates(truths: Sequence[bool], said: Sequence[bool | None]) -> Rates:
    """Score what was said: True to answer, False to refuse, None for neither."""
    truth = np.array(truths, dtype=bool)
    answered = np.array([one is True for one in said], dtype=bool)
    refused = np.array([one is False for one in said], dtype=bool)
    right = (truth & answered) | (~truth & refused)
    return Rates(
        questions=len(truth),
        answerable=int(truth.sum()),
        hallucination=number(share(answered & ~truth, ~truth)),
        error=number(share(refused & truth, truth)),
        invalid=number(share(~(answered | refused), np.ones_like(truth))),
        balanced_accuracy=number(balanced_accuracy(truth, right == truth)),
    )


def best_for_both(logits: Sequence[float], truths: Sequence[bool]) -> float | None:
    """Return the threshold of the best balanced accuracy; None where it is best to refuse all."""
    truth = np.array(truths, dtype=bool)
    weight = np.where(truth, 1 / max(1, int(truth.sum())), 1 / max(1, int((~truth).sum())))
    return best_threshold(logits, truth * weight, ~truth * weight)


def reads_as(output: str) -> bool | None:
    """Return whether an LLM's output says that the passages answer; None where it says neither.

    The rules of NoMIRACL's own script: both phrases count as an answer where the one for it stands there twice.
    """
    text = re.sub(r"[\n\t]", " ", output).lower()
    if _ANSWER in text and _REFUSAL in text:
        return True if text.count(_ANSWER) > 1 else None
    if _REFUSAL in text or _ANSWER in text:
        return _ANSWER in text
    if "answer is present" in text or (_REFERENCE.search(text) and len(text) < _BARE):
        return True
    return False if "answer is not present" in text else None


def _llms(questions: Sequence[PassagesQuestion]) -> dict[str, Rates]:
    """Return the rates of each LLM over the questions that it was asked."""
    names = sorted({name for question in questions for name in question.llm_outputs})
    asked = {name: [one for one in questions if name in one.llm_outputs] for name in names}
    return {
        name: rates([one.answerable for one in some], [reads_as(one.llm_outputs[name]) for one in some])
        for name, some in asked.items()
    }
