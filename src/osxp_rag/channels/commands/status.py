"""`osxp-rag status`: what is indexed, file by file, and what has changed since. Loads no model."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from osxp_rag.channels.terminal import console, note, plain, print_json
from osxp_rag.errors import CorpusError, IndexStateError
from osxp_rag.index.durable import size_of
from osxp_rag.index.manifest import read_manifest
from osxp_rag.index.plan import Plan, make_plan
from osxp_rag.index.store import Store
from osxp_rag.index.update import current_manifest, plan_update

if TYPE_CHECKING:
    from osxp_rag.corpus.files import SourceFile
    from osxp_rag.index.manifest import FileRecord, Manifest
    from osxp_rag.settings import Settings

State = Literal["indexed", "duplicate", "skipped", "failed", "new", "changed", "renamed", "removed"]
STYLES = {"indexed": "green", "duplicate": "green", "skipped": "yellow", "failed": "bold red"}  # the others are pending


@dataclass(frozen=True, slots=True)
class FileState:
    """One file: its state, and why where it is not simply indexed; its size in bytes, when it was saved.

    `of` is the file that a duplicate is a copy of; `modified` is ISO 8601, UTC, and None where the file has gone.
    """

    path: str
    state: State
    reason: str | None = None
    title: str | None = None
    kind: str | None = None
    lang: str | None = None
    passages: int = 0
    of: str | None = None
    size: int = 0
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A generation that is kept: when it was made, its size in bytes, and whether it is the one that serves."""

    id: str
    created: str
    bytes: int
    passages: int
    serves: bool


@dataclass(frozen=True, slots=True)
class Status:
    """The index beside its documents; sizes in bytes, `rebuild` says why all must be indexed anew.

    `generation` and what depends on it is None where there is no index. `totals` counts the files by state;
    `coverage` is the share of the folder's files that answers are made from, None of an empty folder.
    """

    corpus: str
    index: str
    generation: str | None
    created: str | None
    up_to_date: bool
    rebuild: tuple[str, ...]
    models: dict[str, str]
    passages: int
    bytes: dict[str, int]
    generations: tuple[Kept, ...]
    totals: dict[str, int]
    coverage: float | None
    files: tuple[FileState, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the status as JSON types."""
        return asdict(self)


def run(settings: Settings, *, as_json: bool) -> bool:
    """Print the status; return whether there is an index."""
    status = gather(settings)
    if as_json:
        print_json(status.to_dict())
    elif status.generation:
        _show(status)
    if status.generation is None:
        note(f"{status.index}: {'; '.join(status.rebuild)}. To make one, run: osxp-rag index")
    return status.generation is not None


def gather(settings: Settings) -> Status:
    """Compare the index with its documents.

    Raises:
        CorpusError: there is neither an index nor a folder of documents.
    """
    plan, found, manifest = _planned(settings)
    records = manifest.files if manifest else {}
    files = tuple(
        _seen(settings.corpus_dir, state, found)
        for state in file_states(make_plan(records, found), records, {file.path: file.problem for file in found})
    )
    return Status(
        corpus=str(settings.corpus_dir),
        index=str(settings.index_dir),
        generation=manifest.id if manifest else None,
        created=manifest.created if manifest else None,
        up_to_date=plan.empty and manifest is not None,
        rebuild=plan.rebuild,
        models={"embedder": manifest.identity.embedder} if manifest else {},
        passages=manifest.passages if manifest else 0,
        bytes=_sizes(settings, manifest, found),
        generations=kept_generations(Store(settings.index_dir)),
        totals=dict(sorted(Counter(file.state for file in files).items())),
        coverage=_coverage(files, len(found)),
        files=files,
    )


def kept_generations(store: Store) -> tuple[Kept, ...]:
    """Return the generations that are kept, newest first; one whose manifest cannot be read is left out."""
    serving = store.serving()
    kept = []
    for name in reversed(store.finished()):
        with contextlib.suppress(IndexStateError):
            manifest = read_manifest(store.folder(name))
            kept.append(Kept(name, manifest.created, size_of(store.folder(name)), manifest.passages, name == serving))
    return tuple(kept)


def file_states(plan: Plan, records: dict[str, FileRecord], problems: dict[str, str | None]) -> tuple[FileState, ...]:
    """Return the state of every file of the index and of the folder, by path."""
    states: list[FileState] = [FileState(path, "new", problems.get(path)) for path in plan.added]
    states += [_of(records[path], "changed") for path in plan.changed]
    states += [_of(records[old], "renamed", f"now {new}") for old, new in plan.renamed]
    states += [_of(records[path], "removed") for path in plan.removed]
    old_paths = {old for old, _ in plan.renamed}
    states += [_copied(path, first, records.get(path)) for path, first in plan.duplicates if path not in old_paths]
    states += [_of(records[path], records[path].state) for path in (*plan.unchanged, *plan.failing)]
    return tuple(sorted(states, key=lambda state: state.path))


def _of(record: FileRecord, state: State, reason: str | None = None) -> FileState:
    why = reason or record.reason or (f"the same as {record.of}" if state == "duplicate" else None)
    return FileState(
        record.path, state, why, record.title, record.kind, record.lang, record.passages, record.of, record.size
    )


def _copied(path: str, first: str, record: FileRecord | None) -> FileState:
    """Return the state of a file that has become a copy since it was indexed, or is a new one."""
    return FileState(path, "changed" if record else "new", f"the same as {first}", of=first)


def _seen(corpus: Path, state: FileState, found: list[SourceFile]) -> FileState:
    """Add what the folder tells of a file: its size, and when it was saved."""
    size = next((file.size for file in found if file.path == state.path), state.size)
    try:
        saved = datetime.fromtimestamp((corpus / state.path).stat().st_mtime, UTC).isoformat(timespec="seconds")
    except (OSError, ValueError):
        return replace(state, size=size)
    return replace(state, size=size, modified=saved)


def _coverage(files: tuple[FileState, ...], found: int) -> float | None:
    held = sum(file.state in ("indexed", "duplicate") for file in files)
    return round(held / found, 4) if found else None


def _planned(settings: Settings) -> tuple[Plan, list[SourceFile], Manifest | None]:
    """Plan an update; documents that are out of reach are a reason like any other where there is an index."""
    try:
        return plan_update(settings)
    except CorpusError as error:
        manifest = current_manifest(settings)
        if manifest is None:
            raise
        return Plan(rebuild=(str(error),)), [], manifest


def _sizes(settings: Settings, manifest: Manifest | None, found: list[SourceFile]) -> dict[str, int]:
    generation = size_of(Store(settings.index_dir).folder(manifest.id)) if manifest else 0
    documents = sum(file.size for file in found)
    return {"documents": documents, "generation": generation, "index": size_of(settings.index_dir)}


def _show(status: Status) -> None:
    pending = [file for file in status.files if file.state not in STYLES]
    lines = [
        f"Documents    {status.corpus} ({_mb(status.bytes['documents'])})",
        f"Index        {status.index} ({_mb(status.bytes['index'])}, of it in use {_mb(status.bytes['generation'])})",
        f"Generation   {status.generation}, made {status.created}, {status.passages} passages",
        *(f"{name.capitalize():<12} {identity}" for name, identity in status.models.items()),
        *(f"Kept         {_kept_line(kept)}" for kept in status.generations if not kept.serves),
        "",
    ]
    typer.echo(plain("\n".join(lines)))
    _show_files(status)
    totals = ", ".join(f"{count} {state}" for state, count in status.totals.items()) or "no files"
    share = "" if status.coverage is None else f"; {status.coverage:.0%} of the files in the folder are indexed"
    typer.echo(plain(f"\n{totals}{share}.\n{_verdict(status, pending)}"))


def _kept_line(kept: Kept) -> str:
    return f"{kept.id}, made {kept.created}, {kept.passages} passages, {_mb(kept.bytes)}"


def _show_files(status: Status) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("State", "Passages", "Size", "Saved", "Kind", "Language", "File"):
        table.add_column(name, justify="right" if name in ("Passages", "Size") else "left", overflow="fold")
    for file in status.files:
        state = Text(file.state, style=STYLES.get(file.state, "yellow"))
        where = f"{file.path}: {file.reason}" if file.reason else file.path
        size = f"{file.size / 1000:.1f} kB" if file.size else ""
        cells = (str(file.passages or ""), size, (file.modified or "")[:10], file.kind or "", file.lang or "", where)
        table.add_row(state, *(Text(plain(cell)) for cell in cells))
    console().print(table)


def _verdict(status: Status, pending: list[FileState]) -> str:
    if status.rebuild:
        return f"All must be indexed anew ({'; '.join(status.rebuild)}). Run: osxp-rag index"
    if pending:
        return f"Not as in the folder: {len(pending)} of {len(status.files)} files. Run: osxp-rag index"
    failed = sum(file.state == "failed" for file in status.files)
    return f"Up to date; {failed} failed." if failed else "Up to date."


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
