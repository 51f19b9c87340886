"""`osxp-rag eval`: score the answers to a set of questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import typer

from osxp_rag.channels.batch.run import staged
from osxp_rag.channels.opened import open_as_is
from osxp_rag.channels.scorecards import html_report, markdown_report, show_report
from osxp_rag.channels.terminal import console, print_json, progress
from osxp_rag.evaluation.questions import load_questions
from osxp_rag.evaluation.run import evaluate
from osxp_rag.evaluation.scorecard import Report

if TYPE_CHECKING:
    from osxp_rag.settings import Settings

Made = TypeVar("Made")


def json_report(report: Report) -> str:
    """Return the report as JSON."""
    return json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n"


OUTPUTS: dict[str, Callable[[Report], str]] = {".json": json_report, ".md": markdown_report}
PAGES: dict[str, Callable[[Report], str]] = {".html": html_report}


@dataclass(frozen=True, slots=True)
class Written(Generic[Made]):
    """A file that a report goes to, and how it is made."""

    path: Path
    render: Callable[[Made], str]

    def write(self, report: Made) -> None:
        """Make the report and write it, whole or not at all."""
        with staged(self.path) as file:
            file.write(self.render(report))


def run(
    settings: Settings,
    questions: Path,
    *,
    split: str | None,
    outputs: Sequence[Path],
    page: Path | None,
    as_json: bool,
) -> None:
    """Score the answers; print tables or JSON, and write the reports that are named."""
    written = [prepare(path, OUTPUTS, "'--output' / '-o'", questions) for path in outputs]
    written += [prepare(path, PAGES, "'--report'", questions) for path in (page,) if path]
    loaded = load_questions(questions, split)
    assistant = open_as_is(settings)
    with progress("Loading the model") as show:
        card = evaluate(assistant, loaded, show)
    report = Report(questions.name, split, assistant.generation, card)
    for one in written:
        one.write(report)
    if as_json:
        print_json(report.to_dict())
    else:
        show_report(console(), report)


def prepare(path: Path, formats: dict[str, Callable[[Made], str]], option: str, questions: Path) -> Written[Made]:
    """Return a file to write; find out before a model is loaded what could only fail at the end.

    Raises:
        BadParameter: its ending is of no format, its folder is not there, or it is the file of the questions.
    """
    render = formats.get(path.suffix.lower())
    if render is None:
        raise typer.BadParameter(f"{path} does not end in {' or '.join(formats)}", param_hint=option)
    if not path.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {path.parent}", param_hint=option)
    if path.exists() and path.samefile(questions):
        raise typer.BadParameter(f"{path} is the file of the questions; name another file", param_hint=option)
    return Written(path, render)
