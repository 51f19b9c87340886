"""What the reader says of whole texts, and how sure it is: the reader alone, without retrieval and without the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from osxp_rag.evaluation.squad import Guess
from osxp_rag.evaluation.squad_file import SquadQuestion

if TYPE_CHECKING:
    from osxp_rag.index.build import Progress
    from osxp_rag.models.reader import Reader
    from osxp_rag.models.reading import Reading

OVERLAP = 128  # tokens of a text that are read again where it goes on beyond what fits
_NOTHING = -100.0  # margin of a text without any token: below every logit


@dataclass(frozen=True, slots=True)
class Told:
    """What the reader says of a text: its best words, their margin over "no answer", the logit of answerability."""

    words: str
    margin: float
    answerable: float

    @property
    def score(self) -> float:
        """How sure the reader is that these words answer.

        The mean of two logits, of the same weight: answerability, and half the margin, which is itself a sum of two
        (start and end). Such a sum of an inner and an outer verifier is that of Zhang et al. 2021 (Retro-Reader).
        """
        return (self.answerable + self.margin / 2) / 2


def tell(reader: Reader, question: str, texts: Sequence[str]) -> list[Told]:
    """Return what the reader says of each text.

    A text that does not fit is read in stretches that overlap, and the surest one counts.
    """
    found: list[list[Told]] = [[] for _ in texts]
    pending = [(place, 0) for place in range(len(texts))]
    while pending:
        stretches = [texts[place][begin:] for place, begin in pending]
        readings = reader.read(question, [("", text) for text in stretches])
        rest = []
        for (place, begin), text, reading in zip(pending, stretches, readings, strict=True):
            found[place].append(_told(text, reading))
            if step := _step(text, reading):
                rest.append((place, begin + step))
        pending = rest
    return [max(some, key=lambda one: one.score) for some in found]


def guess(reader: Reader, question: SquadQuestion, lang: str) -> Guess:
    """Return the reader's best words for a question, beside the right ones."""
    told = tell(reader, question.question, [question.context])[0]
    return Guess(told.words, told.score, question.answers, lang)


def guess_all(reader: Reader, questions: Sequence[SquadQuestion], lang: str, progress: Progress) -> list[Guess]:
    """Return the reader's best words for every question."""
    guesses = []
    for done, question in enumerate(questions, 1):
        guesses.append(guess(reader, question, lang))
        progress("read", done, len(questions))
    return guesses


def _told(text: str, reading: Reading) -> Told:
    best = next(iter(reading.spans(1)), None)
    if best is None or not np.isfinite(best.score):
        return Told("", _NOTHING, reading.answerable)
    return Told(text[best.start : best.end], best.score, reading.answerable)


def _step(text: str, reading: Reading) -> int:
    """Return how far on to read again, in characters; 0 where the end was reached."""
    offsets = reading.offsets
    if len(offsets) <= OVERLAP or offsets[-1, 1] >= len(text.rstrip()):
        return 0
    return int(offsets[-OVERLAP, 0])
