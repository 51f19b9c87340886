"""A scorecard as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from osxp_rag.channels.markup import code, inline
from osxp_rag.channels.scorecards.tables import METHOD, Cell, Table, about, got, headline, tables, told
from osxp_rag.evaluation.scorecard import Failure, Report, Scorecard


def markdown_report(report: Report) -> str:
    """Return the report: what was scored, the tables, why questions failed, each failure under its main reason."""
    facts = [f"{name}: {code(value)}" for name, value in about(report).items()]
    parts = ["# Scorecard", " · ".join(facts), *map(section, tables(report.card)), METHOD, *_failures(report.card)]
    return "\n\n".join(parts) + "\n"


def section(table: Table) -> str:
    """Return a table under its title."""
    rows = [(inline(label), *map(_cell, cells)) for label, cells in table.rows]
    return f"## {table.title}\n\n{_grid((table.corner, *map(inline, table.header)), rows)}"


def _cell(cell: Cell) -> str:
    return f"{cell.value} ({cell.interval})" if cell.interval else cell.value


def _grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    marks = ["---"] + ["---:"] * (len(header) - 1)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, marks, *rows))


def _failures(card: Scorecard) -> Iterator[str]:
    yield f"## {headline(card)}"
    yield _grid(("Main reason", "Failures"), [(reason, str(count)) for reason, count in card.reasons.items()])
    for reason, count in card.reasons.items():
        if count:
            yield f"### {reason} ({count})"
            yield from (_failure(one) for one in card.failures if one.reason == reason)


def _failure(failure: Failure) -> str:
    lines = [f"**{inline(failure.id)}** {inline(failure.question)}", ""]
    lines += [f"- why: {inline(told(fact))}" for fact in failure.facts]
    return "\n".join([*lines, f"- expected: {_expected(failure)}", f"- got: {inline(got(failure))}"])


def _expected(failure: Failure) -> str:
    if not failure.answerable:
        return "abstained"
    patterns = " and ".join(map(code, failure.expected.patterns)) or "an answer"
    return f"{patterns} in {', '.join(map(code, failure.expected.documents))}"
