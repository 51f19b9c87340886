"""The plan: what has changed between a generation and the folder. Pure: it takes values and decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from osxp_rag.corpus.files import SourceFile
from osxp_rag.index.manifest import FileRecord


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, each list by path; `renamed` pairs old and new path.

    `failing` are files that failed before and have not changed since: known, reported, not read again.
    `rebuild` gives the reasons for a rebuild of everything; then every readable file counts as added.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    rebuild: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the generation already is what the folder asks for."""
        return not (self.added or self.changed or self.renamed or self.removed or self.rebuild)

    @property
    def read(self) -> tuple[str, ...]:
        """Paths of the files to read, sorted."""
        return tuple(sorted((*self.added, *self.changed, *(new for _, new in self.renamed))))

    @property
    def dropped(self) -> tuple[str, ...]:
        """Paths of the documents that leave the index before new ones come in, sorted."""
        return tuple(sorted((*self.changed, *self.removed, *(old for old, _ in self.renamed))))

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON types."""
        return asdict(self)


def make_plan(before: Mapping[str, FileRecord], now: Sequence[SourceFile], rebuild: Sequence[str] = ()) -> Plan:
    """Compare the records of a generation with the files found now.

    A file is renamed when its path is new and a file of the same content has gone; of several such, the
    first by path is taken, so that the plan does not depend on the order in which the folder is read.
    """
    if rebuild:
        return Plan(added=tuple(sorted(file.path for file in now)), rebuild=tuple(rebuild))
    found = {file.path: file for file in now}
    gone = {path: record for path, record in sorted(before.items()) if path not in found}
    new = {path: file for path, file in sorted(found.items()) if path not in before}
    renamed = _renamed(gone, new)
    old_paths, new_paths = {old for old, _ in renamed}, {name for _, name in renamed}
    kept = {path: file for path, file in sorted(found.items()) if path in before}
    same = [path for path, file in kept.items() if _same(before[path], file)]
    return Plan(
        added=tuple(path for path in new if path not in new_paths),
        changed=tuple(path for path in kept if path not in set(same)),
        renamed=renamed,
        removed=tuple(path for path in gone if path not in old_paths),
        unchanged=tuple(path for path in same if before[path].state == "indexed"),
        failing=tuple(path for path in same if before[path].state == "failed"),
    )


def _same(record: FileRecord, file: SourceFile) -> bool:
    if file.sha256 is None:
        return record.sha256 is None and record.reason == file.problem
    return record.sha256 == file.sha256


def _renamed(gone: Mapping[str, FileRecord], new: Mapping[str, SourceFile]) -> tuple[tuple[str, str], ...]:
    by_content: dict[str, list[str]] = {}
    for path, record in gone.items():
        if record.sha256 and record.state == "indexed":
            by_content.setdefault(record.sha256, []).append(path)
    pairs = []
    for path, file in new.items():
        if olds := by_content.get(file.sha256 or ""):
            pairs.append((olds.pop(0), path))
    return tuple(pairs)
