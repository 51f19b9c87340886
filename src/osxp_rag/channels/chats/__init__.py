"""Conversations that are kept on this machine: stored, listed, judged, exported, deleted."""

from __future__ import annotations

from osxp_rag.channels.chats.markdown import answer_text
from osxp_rag.channels.chats.routes import chats_router
from osxp_rag.channels.chats.store import ChatStore, open_store

__all__ = ["ChatStore", "answer_text", "chats_router", "open_store"]
