"""The manifest of a generation: what built it, and the state of every file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from osxp_rag.corpus import files, splitter
from osxp_rag.errors import IndexStateError
from osxp_rag.index.durable import write_text
from osxp_rag.models.embedder import embedder_identity
from osxp_rag.settings import Settings

SCHEMA = 2  # raised when a generation's files change their layout
READABLE = (1, 2)  # those that can be read; one that is not the latest is indexed anew, its vectors taken over
TERMS = 2  # raised when the same text would give other terms
NAME = "manifest.json"
State = Literal["indexed", "failed", "skipped", "duplicate"]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a generation depends on besides the files; another identity means a rebuild."""

    schema: int
    embedder: str
    reader: int
    splitter: str
    terms: str

    def differences(self, other: Identity) -> list[str]:
        """Return a line for each part that differs: `name: here → there`."""
        if self.schema != other.schema:
            return [f"schema: {self.schema} → {other.schema}, of another version of osxp-rag"]
        mine, theirs = asdict(self), asdict(other)
        return [f"{name}: {mine[name]} → {theirs[name]}" for name in mine if mine[name] != theirs[name]]


def identity_of(settings: Settings) -> Identity:
    """Return the identity that the settings ask for. Loads no model."""
    lengths = f"{splitter.VERSION} {settings.passage_tokens}/{settings.sentence_tokens}"
    terms = f"{TERMS} titles x{settings.title_terms}"
    return Identity(SCHEMA, embedder_identity(settings), files.VERSION, lengths, terms)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """The state of one file in a generation; `reason` says why it failed, `sha256` is None if unreadable.

    `of` is the first path of the same content, where this is another one: its document stands for both. `limits` are
    those that a file which is not indexed was read under: it is read again when they change.
    """

    path: str
    sha256: str | None
    size: int
    state: State
    reason: str | None = None
    title: str | None = None
    kind: str | None = None
    lang: str | None = None
    passages: int = 0
    of: str | None = None
    limits: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation: its id, when it was made (ISO 8601, UTC), its identity, its files by path.

    `checksums` are the SHA-256 of the generation's files but this one, by their path in its folder.
    """

    id: str
    created: str
    corpus: str
    identity: Identity
    dimension: int
    passages: int
    files: dict[str, FileRecord]
    checksums: dict[str, str] = field(default_factory=dict)

    @property
    def copies(self) -> dict[str, tuple[str, ...]]:
        """The other paths of each document that has some, sorted."""
        found: dict[str, list[str]] = {}
        for path, record in sorted(self.files.items()):
            if record.state == "duplicate" and record.of:
                found.setdefault(record.of, []).append(path)
        return {path: tuple(others) for path, others in found.items()}

    @property
    def failures(self) -> list[FileRecord]:
        """The files that are not indexed, by path: those that failed and those that were passed over."""
        return [record for _, record in sorted(self.files.items()) if record.state in ("failed", "skipped")]

    def write(self, folder: Path) -> None:
        """Write the manifest into the generation's folder, whole or not at all: with it the generation is finished."""
        # Not indented: of ten thousand files that would take seconds, for Python then leaves its fast encoder.
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        write_text(folder / NAME, text + "\n")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of the generation in `folder`.

    Raises:
        IndexStateError: it is missing, damaged, or of another schema.
    """
    try:
        values: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if (found := values["identity"]["schema"]) not in READABLE:
            known = " and ".join(map(str, READABLE))
            raise IndexStateError(f"{folder}: schema {found}; this version reads {known}. Run: osxp-rag index --full")
        records = {path: FileRecord(**record) for path, record in values.pop("files").items()}
        return Manifest(files=records, identity=Identity(**values.pop("identity")), **values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexStateError(f"{folder / NAME} cannot be read ({error}). Run: osxp-rag index --full") from error
