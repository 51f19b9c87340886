"""Verification: no answer leaves without its quotes being what the documents say."""

from __future__ import annotations

import re
from collections.abc import Callable

from osxp_rag.answering.answer import Answer
from osxp_rag.errors import VerificationError

MARKER = re.compile(r"\[(\d+)\]")
_MARKERS = re.compile(r"(?:\[\d+\])*$")  # matches every line


def verify(answer: Answer, text_of: Callable[[str], str | None]) -> Answer:
    """Return the answer if it keeps every promise; `text_of` gives a document's normalised text, or None.

    Raises:
        VerificationError: a quote is not `text[start:end]`, ids are not 1, 2, 3 …, a statement has no
            marker, a citation is not used, the direct answer is not in its quote, a refusal has citations or an
            answer none, or choices go with another reason than that the question says too little.
    """
    problem = _problem(answer, text_of)
    if problem:
        raise VerificationError(
            f"{problem} (question: {answer.question!r}). This is a bug of osxp-rag; please report it."
        )
    return answer


def markers_of(line: str) -> list[int]:
    """Return the numbers of the citations at the end of a statement; a document may say "[1]" itself before them."""
    return [int(number) for number in MARKER.findall(_MARKERS.search(line).group())]  # type: ignore[union-attr]


def _problem(answer: Answer, text_of: Callable[[str], str | None]) -> str | None:
    if bool(answer.choices) != (answer.reason == "underspecified"):
        return "choices are offered without need, or none where the question says too little"
    if not answer.answered:
        cites = answer.citations or answer.direct or answer.reason is None
        return "a refusal carries citations, or no reason" if cites else None
    if not answer.citations or answer.reason is not None:
        return "an answer carries no citation, or a reason"
    if [citation.id for citation in answer.citations] != list(range(1, len(answer.citations) + 1)):
        return "citations are not numbered 1, 2, 3 …"
    for citation in answer.citations:
        text = text_of(citation.document)
        whole = citation.start >= 0 and citation.end - citation.start == len(citation.quote) > 0
        if text is None or not whole or text[citation.start : citation.end] != citation.quote:
            return f"citation {citation.id} is not the text of {citation.document} at {citation.start}-{citation.end}"
    return _direct_problem(answer) or _marker_problem(answer)


def _direct_problem(answer: Answer) -> str | None:
    """Return what is wrong with the direct answer: quotes are exact by now, so its words must stand in one."""
    direct = answer.direct
    if direct is None:
        return None
    citation = next((one for one in answer.citations if one.id == direct.citation), None)
    if citation is None or not citation.start <= direct.start < direct.end <= citation.end:
        return "the direct answer is not in a quote"
    exact = citation.quote[direct.start - citation.start : direct.end - citation.start] == direct.text
    return None if exact else "the direct answer is not the words of its quote"


def _marker_problem(answer: Answer) -> str | None:
    ids = {citation.id for citation in answer.citations}
    used: set[int] = set()
    for line in answer.text.splitlines():
        marked = set(markers_of(line))
        if not marked or not marked <= ids:
            return "a statement has no citation, or one that is not there"
        used |= marked
    return None if used == ids else "a citation is not used"
