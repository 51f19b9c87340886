"""What follow-up questions scored, as tables and as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from osxp_rag.channels.markup import code, inline
from osxp_rag.channels.scorecards.markdown import section
from osxp_rag.channels.scorecards.tables import Table, cell
from osxp_rag.evaluation.followups import FollowUpReport, FollowUpScores, Missed

FIGURES = {
    "turns": "Follow-ups",
    "answerable": "Answerable",
    "recall_at_5": "Recall@5",
    "recall_at_5_alone": "… asked alone",
    "recall_gain": "Gain",
    "correct": "Correct",
    "correct_alone": "… asked alone",
    "answered_rightly": "Answered rightly",
    "refused_rightly": "Refused rightly",
}


def followup_tables(report: FollowUpReport) -> tuple[Table, ...]:
    """Return the scores of all, by language, and by how a follow-up leans on the turns before."""
    return (
        _table("Follow-up questions, by language", "Language", {"all": report.overall, **report.by_language}),
        _table("Follow-up questions, by kind", "Kind", report.by_kind),
    )


def followups_markdown(report: FollowUpReport) -> str:
    """Return the report: what was measured, the tables, what was missed."""
    split = [f"Split: {code(report.split)}"] if report.split else []
    facts = [
        f"Conversations: {code(report.conversations)} ({report.held})",
        *split,
        f"Generation: {code(report.generation)}",
    ]
    parts = ["# Conversations", " · ".join(facts), *map(section, followup_tables(report)), *_missed(report.missed)]
    return "\n\n".join(parts) + "\n"


def _table(title: str, corner: str, groups: Mapping[str, FollowUpScores]) -> Table:
    rows = ((name, tuple(cell(key, getattr(one, key)) for key in FIGURES)) for name, one in groups.items())
    return Table(title, corner, tuple(FIGURES.values()), tuple(rows))


def _missed(missed: tuple[Missed, ...]) -> Iterator[str]:
    yield f"## {len(missed)} missed"
    for one in missed:
        lines = [f"**{inline(one.id)}** ({one.kind}) {inline(one.question)}", ""]
        lines += [f"- understood as: {inline(one.condensed)}"] if one.condensed else []
        yield "\n".join([*lines, f"- expected: {code(one.expected)}", f"- got: {inline(one.got)}"])
