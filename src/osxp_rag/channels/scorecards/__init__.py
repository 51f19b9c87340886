"""A scorecard to read: on the terminal, as Markdown, as HTML."""

from osxp_rag.channels.scorecards.html import html_report
from osxp_rag.channels.scorecards.markdown import markdown_report
from osxp_rag.channels.scorecards.terminal import show_report, show_tables

__all__ = ["html_report", "markdown_report", "show_report", "show_tables"]
