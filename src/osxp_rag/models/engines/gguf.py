"""A GGUF file in this process, by llama.cpp, as a llama-index LLM that keeps to the model's own chat template."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, CompletionResponse, LLMMetadata
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms import CustomLLM

_ONE_AT_A_TIME = threading.Lock()  # llama.cpp keeps one state a model


class GgufLLM(CustomLLM):
    """A model that llama.cpp has loaded; always says its likeliest words."""

    _model: Any = PrivateAttr()
    _tokens: int = PrivateAttr()

    def __init__(self, model: Any, tokens: int) -> None:
        super().__init__()
        self._model = model
        self._tokens = tokens

    @property
    def metadata(self) -> LLMMetadata:
        """What the model can take and say, in tokens."""
        return LLMMetadata(context_window=self._model.n_ctx(), num_output=self._tokens, is_chat_model=True)

    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Return what the model says."""
        said = "".join(part.delta or "" for part in self.stream_chat(messages, **kwargs))
        return ChatResponse(message=ChatMessage(role="assistant", content=said))

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> Iterator[ChatResponse]:  # type: ignore[override]
        """Yield what the model says, as it comes."""
        plain = [{"role": one.role.value, "content": one.content or ""} for one in messages]
        said = ""
        with _ONE_AT_A_TIME:
            parts = self._model.create_chat_completion(
                plain, stream=True, temperature=0.0, repeat_penalty=1.1, max_tokens=self._tokens, **kwargs
            )
            for part in parts:
                delta = part["choices"][0]["delta"].get("content") or ""
                said += delta
                yield ChatResponse(message=ChatMessage(role="assistant", content=said), delta=delta)

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        """Return what the model says to one message."""
        return CompletionResponse(text=self.chat([ChatMessage(role="user", content=prompt)], **kwargs).message.content)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Iterator[CompletionResponse]:  # type: ignore[override]
        """Yield what the model says to one message, as it comes."""
        for part in self.stream_chat([ChatMessage(role="user", content=prompt)], **kwargs):
            yield CompletionResponse(text=part.message.content or "", delta=part.delta)
