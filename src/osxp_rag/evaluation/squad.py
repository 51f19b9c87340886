"""Exact match and F1 of answer spans, as SQuAD counts them. Pure.

Rajpurkar et al. 2016 and 2018: case, punctuation and articles do not count; an unanswerable question scores 1 for "no
answer" and 0 for any words. In English the words are normalised as by SQuAD's own script; in other languages their
articles and all of Unicode's punctuation are left out too, as MLQA (Lewis et al. 2020) does.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from osxp_rag.evaluation.metrics import Floats, auroc, best_threshold, number, share

ARTICLES = {
    "en": "a an the",
    "fr": "un une des du le la les l",
    "de": "ein eine einen einem einer eines der die das den dem des",
    "es": "un una unos unas el la los las",
    "it": "un uno una il lo la i gli le l",
    "pt": "um uma uns umas o a os as",
}
# A vowel's loss before another one: the apostrophe parts two words, where SQuAD's script would run them together.
_ELISIONS = {
    "fr": re.compile(r"\b([cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’ʼ](?=\w)"),
    "it": re.compile(r"\b(l|un|d|c|s|\w+ll)['’ʼ](?=\w)"),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """The reader's best words for one question, how sure it is of them, and the right answers (none: unanswerable).

    `lang` (ISO 639-1) is the language of the words: it tells which articles do not count.
    """

    words: str
    score: float
    answers: tuple[str, ...]
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Part:
    """Mean exact match and F1, from 0 to 1, of some questions; None where there are none."""

    questions: int
    exact: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class SpanScores:
    """Scores when a question is answered from `threshold` on, the best one for F1; None: best to answer nothing.

    `unrefused` are the answerable questions when all are answered, which is how SQuAD 1.1 counts. `best_exact` is the
    exact match of all at the threshold that is best for it, which SQuAD 2.0's script calls so. `auroc` is how well the
    score tells answerable questions from others; None where one kind is lacking.
    """

    overall: Part
    answerable: Part
    unanswerable: Part
    unrefused: Part
    best_exact: float | None
    threshold: float | None
    auroc: float | None


def normalise(text: str, lang: str = "en") -> str:
    """Return the words that count: lower case, no punctuation, no articles, single spaces."""
    lowered = text.lower()
    if lang in _ELISIONS:
        lowered = _ELISIONS[lang].sub(r"\1 ", lowered)
    bare = "".join(one for one in lowered if not _is_punctuation(one, lang))
    articles = "|".join(ARTICLES.get(lang, ARTICLES["en"]).split())
    return " ".join(re.sub(rf"\b({articles})\b", " ", bare).split())


def exact_match(words: str, answers: Sequence[str], lang: str = "en") -> float:
    """Return 1 if the words are one of the answers, else 0; without answers, 1 for no words."""
    return float(normalise(words, lang) in _wanted(answers, lang))


def f1(words: str, answers: Sequence[str], lang: str = "en") -> float:
    """Return the best overlap with one of the answers: the harmonic mean of precision and recall of words."""
    found = normalise(words, lang).split()
    return max(_overlap(found, wanted.split()) for wanted in _wanted(answers, lang))


def score_spans(guesses: Sequence[Guess]) -> SpanScores:
    """Score the guesses; a question whose score is below the threshold counts as refused."""
    scores = np.array([guess.score for guess in guesses], dtype=np.float64)
    held = np.array([bool(guess.answers) for guess in guesses], dtype=bool)
    exact = np.array([exact_match(guess.words, guess.answers, guess.lang) for guess in guesses], dtype=np.float64)
    overlap = np.array([f1(guess.words, guess.answers, guess.lang) for guess in guesses], dtype=np.float64)
    refused = (~held).astype(np.float64)
    threshold = best_threshold(scores, overlap, refused)
    told = scores >= (np.inf if threshold is None else threshold)
    at_exact = best_threshold(scores, exact, refused)
    best_exact = np.where(scores >= (np.inf if at_exact is None else at_exact), exact, refused)
    exact_told, overlap_told = np.where(told, exact, refused), np.where(told, overlap, refused)
    return SpanScores(
        overall=_part(exact_told, overlap_told, np.ones_like(held)),
        answerable=_part(exact_told, overlap_told, held),
        unanswerable=_part(exact_told, overlap_told, ~held),
        unrefused=_part(exact, overlap, held),
        best_exact=number(share(best_exact, np.ones_like(held))),
        threshold=threshold,
        auroc=auroc(scores, held),
    )


def _is_punctuation(character: str, lang: str) -> bool:
    """Return whether a character does not count: ASCII's punctuation and symbols, beyond English Unicode's too."""
    return character in string.punctuation or (lang != "en" and unicodedata.category(character).startswith("P"))


def _wanted(answers: Sequence[str], lang: str) -> list[str]:
    """Return the answers normalised, without those of which nothing is left; "" where no answer is right."""
    return [wanted for answer in answers if (wanted := normalise(answer, lang))] or [""]


def _overlap(found: list[str], wanted: list[str]) -> float:
    if not found or not wanted:
        return float(found == wanted)
    shared = sum((Counter(found) & Counter(wanted)).values())
    return 2 * shared / (len(found) + len(wanted))


def _part(exact: Floats, overlap: Floats, chosen: npt.NDArray[np.bool_]) -> Part:
    return Part(int(chosen.sum()), number(share(exact * chosen, chosen)), number(share(overlap * chosen, chosen)))
