"""E-mail: who wrote when, the text, and the messages attached; other attachments are left out."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from typing import cast

from osxp_rag.corpus.decode import decode
from osxp_rag.corpus.formats.markup import markup_pieces, parse_html
from osxp_rag.corpus.formats.plain_text import paragraphs
from osxp_rag.corpus.limits import FormatError, LimitError, Limits
from osxp_rag.corpus.piece import Extract, Piece
from osxp_rag.corpus.text import one_line

DEEPEST = 10  # messages within messages
_QUOTED = re.compile(r"^(?:> ?)+", re.MULTILINE)
_TOO_DEEP = f"has messages attached to messages more than {DEEPEST} deep"


def read(content: bytes, limits: Limits) -> Extract:
    """Return a message: its subject as title, a line of sender and date, its text, attached messages below it.

    Raises:
        FormatError: no message.
        LimitError: nested too deep.
    """
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
        if not message.keys():
            raise FormatError("is not an e-mail: it has no header")
        pieces = tuple(_pieces(message, 0))
    except RecursionError as error:  # of the standard library's parser
        raise LimitError(_TOO_DEEP) from error
    return Extract(pieces, title=_header(message, "subject"), date=_day(message))


def _pieces(message: EmailMessage, depth: int) -> Iterator[Piece]:
    if depth > DEEPEST:
        raise LimitError(_TOO_DEEP)
    if subject := _header(message, "subject"):
        yield Piece("heading", subject, min(depth + 1, 6))
    sender, day = _header(message, "from"), _header(message, "date")
    yield Piece("code", "; ".join(f"{name}: {value}" for name, value in (("From", sender), ("Date", day)) if value))
    yield from _text(message)
    for part in message.iter_attachments():
        if part.get_content_type() == "message/rfc822":
            yield from _pieces(cast(EmailMessage, part.get_content()), depth + 1)


def _text(message: EmailMessage) -> list[Piece]:
    """Return the plain text, else the HTML."""
    body = message.get_body(("plain", "html"))
    if body is None:
        return []
    content = body.get_payload(decode=True)
    charset = body.get_content_charset()
    raw = content if isinstance(content, bytes) else b""
    try:
        text = raw.decode(charset) if charset else decode(raw)
    except (LookupError, UnicodeDecodeError):
        text = decode(raw)
    if body.get_content_type() == "text/html":
        return markup_pieces(parse_html(text))
    return paragraphs(_QUOTED.sub("", text.replace("\r\n", "\n")))


def _header(message: EmailMessage, name: str) -> str:
    try:
        return one_line(str(message.get(name, "")))
    except (ValueError, IndexError, AttributeError, TypeError):  # what the standard library does with broken headers
        return ""


def _day(message: EmailMessage) -> date | None:
    try:
        return cast(date, message["date"].datetime.date())
    except (ValueError, IndexError, AttributeError, TypeError):
        return None
