"""Exact match and F1 of answer spans, as SQuAD 2.0 counts them. Pure.

Rajpurkar et al. 2018: case, punctuation and articles do not count; an unanswerable question scores 1 for "no answer"
and 0 for any words. The articles of French, German and Spanish are left out like the English ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_ARTICLES = re.compile(
    r"\b(a|an|the|un|une|le|la|les|des|du|der|die|das|dem|den|ein|eine|einen|el|los|las|una)\b|\b[ldj]['’]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Guess:
    """The reader's best words for one question, how sure it is of them, and the right answers (none: unanswerable)."""

    words: str
    score: float
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpanScores:
    """Shares from 0 to 1: of answerable questions when all are answered, and of all at the best threshold.

    `auroc` is how well the score tells answerable questions from others; None where one kind is lacking.
    """

    questions: int
    answerable: int
    exact: float | None
    f1: float | None
    best_exact: float
    best_f1: float
    best_threshold: float
    unanswerable_f1: float | None
    auroc: float | None


def normalise(text: str) -> str:
    """Return the words that count: lower case, no punctuation, no articles, single spaces."""
    bare = _ARTICLES.sub(" ", text.casefold())
    return " ".join("".join(" " if unicodedata.category(one)[0] in "PS" else one for one in bare).split())


def exact_match(words: str, answers: Sequence[str]) -> float:
    """Return 1 if the words are one of the answers, else 0; without answers, 1 for no words."""
    return float(any(normalise(words) == normalise(answer) for answer in answers or ("",)))


def f1(words: str, answers: Sequence[str]) -> float:
    """Return the best overlap with one of the answers: the harmonic mean of precision and recall of words."""
    return max(_overlap(normalise(words).split(), normalise(answer).split()) for answer in answers or ("",))


def _overlap(found: list[str], wanted: list[str]) -> float:
    if not found or not wanted:
        return float(found == wanted)
    shared = sum((Counter(found) & Counter(wanted)).values())
    return 2 * shared / (len(found) + len(wanted))


def auroc(scores: Sequence[float], truths: Sequence[bool]) -> float | None:
    """Return the chance that a true one scores above a false one, ties half; None without both kinds."""
    true = np.sort([score for score, truth in zip(scores, truths, strict=True) if truth])
    false = [score for score, truth in zip(scores, truths, strict=True) if not truth]
    if not len(true) or not false:
        return None
    below = np.searchsorted(true, false, side="left") + np.searchsorted(true, false, side="right")
    return float(np.mean(1 - below / (2 * len(true))))


def score_spans(guesses: Sequence[Guess]) -> SpanScores:
    """Score the guesses; a question below the threshold counts as refused, and the threshold is the best one."""
    held = [guess for guess in guesses if guess.answers]
    empty = [guess for guess in guesses if not guess.answers]
    ranked = sorted(guesses, key=lambda guess: -guess.score)
    refused_f1 = np.array([float(not guess.answers) for guess in ranked])
    curve = _curve(np.array([f1(guess.words, guess.answers) for guess in ranked]), refused_f1)
    exact_curve = _curve(np.array([exact_match(guess.words, guess.answers) for guess in ranked]), refused_f1)
    best = int(np.argmax(curve))
    threshold = float("inf") if best == 0 else ranked[best - 1].score
    return SpanScores(
        questions=len(guesses),
        answerable=len(held),
        exact=_mean([exact_match(guess.words, guess.answers) for guess in held]),
        f1=_mean([f1(guess.words, guess.answers) for guess in held]),
        best_exact=float(exact_curve.max()),
        best_f1=float(curve[best]),
        best_threshold=threshold,
        unanswerable_f1=_mean([float(guess.score < threshold) for guess in empty]),
        auroc=auroc([guess.score for guess in guesses], [bool(guess.answers) for guess in guesses]),
    )


def _curve(answered: Values, refused: Values) -> Values:
    """Return the mean score when the first n are answered and the rest refused, for n from 0."""
    before = np.concatenate([[0.0], np.cumsum(answered)])
    after = refused.sum() - np.concatenate([[0.0], np.cumsum(refused)])
    return np.asarray((before + after) / max(1, len(answered)))


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
