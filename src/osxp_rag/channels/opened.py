"""Open the assistant for a command: build an index that is missing, say when it is behind the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osxp_rag.channels.terminal import note, progress
from osxp_rag.errors import CorpusError, IndexStateError
from osxp_rag.index.store import Store
from osxp_rag.index.update import Update, plan_update, update

if TYPE_CHECKING:
    from osxp_rag.assistant import Assistant
    from osxp_rag.settings import Settings


def open_as_is(settings: Settings) -> Assistant:
    """Open the assistant on the index as it is; one that is missing is built first."""
    if Store(settings.index_dir).current() is None:
        build(settings, f"There is no index yet: indexing {settings.corpus_dir}")
    else:
        _say_if_stale(settings)
    return _open(settings)


def open_up_to_date(settings: Settings) -> Assistant:
    """Open the assistant after the index was brought up to date; files that fail are only reported."""
    try:
        plan, _, manifest = plan_update(settings)
        if manifest is None or not plan.empty:
            build(settings, f"Indexing {settings.corpus_dir}")
    except (CorpusError, IndexStateError) as error:
        if not _has_index(settings):
            raise
        note(f"The index was not brought up to date: {error}")
    return _open(settings)


def build(settings: Settings, why: str) -> Update:
    """Say why, bring the index up to date with a progress bar, and report the files that failed."""
    note(why)
    with progress("Loading the model") as show:
        done = update(settings, progress=show)
    for record in done.failures:
        note(f"Left out: {record.path}: {record.reason}")
    return done


def _say_if_stale(settings: Settings) -> None:
    try:
        plan, _, _ = plan_update(settings)
    except CorpusError as error:
        note(f"Answering from the index alone: {error}")
        return
    if not plan.empty and not plan.rebuild:
        note("The documents have changed since they were indexed. To take the changes in, run: osxp-rag index")


def _has_index(settings: Settings) -> bool:
    try:
        return Store(settings.index_dir).current() is not None
    except IndexStateError:
        return False


def _open(settings: Settings) -> Assistant:
    from osxp_rag.assistant import Assistant

    return Assistant.open(settings)
