"""One module a format: bytes → an `Extract`. Which there are, what each needs, and which ending is whose."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import PurePosixPath

from osxp_rag.corpus.limits import Limits
from osxp_rag.corpus.piece import Extract

Read = Callable[[bytes, Limits], Extract]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name in messages, its module here, the extra that it needs with the packages to look for.

    `apart` says that its parser is complex enough to run in a process of its own.
    """

    name: str
    module: str
    extra: str | None = None
    packages: tuple[str, ...] = ()
    apart: bool = True

    @property
    def missing(self) -> str | None:
        """What to do where the extra is not installed, else None. Imports nothing."""
        if all(find_spec(package) for package in self.packages):
            return None
        return f'{self.name} needs more libraries; run: pip install "osxp-rag[{self.extra}]", then index again'

    def reader(self) -> Read:
        """Import the module and return its `read`."""
        read: Read = importlib.import_module(f"{__name__}.{self.module}").read
        return read


_HTML = Format("HTML", "html_page", "web", ("lxml", "lxml_html_clean", "trafilatura"))
_EMAIL = Format("an e-mail", "email_message", "web", ("lxml",))
_MARKDOWN = Format("Markdown", "markdown_text", apart=False)
_CSV = Format("CSV", "csv_rows", apart=False)
_JSONL = Format("JSONL", "jsonl_rows", apart=False)

FORMATS: dict[str, Format] = {
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".txt": Format("plain text", "plain_text", apart=False),
    ".csv": _CSV,
    ".tsv": _CSV,
    ".jsonl": _JSONL,
    ".ndjson": _JSONL,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".pdf": Format("PDF", "pdf", "pdf", ("pypdfium2",)),
    ".docx": Format("DOCX", "docx", "office", ("lxml", "mammoth")),
    ".odt": Format("ODT", "odt", "office", ("odfdo",)),
    ".pptx": Format("PPTX", "pptx_slides", "office", ("lxml", "pptx")),
    ".epub": Format("EPUB", "epub", "epub", ("lxml",)),
    ".eml": _EMAIL,
}


def format_of(path: str) -> Format | None:
    """Return the format that a file's ending names, in any case, or None."""
    return FORMATS.get(PurePosixPath(path).suffix.lower())
