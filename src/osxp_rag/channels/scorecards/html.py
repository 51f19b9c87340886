"""A scorecard as one HTML page that needs nothing else: no script, no font, no image, no network. Pure."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from osxp_rag.channels.scorecards import tables
from osxp_rag.channels.scorecards.tables import Cell
from osxp_rag.evaluation.bootstrap import LEVEL
from osxp_rag.evaluation.diagnosis import Reason
from osxp_rag.evaluation.scorecard import Failure, Report, Scorecard

if TYPE_CHECKING:
    from jinja2 import Environment

HEADLINES = {
    "correct": "Correct answers",
    "abstention_accuracy": "Answered or refused rightly",
    "recall_at_5": "Recall@5",
    "citation_precision": "Citation precision",
    "quote_fidelity": "Exact quotes",
    "latency_median_ms": "Median latency",
}
_SLOW = "latency_p95_ms"


@dataclass(frozen=True, slots=True)
class Card:
    """A figure told large; `bar` holds its value and the ends of its interval, in % of a bar from 0 to 1."""

    label: str
    cell: Cell
    unit: str
    bar: tuple[float, float, float] | None
    note: str


@dataclass(frozen=True, slots=True)
class Group:
    """The failures with one main reason; `width` is their bar's, in %, the longest being 100."""

    reason: Reason
    failures: tuple[Failure, ...]
    width: float


def html_report(report: Report) -> str:
    """Return the page; whatever comes from questions, answers and documents is escaped."""
    card = report.card
    return _environment().get_template("report.html").render(
        report=report,
        card=card,
        about=tables.about(report),
        headline=tables.headline(card),
        method=tables.METHOD,
        cards=[_card(card, name, label) for name, label in HEADLINES.items()],
        tables=tables.tables(card),
        groups=_groups(card),
        level=f"{LEVEL:.0%}",
        spaced=tables.spaced,
    )  # fmt: skip


def _card(card: Scorecard, name: str, label: str) -> Card:
    value, between = getattr(card.overall, name), card.intervals.overall[name]
    timed = name.endswith("_ms")
    bar = None if timed or value is None or between is None else (100 * value, 100 * between[0], 100 * between[1])
    note = f"95th percentile {tables.cell(_SLOW, getattr(card.overall, _SLOW)).value} ms" if timed else ""
    return Card(label, tables.cell(name, value, between), "ms" if timed else "", bar, note)


def _groups(card: Scorecard) -> list[Group]:
    most = max(card.reasons.values(), default=0) or 1
    return [
        Group(reason, tuple(one for one in card.failures if one.reason == reason), 100 * count / most)
        for reason, count in card.reasons.items()
    ]


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("osxp_rag.channels.scorecards", ".")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
