"""The index: plan, build, publish; and a generation opened for reading."""

from osxp_rag.index.update import Update, plan_update, update

__all__ = ["Update", "plan_update", "update"]
