"""What the page shows of an answer's sources beside the citations themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from osxp_rag.answering.answer import Answer, Citation
    from osxp_rag.assistant import Assistant
    from osxp_rag.corpus.document import Metadata


def sources_of(assistant: Assistant, answer: Answer) -> dict[str, Any]:
    """Return, by citation number, the words around each quote and what is known of its document."""
    known = assistant.documents()
    return {str(one.id): _source(assistant, one, known.get(one.document)) for one in answer.citations}


def _source(assistant: Assistant, citation: Citation, metadata: Metadata | None) -> dict[str, Any]:
    context = assistant.context(citation)
    return {
        "before": context.before if context else "",
        "quote": citation.quote,
        "after": context.after if context else "",
        "track": metadata.track if metadata else None,
        "kind": metadata.kind if metadata else None,
        "lang": metadata.lang if metadata else None,
        "date": metadata.date.isoformat() if metadata and metadata.date else None,
    }
