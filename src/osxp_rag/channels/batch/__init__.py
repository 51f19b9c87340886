"""A file of questions in, a file of answers out."""

from __future__ import annotations

from osxp_rag.channels.batch.rows import Row, read_rows
from osxp_rag.channels.batch.run import Tally, answer_rows

__all__ = ["Row", "Tally", "answer_rows", "read_rows"]
