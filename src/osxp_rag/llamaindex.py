"""The assistant as llama-index knows things: an embedding, a retriever, a query engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.response.schema import Response
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from osxp_rag.corpus.document import Metadata

if TYPE_CHECKING:
    from osxp_rag.answering.answer import Citation
    from osxp_rag.assistant import Assistant
    from osxp_rag.models.embedder import Embedder
    from osxp_rag.retrieval.hit import Hit


class OsxpEmbedding(BaseEmbedding):
    """The embedder: vectors of length 1, questions and passages with their own prefix."""

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(model_name=embedder.identity)
        self._embedder = embedder

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(value) for value in self._embedder.embed_questions([query])[0]]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(value) for value in vector] for vector in self._embedder.embed_passages(texts)]


class OsxpRetriever(BaseRetriever):
    """Finds passages with the assistant's own retrieval; a node's score is the fused one."""

    def __init__(self, assistant: Assistant) -> None:
        super().__init__()
        self._assistant = assistant

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_node_of_hit(hit) for hit in self._assistant.search(query_bundle.query_str)]


class OsxpQueryEngine(CustomQueryEngine):
    """Gives the assistant's answers; the whole answer stands in the response's metadata under `answer`."""

    _assistant: Assistant = PrivateAttr()

    def __init__(self, assistant: Assistant) -> None:
        super().__init__()
        self._assistant = assistant

    def custom_query(self, query_str: str) -> Response:
        """Return the answer's text, its citations as source nodes."""
        answer = self._assistant.ask(query_str)
        nodes = [_node_of_citation(one, answer.confidence) for one in answer.citations]
        return Response(response=answer.text, source_nodes=nodes, metadata={"answer": answer.to_dict()})


def _node_of_hit(hit: Hit) -> NodeWithScore:
    passage = hit.passage
    metadata = {"document": passage.document, "section": passage.section, **_plain(hit.metadata)}
    node = TextNode(
        id_=passage.id, text=passage.text, metadata=metadata, start_char_idx=passage.start, end_char_idx=passage.end
    )
    return NodeWithScore(node=node, score=hit.score)


def _node_of_citation(citation: Citation, confidence: float) -> NodeWithScore:
    node = TextNode(
        id_=f"{citation.document}:{citation.start}-{citation.end}",
        text=citation.quote,
        metadata={
            "document": citation.document,
            "section": citation.section,
            "title": citation.title,
            "url": citation.url,
        },
        start_char_idx=citation.start,
        end_char_idx=citation.end,
    )
    return NodeWithScore(node=node, score=confidence)


def _plain(metadata: Metadata) -> dict[str, Any]:
    return {
        "title": metadata.title,
        "kind": metadata.kind,
        "lang": metadata.lang,
        "track": metadata.track,
        "url": metadata.url,
    }
