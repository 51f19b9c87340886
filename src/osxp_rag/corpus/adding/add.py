"""Add files and pages to the corpus: each is read first, so that nothing comes in that cannot be indexed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from osxp_rag.corpus.adding.names import name_of_url, safe_name
from osxp_rag.corpus.files import NOT_INDEXED
from osxp_rag.corpus.formats import FORMATS, format_of
from osxp_rag.corpus.isolated import IsolatedReader
from osxp_rag.corpus.limits import MEGABYTE, Limits
from osxp_rag.corpus.saving import write_bytes
from osxp_rag.errors import CorpusError

if TYPE_CHECKING:
    from osxp_rag.corpus.adding.fetch import Page

FOLDER = "added"
State = Literal["added", "replaced", "there", "failed"]
_URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_RETRIEVED = re.compile(rb"^retrieved: (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one file or address; `path` is in the corpus, `reason` says why it failed."""

    source: str
    state: State
    path: str | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return asdict(self)


def today() -> date:
    """Return the day, in UTC."""
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Adder:
    """Adds to one folder of a corpus; `replace` lets a file take the place of another one of its name."""

    corpus: Path
    folder: str = FOLDER
    replace: bool = False
    allow_network: bool = False
    max_file_mb: float = 20.0
    limits: Limits = field(default_factory=Limits)
    day: Callable[[], date] = today

    def __post_init__(self) -> None:
        parts = Path(self.folder).parts
        inside = (self.corpus / self.folder).resolve().is_relative_to(self.corpus.resolve())
        if Path(self.folder).is_absolute() or not inside or any(part.startswith(".") for part in parts):
            raise CorpusError(self.folder, "is no folder below the corpus, or a hidden one; name another with --folder")

    def add(self, source: str) -> Added:
        """Add a file, or the page at an address; a failure is a result, so that it stops no other."""
        try:
            return self._page(source) if _URL.match(source) else self._file(Path(source).expanduser(), source)
        except CorpusError as error:
            return Added(source, "failed", reason=error.reason)
        except OSError as error:
            return Added(source, "failed", reason=f"cannot be read or written: {error.strerror or error}")

    def _file(self, path: Path, source: str) -> Added:
        if path.is_dir():
            raise CorpusError(source, "is a folder; name its files")
        if not path.is_file():
            raise CorpusError(source, "there is no such file")
        if path.resolve().is_relative_to(self.corpus.resolve()):
            return Added(source, "there", path.resolve().relative_to(self.corpus.resolve()).as_posix())
        if path.stat().st_size > self.max_file_mb * MEGABYTE:
            raise CorpusError(source, f"is larger than max_file_mb = {self.max_file_mb:g}; raise it or split the file")
        return self._store(source, safe_name(path.name), path.read_bytes())

    def _page(self, url: str) -> Added:
        if not re.match(r"https?://", url, re.IGNORECASE):
            raise CorpusError(url, "is not fetched: only http and https are")
        if not self.allow_network:
            raise CorpusError(
                url, "is not fetched: the network is used only where --allow-network, or allow_network, allows it"
            )
        from osxp_rag.corpus.adding.fetch import fetch

        page = fetch(url, self.max_file_mb, self.limits.max_seconds)
        if page.ending not in (".html", ".xhtml"):
            return self._store(url, name_of_url(page.url, page.ending), _as_utf8(page))
        name = name_of_url(page.url, ".md")
        return self._store(url, name, self._markdown(page, url, self._day_before(name)))

    def _markdown(self, page: Page, url: str, before: date | None) -> bytes:
        from osxp_rag.corpus.adding.page import markdown_of

        name = name_of_url(page.url, page.ending)
        with IsolatedReader(self.limits) as reader:
            document = self._parsed(reader, url, name, _as_utf8(page))
        same = markdown_of(document, page.url, before).encode() if before else None
        held = self._target(name_of_url(page.url, ".md"))
        return same if same and held.read_bytes() == same else markdown_of(document, page.url, self.day()).encode()

    def _day_before(self, name: str) -> date | None:
        """Return the day on which the page of this name was fetched before: a page that is the same stays as it is."""
        path = self._target(name)
        found = _RETRIEVED.search(path.read_bytes()) if path.is_file() else None
        return date.fromisoformat(found[1].decode()) if found else None

    def _store(self, source: str, name: str, content: bytes) -> Added:
        form = format_of(name)
        if form is None:
            raise CorpusError(source, f"has an ending that is not read; those that are: {' '.join(sorted(FORMATS))}")
        if form.missing:
            raise CorpusError(source, form.missing)
        target = self._target(name)
        path = target.relative_to(self.corpus).as_posix()
        if path in NOT_INDEXED:
            raise CorpusError(source, f"{path} of the corpus is not indexed; give the file another name")
        taken = target.exists()
        if taken and target.read_bytes() == content:
            return Added(source, "there", path)
        if taken and not self.replace:
            raise CorpusError(source, f"{path} is there already, with other content; to replace it, add --replace")
        with IsolatedReader(self.limits) as reader:
            self._parsed(reader, source, name, content)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(target, content)
        return Added(source, "replaced" if taken else "added", path)

    def _target(self, name: str) -> Path:
        return self.corpus / self.folder / name

    def _parsed(self, reader: IsolatedReader, source: str, name: str, content: bytes) -> Any:
        try:
            return reader.parse(name, content)
        except CorpusError as error:
            raise CorpusError(source, error.reason) from error


def _as_utf8(page: Page) -> bytes:
    """Return text in UTF-8 where the server names another encoding, which the file itself cannot tell."""
    if page.ending == ".pdf" or page.charset is None:
        return page.content
    try:
        page.content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return page.content.decode(page.charset).encode()
        except (UnicodeDecodeError, LookupError):
            pass
    return page.content
