"""Make the index follow the folder: scan, plan, build, publish."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from osxp_rag.corpus.files import SourceFile, scan
from osxp_rag.errors import IndexStateError
from osxp_rag.index.build import Builder, Built, Progress
from osxp_rag.index.manifest import FileRecord, Identity, Manifest, identity_of, read_manifest
from osxp_rag.index.plan import Plan, make_plan
from osxp_rag.index.store import Store
from osxp_rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Update:
    """What an update did, or would do: the plan, the generation that serves now, files that failed."""

    plan: Plan
    generation: str | None
    failures: tuple[FileRecord, ...]
    embedded: int = 0
    reused: int = 0
    passages: int = 0

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
    found = scan(settings.corpus_dir, int(settings.max_file_mb * 1_000_000))
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
) -> Update:
    """Bring the index up to date with the corpus; the generation that serves is replaced at the very end.

    `full` embeds everything anew; `dry_run` only plans.

    Raises:
        CorpusError: the corpus is not a folder.
        ModelError: the embedder's weights are not to be had.
        IndexStateError: another process is indexing.
    """
    if dry_run:
        plan, _, manifest = plan_update(settings, full=full)
        return _unchanged(plan, manifest)
    store = Store(settings.index_dir)
    with store.writing():
        plan, found, manifest = plan_update(settings, full=full)
        if plan.empty and manifest:
            return _unchanged(plan, manifest)
        made, built = _build(settings, store, plan, found, manifest, full=full, progress=progress, now=now)
        store.publish(made.id)
        store.prune()
    return Update(plan, made.id, tuple(made.failures), built.embedded, built.reused, built.passages)


def _build(
    settings: Settings,
    store: Store,
    plan: Plan,
    found: list[SourceFile],
    manifest: Manifest | None,
    *,
    full: bool,
    progress: Progress,
    now: Callable[[], datetime],
) -> tuple[Manifest, Built]:
    identity = identity_of(settings)
    generation = store.next_id(_digest(found, identity))
    current = store.folder(manifest.id) if manifest else None
    same_embedder = manifest is not None and manifest.identity.embedder == identity.embedder
    folder = store.folder(generation)
    built = _builder(settings, progress).build(
        plan,
        found,
        folder,
        base=None if plan.rebuild else current,
        reuse=current if same_embedder and not full else None,
    )
    kept = manifest.files if manifest and not plan.rebuild else {}
    records = {path: record for path, record in kept.items() if path in (*plan.unchanged, *plan.failing)}
    made = Manifest(
        id=generation,
        created=now().isoformat(timespec="seconds"),
        corpus=str(settings.corpus_dir),
        identity=identity,
        dimension=built.dimension,
        passages=built.passages,
        files=dict(sorted({**records, **built.records}.items())),
    )
    made.write(folder)
    return made, built


def _builder(settings: Settings, progress: Progress) -> Builder:
    from osxp_rag.corpus.splitter import Splitter
    from osxp_rag.models.embedder import load_embedder

    embedder = load_embedder(settings)
    splitter = Splitter(embedder.count_tokens, settings.passage_tokens, settings.sentence_tokens)
    return Builder(settings.corpus_dir, embedder, splitter, settings.title_terms, progress)


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
