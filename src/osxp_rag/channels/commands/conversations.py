"""`osxp-rag eval --conversations`: hold conversations and measure the follow-up questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from osxp_rag.channels.commands.evaluate import prepare
from osxp_rag.channels.opened import open_as_is
from osxp_rag.channels.scorecards import show_tables
from osxp_rag.channels.scorecards.followups import followup_tables, followups_markdown
from osxp_rag.channels.terminal import console, print_json, progress
from osxp_rag.evaluation.conversations import load_conversations
from osxp_rag.evaluation.followups import FollowUpReport, hold, report_on

if TYPE_CHECKING:
    from osxp_rag.settings import Settings


def _json(report: FollowUpReport) -> str:
    return json.dumps(report.to_dict(), ensure_ascii=False, indent=1) + "\n"


OUTPUTS: dict[str, Callable[[FollowUpReport], str]] = {".json": _json, ".md": followups_markdown}


def run(settings: Settings, file: Path, *, split: str | None, outputs: Sequence[Path], as_json: bool) -> None:
    """Measure the follow-ups; print tables or JSON, and write the reports that are named."""
    written = [prepare(path, OUTPUTS, "'--output' / '-o'", file) for path in outputs]
    conversations = load_conversations(file, split)
    assistant = open_as_is(settings)
    with progress("Loading the model") as show:
        followed = hold(assistant, conversations, show)
    report = report_on(
        followed, held=len(conversations), conversations=file.name, split=split, generation=assistant.generation
    )
    for one in written:
        one.write(report)
    if as_json:
        print_json(report.to_dict())
    else:
        show_tables(console(), followup_tables(report))
