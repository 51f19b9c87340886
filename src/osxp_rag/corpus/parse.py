"""A file's bytes → a document: the format's reader, then what the file does not tell of itself."""

from __future__ import annotations

from dataclasses import replace

from osxp_rag.corpus.document import Document, Metadata
from osxp_rag.corpus.formats import Format, format_of
from osxp_rag.corpus.language import detect_language
from osxp_rag.corpus.limits import FormatError, Limits, as_corpus_error
from osxp_rag.corpus.piece import Body, Extract, assemble
from osxp_rag.corpus.titles import believed, title_of_name
from osxp_rag.errors import CorpusError

_BLANK = b" \t\r\n\xef\xbb\xbf"
_LONGEST = 300  # characters of a parser's own message that are shown


def parse(path: str, content: bytes, limits: Limits | None = None) -> Document:
    """Turn a file's bytes into a document, in this process.

    Raises:
        CorpusError: an unknown ending, broken, encrypted, without text, or beyond a limit.
    """
    return document_of(path, extract_of(path, content, limits or Limits()))


def extract_of(path: str, content: bytes, limits: Limits) -> Extract:
    """Return what a file holds, by the reader of its format.

    Raises:
        CorpusError: an unknown ending, broken, encrypted, empty, or beyond a limit.
    """
    form = format_of(path)
    if form is None:
        raise CorpusError(path, "has an ending that is not read")
    if not content.strip(_BLANK):
        raise CorpusError(path, "is empty")
    try:
        extract = _extract(form, content, limits)
        limits.check_expanded(sum(len(piece.words) for piece in extract.pieces))
    except FormatError as error:
        raise as_corpus_error(path, error) from error
    return extract


def document_of(path: str, extract: Extract) -> Document:
    """Put a document together: normalised text, blocks, metadata.

    Raises:
        CorpusError: there is no text.
    """
    body = assemble(extract.pieces, extract.page_count)
    if not body.blocks:
        raise CorpusError(path, "has no text below its front matter" if extract.metadata else "has no text")
    return Document(path, body.text, extract.metadata or _metadata(path, extract, body), body.blocks)


def _extract(form: Format, content: bytes, limits: Limits) -> Extract:
    """Run a format's reader; whatever its library raises is a fault of the file."""
    if form.missing:
        raise FormatError(form.missing)
    try:
        return form.reader()(content, limits)
    except FormatError:
        raise
    except RecursionError as error:
        raise FormatError("is nested too deep to be read") from error
    except MemoryError as error:
        raise FormatError(f"cannot be read as {form.name}: needs too much memory") from error
    except Exception as error:
        why = f"{type(error).__name__}: {error}"[:_LONGEST]
        raise FormatError(f"cannot be read as {form.name} ({why})") from error


def _metadata(path: str, extract: Extract, body: Body) -> Metadata:
    """Return what a file tells of itself, else its first heading or its name, and the language of its text."""
    heading = next((block for block in body.blocks if block.kind == "heading"), None)
    title = believed(extract.title) or (body.text[heading.start : heading.end] if heading else title_of_name(path))
    return replace(
        Metadata(title),
        lang=extract.lang or detect_language(body.text)[0],
        date=extract.date,
        page_unit=extract.page_unit,
        pages=body.pages,
    )
