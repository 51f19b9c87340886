"""The manifest of a generation: what built it, and the state of every file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from osxp_rag.corpus import files, splitter
from osxp_rag.errors import IndexStateError
from osxp_rag.models.embedder import embedder_identity
from osxp_rag.settings import Settings

SCHEMA = 1  # raised when a generation's files change their layout
TERMS = 2  # raised when the same text would give other terms
NAME = "manifest.json"
State = Literal["indexed", "failed"]


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
        mine, theirs = asdict(self), asdict(other)
        return [f"{name}: {mine[name]} → {theirs[name]}" for name in mine if mine[name] != theirs[name]]


def identity_of(settings: Settings) -> Identity:
    """Return the identity that the settings ask for. Loads no model."""
    lengths = f"{splitter.VERSION} {settings.passage_tokens}/{settings.sentence_tokens}"
    terms = f"{TERMS} titles x{settings.title_terms}"
    return Identity(SCHEMA, embedder_identity(settings), files.VERSION, lengths, terms)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """The state of one file in a generation; `reason` says why it failed, `sha256` is None if unreadable."""

    path: str
    sha256: str | None
    size: int
    state: State
    reason: str | None = None
    title: str | None = None
    kind: str | None = None
    lang: str | None = None
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation: its id, when it was made (ISO 8601, UTC), its identity, its files by path."""

    id: str
    created: str
    corpus: str
    identity: Identity
    dimension: int
    passages: int
    files: dict[str, FileRecord]

    @property
    def failures(self) -> list[FileRecord]:
        """The files that could not be indexed, by path."""
        return [record for _, record in sorted(self.files.items()) if record.state == "failed"]

    def write(self, folder: Path) -> None:
        """Write the manifest into the generation's folder."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of the generation in `folder`.

    Raises:
        IndexStateError: it is missing, damaged, or of another schema.
    """
    try:
        values: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if values["identity"]["schema"] != SCHEMA:
            found = values["identity"]["schema"]
            raise IndexStateError(f"{folder}: schema {found}; this version reads {SCHEMA}. Run: osxp-rag index --full")
        records = {path: FileRecord(**record) for path, record in values.pop("files").items()}
        return Manifest(files=records, identity=Identity(**values.pop("identity")), **values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexStateError(f"{folder / NAME} cannot be read ({error}). Run: osxp-rag index --full") from error
