"""Index files as the product does, retrieve passages for questions, and measure the spans that come back."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from osxp_rag.corpus.decode import decode_raw
from osxp_rag.corpus.document import Document, Span
from osxp_rag.corpus.limits import FormatError
from osxp_rag.errors import QuestionsError
from osxp_rag.evaluation.references import Placer, SpanQuestion, document_of
from osxp_rag.evaluation.spans import Found, Retrieved, score_found

if TYPE_CHECKING:
    from osxp_rag.assistant import Assistant
    from osxp_rag.index.build import Progress
    from osxp_rag.settings import Settings

COUNTS = (5, 10)  # passages looked at; the published figures are of 5


@dataclass(frozen=True, slots=True)
class Depth:
    """Scores over the first `passages` of each question: over all questions, and by the file that answers."""

    passages: int
    overall: Found
    by_corpus: dict[str, Found]


@dataclass(frozen=True, slots=True)
class SpansReport:
    """Scores at every depth; `unplaced` of the references were not found in the documents, and are left out.

    `skipped` is the number of questions of whose references none was found.
    """

    references: int
    unplaced: int
    skipped: int
    indexed_passages: int
    depths: tuple[Depth, ...]


def measure_spans(
    settings: Settings, questions: Sequence[SpanQuestion], folder: Path, progress: Progress
) -> SpansReport:
    """Index every file of a folder together, in a temporary place, and ask all the questions of that one index.

    Raises:
        QuestionsError: a question names a file that is not there.
        CorpusError: the folder is none.
    """
    from osxp_rag.assistant import Assistant
    from osxp_rag.index.update import update

    with tempfile.TemporaryDirectory(prefix="osxp-rag-eval-") as place:
        chosen = settings.model_copy(update={"corpus": folder, "index": Path(place)})
        passages = update(chosen, progress=progress).passages
        assistant = Assistant.open(chosen)
        try:
            placed = _placed(assistant, questions, folder)
            found = _retrieved(assistant, questions, placed, progress)
        finally:
            assistant.close()
    return _report(found, sum(len(one.references) for one in questions), passages)


def _placed(
    assistant: Assistant, questions: Sequence[SpanQuestion], folder: Path
) -> list[tuple[str, tuple[Span | None, ...]]]:
    """Return for each question the path of its document and where its references stand in it."""
    paths = sorted(assistant.documents())
    by_corpus: dict[str, tuple[str, Placer]] = {}
    for question in questions:
        if question.corpus not in by_corpus:
            by_corpus[question.corpus] = _opened(assistant, question, folder, paths)
    found = [(question, *by_corpus[question.corpus]) for question in questions]
    return [(path, tuple(map(placer.place, question.references))) for question, path, placer in found]


def _opened(assistant: Assistant, question: SpanQuestion, folder: Path, paths: Sequence[str]) -> tuple[str, Placer]:
    path = document_of(question.corpus, paths)
    document = assistant.document(path) if path else None
    if path is None or document is None:
        known = ", ".join(paths) or "none"
        raise QuestionsError(
            f"{question.where}, corpus: {question.corpus!r} is no document of {folder} (known: {known}); put it there "
            "as .md or .txt, or name another folder with --corpus-files."
        )
    return path, Placer(document, _characters(folder / path, document))


def _characters(path: Path, document: Document) -> int:
    """Return the length of a file that is text, in any encoding that the corpus reads; of others the document's."""
    try:
        return len(decode_raw(path.read_bytes()))
    except FormatError:
        return len(document.text)


def _retrieved(
    assistant: Assistant,
    questions: Sequence[SpanQuestion],
    placed: Sequence[tuple[str, tuple[Span | None, ...]]],
    progress: Progress,
) -> list[Retrieved]:
    found = []
    for done, (question, (path, spans)) in enumerate(zip(questions, placed, strict=True), 1):
        hits = assistant.search(question.question, top_k=max(COUNTS))
        passages = tuple((hit.passage.document, (hit.passage.start, hit.passage.end)) for hit in hits)
        found.append(Retrieved(path, tuple(span for span in spans if span), passages))
        progress("retrieve", done, len(questions))
    return found


def _report(found: Sequence[Retrieved], references: int, passages: int) -> SpansReport:
    scored = [one for one in found if one.references]
    return SpansReport(
        references=references,
        unplaced=references - sum(len(one.references) for one in found),
        skipped=len(found) - len(scored),
        indexed_passages=passages,
        depths=tuple(_depth(scored, count) for count in COUNTS),
    )


def _depth(scored: Sequence[Retrieved], count: int) -> Depth:
    paths = sorted({one.document for one in scored})
    by_corpus = {path: score_found([one for one in scored if one.document == path], count) for path in paths}
    return Depth(count, score_found(scored, count), by_corpus)
