"""Ask Open Source Experience 2025, offline: questions in, answers with verified quotes out.

from osxp_rag import Assistant

answer = Assistant.open().ask("What can replace VMware?")
print(answer.text, answer.citations[0].quote)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osxp_rag.offline import go_offline

go_offline()

if TYPE_CHECKING:
    from osxp_rag.answering.answer import Answer, Citation
    from osxp_rag.assistant import Assistant
    from osxp_rag.errors import (
        CorpusError,
        EngineError,
        FilterError,
        IndexMismatchError,
        IndexMissingError,
        IndexStateError,
        ModelError,
        OsxpError,
        QuestionsError,
        SettingsError,
        VerificationError,
    )
    from osxp_rag.settings import Settings

__version__ = "0.1.0"

# Where each public name lives: they load on first use, so that `osxp-rag --help` stays instant.
_HOMES = {
    "Answer": "osxp_rag.answering.answer",
    "Assistant": "osxp_rag.assistant",
    "Citation": "osxp_rag.answering.answer",
    "CorpusError": "osxp_rag.errors",
    "EngineError": "osxp_rag.errors",
    "FilterError": "osxp_rag.errors",
    "IndexMismatchError": "osxp_rag.errors",
    "IndexMissingError": "osxp_rag.errors",
    "IndexStateError": "osxp_rag.errors",
    "ModelError": "osxp_rag.errors",
    "OsxpError": "osxp_rag.errors",
    "QuestionsError": "osxp_rag.errors",
    "Settings": "osxp_rag.settings",
    "SettingsError": "osxp_rag.errors",
    "VerificationError": "osxp_rag.errors",
}

__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "CorpusError",
    "EngineError",
    "FilterError",
    "IndexMismatchError",
    "IndexMissingError",
    "IndexStateError",
    "ModelError",
    "OsxpError",
    "QuestionsError",
    "Settings",
    "SettingsError",
    "VerificationError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
