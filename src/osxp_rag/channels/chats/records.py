"""What is kept of a conversation: chats, their turns, what people thought of an answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Value = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """Whether an answer was good, and why, in a visitor's words; may be empty."""

    value: Value
    reason: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its whole answer, as JSON types; `asked` is ISO 8601, UTC.

    `contexts` holds, by citation id, the text around each quote as it was then; None where it was not kept.
    """

    id: str
    asked: str
    language: str
    question: str
    filters: dict[str, str]
    answer: dict[str, Any]
    contexts: dict[str, Any] | None
    feedback: Feedback | None

    def to_dict(self) -> dict[str, Any]:
        """Return the turn as JSON types."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Listed:
    """A chat as a list shows it; `created` and `updated` are ISO 8601, UTC, `turns` a count."""

    id: str
    title: str
    created: str
    updated: str
    turns: int

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat with its turns, oldest first; `language` is that of its first question."""

    id: str
    title: str
    language: str
    created: str
    turns: tuple[Turn, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the chat as JSON types."""
        return {**asdict(self), "turns": [turn.to_dict() for turn in self.turns]}
