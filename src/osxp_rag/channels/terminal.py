"""What the commands share: where they write, their notes, their progress bars, text made safe to show."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from osxp_rag.index.build import Progress

STAGES = {
    "split": "Reading documents",
    "embed": "Embedding passages",
    "ask": "Answering questions",
    "read": "Reading for questions",
    "retrieve": "Retrieving for questions",
}
WIDEST = 100  # longer lines are hard to read
_UNBOUND = 10_000  # in a pipe, lines are not wrapped: the reader may search or count them
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def console(*, stderr: bool = False) -> Console:
    """Return a console that takes text as it is: no markup, no emoji codes, no colouring of numbers."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = min(shutil.get_terminal_size().columns, WIDEST) if stream.isatty() else _UNBOUND
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)


def plain(text: str) -> str:
    """Return text of a document or a user with nothing in it that a terminal would obey."""
    return _CONTROLS.sub(" ", text)


def note(text: str) -> None:
    """Say something beside the output, on stderr."""
    typer.echo(plain(text), err=True)


def print_json(value: Any) -> None:
    """Print a value as JSON, with escapes only where the output is not in Unicode."""
    unicode = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    typer.echo(json.dumps(value, ensure_ascii=not unicode, indent=2))


@contextmanager
def progress(waiting: str) -> Iterator[Progress]:
    """Show a bar for each stage on stderr, `waiting` until the first one; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (SpinnerColumn(), "{task.description}", BarColumn(), TextColumn("{task.fields[count]}"))
    with Bars(*columns, TimeRemainingColumn(), console=console(stderr=True), transient=True) as bars:
        loading = bars.add_task(waiting, total=None, count="")
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            bars.update(loading, visible=False)
            if stage not in tasks:
                tasks[stage] = bars.add_task(STAGES.get(stage, stage), count="")
            bars.update(tasks[stage], completed=done, total=total, count=f"{done}/{total}")

        yield show
