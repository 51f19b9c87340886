"""What happens while an answer is phrased: sentences are let out, or withheld."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from osxp_rag.answering.answer import Answer, Citation
from osxp_rag.answering.phrasing.support import Why


@dataclass(frozen=True, slots=True)
class Released:
    """A line of the answer's text, with the marks of its citations: a model's words, or a document's own."""

    text: str
    citations: tuple[Citation, ...]
    origin: Literal["model", "quote"]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A sentence of a model that is not shown, and why; `replaced` where a quote of the passage it cites is."""

    text: str
    why: Why
    replaced: bool


Event = Released | Withheld | Answer
