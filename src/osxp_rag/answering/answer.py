"""The answer: the one value that every channel shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["answered", "abstained"]
Reason = Literal["no_evidence", "empty_index", "filtered_out", "not_a_question"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote with its document.

    `quote` is exactly `document.text[start:end]`; `start` and `end` are character offsets into the
    document's normalised text. `page` is 1-based and None where the format has no pages.
    """

    id: int
    document: str
    title: str
    section: str
    page: int | None
    start: int
    end: int
    quote: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Nearest:
    """A document near a question that the documents do not answer."""

    document: str
    title: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says to one question.

    `text` marks each statement with the citations that support it, as `[1]`. `confidence` is the
    calibrated probability, from 0 to 1, that the documents hold the answer. `reason` is set for an
    abstention only, and an abstention never carries citations. `timings_ms` are wall-clock
    milliseconds for `retrieve`, `answer` and `total`.
    """

    question: str
    status: Status
    reason: Reason | None
    text: str
    language: str
    confidence: float
    engine: str
    generation: str | None
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    timings_ms: dict[str, int] = field(default_factory=dict)

    @property
    def answered(self) -> bool:
        """Whether the documents hold an answer."""
        return self.status == "answered"

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON types, in the documented order of keys."""
        plain = asdict(self)
        plain["citations"] = list(plain["citations"])
        plain["nearest"] = list(plain["nearest"])
        return plain
