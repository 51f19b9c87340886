"""`osxp-rag batch`: answer a file of questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from osxp_rag.channels.batch import answer_rows, read_rows
from osxp_rag.channels.batch.reports import FORMATS
from osxp_rag.channels.batch.rows import READERS
from osxp_rag.channels.batch.run import part_of
from osxp_rag.channels.opened import open_as_is
from osxp_rag.channels.terminal import note, plain, progress

if TYPE_CHECKING:
    from osxp_rag.settings import Settings


def run(settings: Settings, questions: Path, out: Path) -> int:
    """Answer the questions into `out`; return the number of rows that failed."""
    _check_names(questions, out)
    rows = read_rows(questions)
    assistant = open_as_is(settings)
    try:
        with progress("Loading the model") as show:
            tally = answer_rows(assistant, rows, out, show)
    except KeyboardInterrupt:
        note(f"Interrupted; the answers so far are in {part_of(out)}.")
        raise
    errors = "1 error" if tally.errors == 1 else f"{tally.errors} errors"
    typer.echo(plain(f"{out}: {tally.answered} answered, {tally.abstained} abstained, {errors}."))
    return tally.errors


def _check_names(questions: Path, out: Path) -> None:
    """Find out before a model is loaded what could only fail at the end."""
    if questions.suffix.lower() not in READERS:
        raise typer.BadParameter(f"{questions} ends in none of {', '.join(READERS)}", param_hint="'IN'")
    if out.suffix.lower() not in FORMATS:
        raise typer.BadParameter(f"{out} ends in none of {', '.join(FORMATS)}", param_hint="'--output' / '-o'")
    if not out.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.parent}", param_hint="'--output' / '-o'")
    if out.exists() and out.samefile(questions):
        raise typer.BadParameter("OUT is IN; name another file", param_hint="'--output' / '-o'")
