"""A scorecard on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from osxp_rag.channels.scorecards.tables import Table, expected, got, headline, tables, told
from osxp_rag.channels.terminal import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    from osxp_rag.evaluation.scorecard import Failure, Report, Scorecard

_SHOWN = 300  # characters of an answer


def show_report(out: Console, report: Report) -> None:
    """Print the tables, how many failures have which reason, and each failure."""
    card = report.card
    show_tables(out, tables(card))
    if card.failures:
        out.print(f"\n{headline(card)}", style="bold")
        out.print(_reasons(card))
    for failure in card.failures:
        out.print()
        out.print(_failure(failure))


def show_tables(out: Console, some: Sequence[Table]) -> None:
    """Print tables, those whose rows have a corner to name them below their titles."""
    for table in some:
        if table.corner:
            out.print(f"\n{table.title}", style="bold")
        out.print(_table(table))


def _table(table: Table) -> RichTable:
    """Return a table in which an interval, where one is, stands in a column of its own."""
    grid = _grid(table.corner)
    spread = bool(any(cell.interval for _, cells in table.rows for cell in cells))
    for name in table.header:
        grid.add_column(_text(name), justify="right", no_wrap=True)
        if spread:
            grid.add_column("", style="dim", no_wrap=True)
    for label, cells in table.rows:
        texts = ((_text(cell.value), _text(cell.interval)) if spread else (_text(cell.value),) for cell in cells)
        grid.add_row(_text(label), *(text for pair in texts for text in pair))
    return grid


def _reasons(card: Scorecard) -> RichTable:
    grid = _grid("Main reason")
    grid.add_column("Failures", justify="right")
    for reason, count in card.reasons.items():
        grid.add_row(_text(reason), str(count), style="" if count else "dim")
    return grid


def _grid(corner: str) -> RichTable:
    from rich.table import Table as RichTable

    grid = RichTable(box=None, pad_edge=False, header_style="bold")
    grid.add_column(corner)
    return grid


def _failure(failure: Failure) -> Text:
    shown = _text(failure.id)
    shown.stylize("bold red")
    shown.append(plain(f"  {failure.question}"), style="bold")
    why = "; ".join(told(fact) for fact in failure.facts)
    for name, text in (("why", why), ("expected", expected(failure)), ("got", _short(got(failure)))):
        shown.append(plain(f"\n  {name:<9} {text}"), style="none")
    return shown


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _text(text: str) -> Text:
    from rich.text import Text

    return Text(plain(text))
