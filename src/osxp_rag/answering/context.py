"""A quote among the words around it."""

from __future__ import annotations

from dataclasses import dataclass

from osxp_rag.answering.answer import Citation
from osxp_rag.index.content import Content


@dataclass(frozen=True, slots=True)
class Context:
    """A quote in its passage: `before + quote + after` is one stretch of the document's text."""

    before: str
    quote: str
    after: str


def context_of(content: Content, citation: Citation) -> Context | None:
    """Return the passage around a citation's quote; None where the document has changed since."""
    document = content.document(citation.document)
    if document is None or document.text[citation.start : citation.end] != citation.quote:
        return None
    spans = [(p.start, p.end) for p in content.passages_of(citation.document) if p.start <= citation.start < p.end]
    start, end = spans[0] if spans else (citation.start, citation.end)
    return Context(
        document.text[start : citation.start], citation.quote, document.text[citation.end : max(end, citation.end)]
    )
