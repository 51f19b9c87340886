"""New content through the page, where that is allowed: add files, see the plan, index, see each file's state."""

from __future__ import annotations

from osxp_rag.channels.admin.routes import admin_router

__all__ = ["admin_router"]
