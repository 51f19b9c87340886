"""`osxp-rag eval --squad`, `--passages`, `--spans`: measure the reader and the retriever on data of others."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osxp_rag.channels.commands.evaluate import prepare
from osxp_rag.channels.scorecards import show_tables
from osxp_rag.channels.scorecards.measures import passages_tables, spans_tables, squad_tables
from osxp_rag.channels.scorecards.tables import Table
from osxp_rag.channels.terminal import console, print_json, progress
from osxp_rag.evaluation.abstention import score_abstention
from osxp_rag.evaluation.passages import load_passages, read_passages
from osxp_rag.evaluation.reading import guess_all
from osxp_rag.evaluation.references import load_spans
from osxp_rag.evaluation.retrieved import measure_spans
from osxp_rag.evaluation.squad import score_spans
from osxp_rag.evaluation.squad_file import language_of, load_squad

if TYPE_CHECKING:
    from osxp_rag.index.build import Progress
    from osxp_rag.models.reader import Reader
    from osxp_rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured, as JSON types and as tables."""

    values: dict[str, Any]
    tables: tuple[Table, ...]


Measure = Callable[["Progress"], Measured]


def json_measured(measured: Measured) -> str:
    """Return what was measured as JSON."""
    return json.dumps(measured.values, ensure_ascii=False, indent=1) + "\n"


def squad(settings: Settings, file: Path, *, outputs: Sequence[Path], as_json: bool) -> None:
    """Measure the reader alone on a file in SQuAD's format."""
    questions = load_squad(file)
    lang = language_of(questions)

    def measure(show: Progress) -> Measured:
        scores = score_spans(guess_all(_reader(settings), questions, lang, show))
        return Measured({"squad": file.name, "language": lang, **asdict(scores)}, squad_tables(scores))

    _run(measure, file, outputs, as_json)


def passages(settings: Settings, file: Path, *, outputs: Sequence[Path], as_json: bool) -> None:
    """Measure how well the reader tells passages that answer from others; the surest passage decides."""
    questions = load_passages(file)

    def measure(show: Progress) -> Measured:
        told = read_passages(_reader(settings), questions, show)
        scores = score_abstention(questions, [max(one.answerable for one in some) for some in told])
        return Measured({"passages": file.name, **asdict(scores)}, passages_tables(scores))

    _run(measure, file, outputs, as_json)


def spans(settings: Settings, file: Path, folder: Path, *, outputs: Sequence[Path], as_json: bool) -> None:
    """Measure splitting and retrieval by the characters that come back."""
    questions = load_spans(file)

    def measure(show: Progress) -> Measured:
        report = measure_spans(settings, questions, folder, show)
        return Measured({"spans": file.name, "questions": len(questions), **asdict(report)}, spans_tables(report))

    _run(measure, file, outputs, as_json)


def _run(measure: Measure, file: Path, outputs: Sequence[Path], as_json: bool) -> None:
    """Measure; print tables or JSON, and write the files that are named."""
    written = [prepare(path, {".json": json_measured}, "'--output' / '-o'", file) for path in outputs]
    with progress("Loading the model") as show:
        measured = measure(show)
    for one in written:
        one.write(measured)
    if as_json:
        print_json(measured.values)
    else:
        show_tables(console(), measured.tables)


def _reader(settings: Settings) -> Reader:
    import torch

    from osxp_rag.models.reader import load_reader

    if settings.threads:
        torch.set_num_threads(settings.threads)
    return load_reader()
