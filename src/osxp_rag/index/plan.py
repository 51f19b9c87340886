"""The plan: what has changed between a generation and the folder. Pure: it takes values and decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from osxp_rag.corpus.files import SourceFile
from osxp_rag.index.manifest import FileRecord

_HELD = ("indexed", "duplicate")  # states of what answers are made from


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, each list by path; `renamed` pairs old and new path.

    `failing` are files that failed before and have not changed since: known, reported, not read again. `duplicates`
    pairs a file that has become a copy with the first path of that content, whose document stands for both; a copy
    that was one before counts as unchanged. `rebuild` gives the reasons for a rebuild of everything; then every file
    counts as added but the copies.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    duplicates: tuple[tuple[str, str], ...] = ()
    rebuild: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the generation already is what the folder asks for."""
        return not (self.added or self.changed or self.renamed or self.removed or self.duplicates or self.rebuild)

    @property
    def read(self) -> tuple[str, ...]:
        """Paths of the files to read, sorted."""
        return tuple(sorted((*self.added, *self.changed, *(new for _, new in self.renamed))))

    @property
    def dropped(self) -> tuple[str, ...]:
        """Paths of the documents that leave the index before new ones come in, sorted."""
        gone = (*self.changed, *self.removed, *(old for old, _ in self.renamed), *(path for path, _ in self.duplicates))
        return tuple(sorted(set(gone)))

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON types."""
        return asdict(self)


def make_plan(before: Mapping[str, FileRecord], now: Sequence[SourceFile], rebuild: Sequence[str] = ()) -> Plan:
    """Compare the records of a generation with the files found now.

    A file is renamed when its path is new and a file of the same content has gone; of several such, the
    first by path is taken, so that the plan does not depend on the order in which the folder is read.
    """
    first = first_paths(now)
    copies = {file.path: file for file in now if first[file.path] != file.path}
    found = {file.path: file for file in sorted(now, key=lambda file: file.path) if file.path not in copies}
    if rebuild:
        return Plan(added=tuple(found), duplicates=_pairs(copies, first), rebuild=tuple(rebuild))
    known = {path: file for path, file in copies.items() if _known_copy(before.get(path), file, first[path])}
    gone = {path: record for path, record in sorted(before.items()) if path not in found and path not in known}
    new = {path: file for path, file in found.items() if path not in before}
    renamed = _renamed(gone, new)
    old_paths, new_paths = {old for old, _ in renamed}, {name for _, name in renamed}
    kept = {path: file for path, file in found.items() if path in before}
    same = {path for path, file in kept.items() if before[path].of is None and _same(before[path], file)}
    unchanged = sorted((*same, *known))
    return Plan(
        added=tuple(path for path in new if path not in new_paths),
        changed=tuple(path for path in kept if path not in same),
        renamed=renamed,
        removed=tuple(path for path in gone if path not in old_paths and path not in copies),
        unchanged=tuple(path for path in unchanged if before[path].state in _HELD),
        failing=tuple(path for path in unchanged if before[path].state not in _HELD),
        duplicates=_pairs([path for path in copies if path not in known], first),
    )


def first_paths(now: Sequence[SourceFile]) -> dict[str, str]:
    """Return, by path, the smallest path of the same content: its own, where it is the first or the only one.

    The ending counts as content: it tells how the bytes are read.
    """
    firsts: dict[tuple[str, str], str] = {}
    found = {}
    for file in sorted(now, key=lambda file: file.path):
        ending = PurePosixPath(file.path).suffix.lower()
        found[file.path] = firsts.setdefault((file.sha256, ending), file.path) if file.sha256 else file.path
    return found


def _pairs(paths: Iterable[str], first: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((path, first[path]) for path in sorted(paths))


def _known_copy(record: FileRecord | None, file: SourceFile, first: str) -> bool:
    return record is not None and record.of == first and _same(record, file)


def _same(record: FileRecord, file: SourceFile) -> bool:
    if file.sha256 is None:
        return record.sha256 is None and record.reason == file.problem
    under_other_limits = record.state == "skipped" and record.limits != file.limits
    return record.sha256 == file.sha256 and not under_other_limits


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
