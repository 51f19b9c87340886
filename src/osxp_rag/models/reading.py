"""What the reader says of one passage, and the spans that follow from it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST = 40  # tokens of a span


@dataclass(frozen=True, slots=True)
class ReadSpan:
    """Words that may answer: offsets into the passage's text, and how far they beat "there is no answer"."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the reader says of one passage.

    `answerable` is the logit of "the answer is in this passage"; `start` and `end` are the logits of the passage's
    tokens, less those of "there is no answer"; `offsets`, shape (tokens, 2), are the tokens' places in its text.
    """

    answerable: float
    start: NDArray[np.float32]
    end: NDArray[np.float32]
    offsets: NDArray[np.int64]

    @property
    def margin(self) -> float:
        """By how much the best span beats "there is no answer"."""
        return max((span.score for span in self.spans(1)), default=-np.inf)

    def spans(self, count: int, longest: int = LONGEST) -> list[ReadSpan]:
        """Return the best spans that do not overlap, best first, ties by place."""
        scores = self._scores(longest)
        found: list[ReadSpan] = []
        while len(found) < count and scores.size:
            first, last = np.unravel_index(int(np.argmax(scores)), scores.shape)
            if scores[first, last] == -np.inf:
                break
            found.append(ReadSpan(int(self.offsets[first, 0]), int(self.offsets[last, 1]), float(scores[first, last])))
            overlapping = (self.offsets[:, :1] < found[-1].end) & (self.offsets[:, 1] > found[-1].start)
            scores[overlapping] = -np.inf
        return found

    def within(self, start: int, end: int, longest: int = LONGEST) -> ReadSpan | None:
        """Return the best span inside a stretch of the passage's text, or None where no word lies in it."""
        inside = np.flatnonzero((self.offsets[:, 0] >= start) & (self.offsets[:, 1] <= end))
        if not inside.size:
            return None
        part = slice(int(inside[0]), int(inside[-1]) + 1)
        reading = Reading(self.answerable, self.start[part], self.end[part], self.offsets[part])
        return next(iter(reading.spans(1, longest)), None)

    def _scores(self, longest: int) -> NDArray[np.float32]:
        """Return the score of the span from each token (row) to each (column), -inf where there can be none."""
        places = np.arange(len(self.start))
        length = places[None, :] - places[:, None]
        allowed = (length >= 0) & (length < longest)
        allowed &= self.offsets[:, 1] > self.offsets[:, 0]  # a token may be but a space: no span ends with it
        return np.where(allowed, self.start[:, None] + self.end[None, :], np.float32(-np.inf))
