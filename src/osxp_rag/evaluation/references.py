"""Questions with the passages of a corpus that answer them, and where these stand in a document's normalised text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from osxp_rag.corpus.document import Document, Span
from osxp_rag.corpus.parse import parse
from osxp_rag.corpus.text import well_formed
from osxp_rag.errors import CorpusError
from osxp_rag.evaluation.fields import FILLED, TEXT, Kind, check_keys, read_rows


def _is_offset(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


_KEYS = {"corpus": TEXT, "question": TEXT, "references": FILLED}
_REFERENCE = {"content": TEXT, "start_index": Kind(_is_offset, "a whole number from 0, an offset into the file")}


@dataclass(frozen=True, slots=True)
class Reference:
    """Words of a file, and at which character of it they begin."""

    content: str
    start: int


@dataclass(frozen=True, slots=True)
class SpanQuestion:
    """A question, the name of the file that answers it (without its ending), and where in it; `where` is for errors."""

    where: str
    corpus: str
    question: str
    references: tuple[Reference, ...]


class Placer:
    """Finds the words of a file in the document that the file became.

    Offsets into the file are of no use there: markup is gone, spaces are collapsed. Letters and digits alone are
    compared, the reference's as they come out of the same normalisation, or else as they stand in the file.
    """

    def __init__(self, document: Document, size: int) -> None:
        """Take a document and the length of its file, in characters."""
        self._document = document
        self._size = size
        self._letters, self._places = _squeezed(document.text)

    def place(self, reference: Reference) -> Span | None:
        """Return the span of a reference; where it stands more than once, the one that lies likewise in the file."""
        for words in (_normalised(self._document.path, reference.content), reference.content):
            letters, _ = _squeezed(words)
            starts = [one.start() for one in re.finditer(f"(?={re.escape(letters)})", self._letters)] if letters else []
            if starts:
                expected = len(self._letters) * reference.start / max(1, self._size)
                first = min(starts, key=lambda start: (abs(start - expected), start))
                return self._places[first], self._end(self._places[first + len(letters) - 1] + 1, words)
        return None

    def _end(self, end: int, words: str) -> int:
        """Return the end with the marks that close the words, a full stop or a quote."""
        for mark in re.findall(r"[^\w\s]*\s*$", words)[0].strip():
            if self._document.text[end : end + 1] != mark:
                break
            end += 1
        return end


def load_spans(path: Path) -> list[SpanQuestion]:
    """Read and check a file of questions in the format of Chroma's chunking evaluation, one JSON object a line.

    Raises:
        QuestionsError: the first thing that is wrong, with the file, the line, the key and the remedy.
    """
    return [_question(check_keys(values, _KEYS, where), where) for where, values in read_rows(path)]


def document_of(corpus: str, paths: Sequence[str]) -> str | None:
    """Return the path of the document that a name means: the path itself, or one without its ending."""
    return next((path for path in paths if corpus in (path, str(PurePosixPath(path).with_suffix("")))), None)


def _question(values: dict[str, Any], where: str) -> SpanQuestion:
    rows = enumerate(values["references"])
    found = [check_keys(reference, _REFERENCE, f"{where}, references[{row}]") for row, reference in rows]
    references = tuple(Reference(well_formed(one["content"]), one["start_index"]) for one in found)
    return SpanQuestion(where, values["corpus"], well_formed(values["question"]), references)


def _normalised(path: str, content: str) -> str:
    try:
        return parse(path, content.encode()).text
    except CorpusError:  # a part of a file need not be a file: what looks like front matter may be none
        return content


def _squeezed(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits of a text, and their places in it."""
    places = [place for place, character in enumerate(text) if character.isalnum()]
    return "".join(text[place] for place in places), places
