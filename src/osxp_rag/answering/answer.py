"""The answer: the one value that every channel shows."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from osxp_rag.corpus.document import PageUnit

_SPACES = re.compile(r"\s+")
Status = Literal["answered", "abstained"]
Reason = Literal["no_evidence", "empty_index", "filtered_out", "not_a_question", "underspecified", "small_talk"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote with its document.

    `quote` is exactly `document.text[start:end]`; `start` and `end` are character offsets into the
    document's normalised text. `page` is 1-based, of what `page_unit` names, and both are None where
    the format has none. `also` are other files with the very same content.
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
    also: tuple[str, ...] = ()
    page_unit: PageUnit | None = None


@dataclass(frozen=True, slots=True)
class Nearest:
    """A document near a question that the documents do not answer."""

    document: str
    title: str


@dataclass(frozen=True, slots=True)
class Direct:
    """The words that answer a factual question by themselves, inside the quote of a citation.

    `text` is exactly `document.text[start:end]` of the citation's document.
    """

    citation: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Considered:
    """A passage that an answer was looked for in, with its scores.

    `score` is the fused score, `dense` the cosine, `lexical` the BM25 score; `answerable` is the reader's probability,
    not yet calibrated, that the passage holds the answer, `margin` how far its best words beat "there is no answer";
    both are None where the passage was not read.
    """

    document: str
    section: str
    start: int
    end: int
    score: float
    dense: float
    lexical: float
    answerable: float | None
    margin: float | None


NoticeCode = Literal[
    "engine_down", "engine_slow", "engine_cut", "engine_garbage", "unsupported", "replaced", "dropped", "completed"
]


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be said of how an answer was made, in the question's language."""

    code: NoticeCode
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What a question that says too little may be about: `label`, a document's title; `question` asks it of that."""

    label: str
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says to one question.

    `text` marks each statement with the citations that support it, as `[1]`. `confidence` is the
    calibrated probability, from 0 to 1, that the documents hold the answer. `reason` is set for an
    abstention only, and an abstention never carries citations. `timings_ms` are wall-clock
    milliseconds for `retrieve`, `answer` and `total`. `direct` gives the answering words of a factual question, where
    the reader found some; `considered` the passages that the answer was looked for in, best first. `condensed` is the
    question that a follow-up was understood as, None where it was taken as it is; `choices` are offered where the
    reason is `underspecified`, and nowhere else. `notices` tell
    what a language model said that is not shown, and why its words are missing.
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
    direct: Direct | None = None
    considered: tuple[Considered, ...] = ()
    condensed: str | None = None
    choices: tuple[Choice, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether the documents hold an answer."""
        return self.status == "answered"

    @property
    def emphasis(self) -> tuple[int, int] | None:
        """Where the direct answer stands in `text`: offsets, or None where there is none."""
        if self.direct is None:
            return None
        citation = self.citations[self.direct.citation - 1]
        begin = self.text.find(flat(citation.quote))  # after the mark of a list, where there are several quotes
        begin += len(flat(citation.quote[: self.direct.start - citation.start]))
        return begin, begin + len(flat(self.direct.text))

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON types, in the documented order of keys."""
        plain = asdict(self)
        plain["citations"] = [{**one, "also": list(one["also"])} for one in plain["citations"]]
        plain["nearest"] = list(plain["nearest"])
        plain["considered"] = list(plain["considered"])
        plain["choices"] = list(plain["choices"])
        plain["notices"] = list(plain["notices"])
        return plain


def flat(text: str) -> str:
    """Return a text on one line, as `text` gives a quote."""
    return _SPACES.sub(" ", text)
