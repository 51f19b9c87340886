"""The records of a new generation: kept from the one before, made by the build, and copied for copies. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from osxp_rag.corpus.files import SourceFile
from osxp_rag.index.manifest import FileRecord
from osxp_rag.index.plan import Plan


def all_records(
    plan: Plan, found: Sequence[SourceFile], before: Mapping[str, FileRecord], built: Mapping[str, FileRecord]
) -> dict[str, FileRecord]:
    """Return the record of every file, by path.

    `before` are the records of the generation that the plan starts from, `built` those of the files that were read.
    """
    unread = (*plan.unchanged, *plan.failing)
    records = {**{path: before[path] for path in unread if path in before}, **built}
    files = {file.path: file for file in found}
    for path, first in plan.duplicates:
        if path not in records and first in records:
            records[path] = _copy(records[first], files[path])
    return dict(sorted(records.items()))


def _copy(first: FileRecord, file: SourceFile) -> FileRecord:
    """Return the record of a copy: it stands beside its first file, or fails as that does."""
    state = "duplicate" if first.state == "indexed" else first.state
    return replace(first, path=file.path, size=file.size, state=state, passages=0, of=first.path)
