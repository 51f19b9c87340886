"""Make the index follow the folder: scan, plan, build, publish."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osxp_rag.corpus.files import SourceFile, scan
from osxp_rag.corpus.limits import Limits
from osxp_rag.errors import IndexStateError, OsxpError
from osxp_rag.index.build import Builder, Built, Progress
from osxp_rag.index.durable import (
    HEADROOM,
    check_space,
    checksums,
    flush_tree,
    free_space,
    is_full,
    megabytes,
    size_of,
)
from osxp_rag.index.lock import Holder
from osxp_rag.index.manifest import NAME as MANIFEST
from osxp_rag.index.manifest import FileRecord, Identity, Manifest, identity_of, read_manifest
from osxp_rag.index.plan import Plan, make_plan
from osxp_rag.index.records import all_records
from osxp_rag.index.store import Store
from osxp_rag.index.verify import problems
from osxp_rag.settings import Settings

if TYPE_CHECKING:
    from osxp_rag.models.embedder import Embedder

_EXPANSION = 10  # bytes of index to a byte of text: a passage of 800 bytes has two vectors of 1.5 kB and its graph


@dataclass(frozen=True, slots=True)
class Update:
    """What an update did, or would do: the plan, the generation that serves now, files that failed.

    `notes` tell of an earlier run that did not finish.
    """

    plan: Plan
    generation: str | None
    failures: tuple[FileRecord, ...]
    embedded: int = 0
    reused: int = 0
    passages: int = 0
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the update as JSON types."""
        return asdict(self)


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def no_progress(what: str, done: int, total: int) -> None:
    """Show nothing."""


def current_manifest(settings: Settings) -> Manifest | None:
    """Return the manifest of the generation that serves, or None where there is none.

    Raises:
        IndexStateError: it is damaged.
    """
    store = Store(settings.index_dir)
    generation = store.current()
    return read_manifest(store.folder(generation)) if generation else None


def plan_update(settings: Settings, *, full: bool = False) -> tuple[Plan, list[SourceFile], Manifest | None]:
    """Return what an update would do, the files found, and the manifest of the generation that serves."""
    found = scan(settings.corpus_dir, int(settings.max_file_mb * 1_000_000), Limits.of(settings))
    try:
        manifest = current_manifest(settings)
    except IndexStateError as error:
        return make_plan({}, found, [f"the index was damaged: {error}"]), found, None
    reasons = _rebuild_reasons(manifest, identity_of(settings), full)
    return make_plan(manifest.files if manifest else {}, found, reasons), found, manifest


def update(
    settings: Settings,
    *,
    full: bool = False,
    dry_run: bool = False,
    progress: Progress = no_progress,
    now: Callable[[], datetime] = utc_now,
    embedder: Embedder | None = None,
) -> Update:
    """Bring the index up to date with the corpus; the generation that serves is replaced at the very end.

    `full` embeds everything anew; `dry_run` only plans; `embedder` is the one to use, by default the settings' own.

    Raises:
        CorpusError: the corpus is not a folder.
        ModelError: the embedder's weights are not to be had.
        IndexStateError: another process is indexing, there is no room, or the build did not hold together.
    """
    if dry_run:
        plan, _, manifest = plan_update(settings, full=full)
        return _unchanged(plan, manifest)
    store = Store(settings.index_dir)
    with _explained(store), store.writing() as before:
        notes = _left_over(before, store.clear_unfinished())
        plan, found, manifest = plan_update(settings, full=full)
        if plan.empty and manifest:
            store.prune(settings.keep_generations)
            return replace(_unchanged(plan, manifest), notes=notes)
        made, built = _build(settings, store, plan, found, manifest, full, progress, now, embedder)
        store.publish(made.id)
        store.prune(settings.keep_generations)
    return Update(plan, made.id, tuple(made.failures), built.embedded, built.reused, built.passages, notes)


def _build(
    settings: Settings,
    store: Store,
    plan: Plan,
    found: list[SourceFile],
    manifest: Manifest | None,
    full: bool,
    progress: Progress,
    now: Callable[[], datetime],
    embedder: Embedder | None,
) -> tuple[Manifest, Built]:
    """Make a generation that holds together, its manifest last; one that fails is removed again."""
    identity = identity_of(settings)
    generation = store.next_id(_digest(found, identity))
    current = store.folder(manifest.id) if manifest else None
    same_embedder = manifest is not None and manifest.identity.embedder == identity.embedder
    base = None if plan.rebuild else current
    check_space(settings.index_dir, _bytes_needed(plan, found, base))
    builder = _builder(settings, progress, embedder)
    try:
        folder = store.folder(generation)
        built = builder.build(plan, found, folder, base=base, reuse=current if same_embedder and not full else None)
        made = Manifest(
            id=generation,
            created=now().isoformat(timespec="seconds"),
            corpus=str(settings.corpus_dir),
            identity=identity,
            dimension=built.dimension,
            passages=built.passages,
            files=all_records(plan, found, manifest.files if manifest and not plan.rebuild else {}, built.records),
        )
        return _finish(folder, made, built.records if base else None), built
    except BaseException:
        store.remove(generation)
        raise


def _finish(folder: Path, made: Manifest, read: Collection[str] | None) -> Manifest:
    """Flush a generation to the disk, check it, and write its manifest: from then on it is a finished one.

    `read` are the documents that are not taken over, None for all. Readers never write into a generation (see
    `copies`), so that the checksums are of every file in it.

    Raises:
        IndexStateError: it does not hold together.
    """
    made = replace(made, checksums=checksums(folder, MANIFEST))
    if wrong := problems(folder, made, read=read):
        raise IndexStateError(
            f"{folder}: the new generation does not hold together, and is not taken: {'; '.join(wrong[:3])}. "
            "Run: osxp-rag index --full"
        )
    flush_tree(folder)
    made.write(folder)
    return made


def _bytes_needed(plan: Plan, found: list[SourceFile], base: Path | None) -> int:
    """Return how much room a build wants at most: two copies of its vectors (one is read to check it), and the new."""
    wanted = set(plan.read)
    new = sum(file.size for file in found if file.path in wanted)
    return (2 * size_of(base) if base else 0) + _EXPANSION * new + HEADROOM


@contextmanager
def _explained(store: Store) -> Iterator[None]:
    """Tell of a disk that is full, or fails, in words that help."""
    try:
        yield
    except OsxpError as error:
        if is_full(error):
            raise IndexStateError(_no_room(store, error)) from error
        raise
    except Exception as error:
        # Chroma does not always say why it could not write: then a disk that has next to no room tells.
        if is_full(error) or free_space(store.index) < HEADROOM:
            raise IndexStateError(_no_room(store, error)) from error
        if isinstance(error, (OSError, sqlite3.Error)) or type(error).__module__.startswith("chromadb"):
            message = f"{store.index} cannot be written: {error}. Nothing was changed; {_still(store)}."
            raise IndexStateError(message) from error
        raise


def _no_room(store: Store, error: Exception) -> str:
    serving = store.serving()
    needed = megabytes((2 * size_of(store.folder(serving)) if serving else 0) + HEADROOM)
    return (
        f"{store.index}: no room left for the new generation ({error}): about {needed} are needed, "
        f"{megabytes(free_space(store.index))} are free. Nothing was changed; {_still(store)}. Free some room or raise "
        "the quota, or name a folder on another disk with --index or OSXP_RAG_INDEX."
    )


def _still(store: Store) -> str:
    serving = store.serving()
    return f"{serving} still serves" if serving else "there is still no index"


def _left_over(before: Holder | None, unfinished: list[str]) -> tuple[str, ...]:
    """Return a line on an earlier writer that was killed."""
    if not before and not unfinished:
        return ()
    who = str(before) if before else "an earlier one"
    removed = f"what it had begun was removed: {', '.join(unfinished)}" if unfinished else "it had begun no generation"
    return (f"The run before did not finish ({who}); {removed}.",)


def _builder(settings: Settings, progress: Progress, embedder: Embedder | None) -> Builder:
    from osxp_rag.corpus.splitter import Splitter
    from osxp_rag.models.embedder import load_embedder

    embedder = embedder or load_embedder(settings)
    splitter = Splitter(embedder.count_tokens, settings.passage_tokens, settings.sentence_tokens)
    return Builder(settings.corpus_dir, embedder, splitter, settings.title_terms, progress, Limits.of(settings))


def _rebuild_reasons(manifest: Manifest | None, identity: Identity, full: bool) -> list[str]:
    if manifest is None:
        return ["there is no index yet"]
    return ["asked for"] if full else manifest.identity.differences(identity)


def _unchanged(plan: Plan, manifest: Manifest | None) -> Update:
    failures = tuple(manifest.failures) if manifest else ()
    return Update(plan, manifest.id if manifest else None, failures, passages=manifest.passages if manifest else 0)


def _digest(found: list[SourceFile], identity: Identity) -> str:
    content = [[file.path, file.sha256] for file in found]
    return hashlib.sha256(json.dumps([content, asdict(identity)]).encode()).hexdigest()
