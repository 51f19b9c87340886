"""HTML: the main content of a page, found by trafilatura; of a short or unusual page, all but what stands around it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from trafilatura import bare_extraction, extract

from osxp_rag.corpus.formats.markup import AROUND, markup_pieces, parse_html
from osxp_rag.corpus.formats.values import day_of, language_of
from osxp_rag.corpus.limits import Limits
from osxp_rag.corpus.piece import Extract, Piece
from osxp_rag.corpus.text import one_line

_SHARE = 0.25  # of a page's words that its main content must hold to be believed
_ENOUGH = 1000  # characters: a page of fewer is read whole, and as much main content is believed in any case


def read(content: bytes, limits: Limits) -> Extract:
    """Return the main content of a page, its title, language and date.

    Raises:
        FormatError: not text.
        LimitError: nested too deep.
    """
    root = parse_html(content)
    for unseen in root.xpath("//body//*[@hidden]"):
        unseen.drop_tree()
    main, title, day = _main(root)
    whole = markup_pieces(root, AROUND) or markup_pieces(root)
    size = _size(whole)
    pieces = main if size >= _ENOUGH and _size(main) >= min(_ENOUGH, _SHARE * size) else whole
    own = one_line(root.findtext(".//title") or "")
    return Extract(tuple(pieces), title=title or own, lang=language_of(root.get("lang")), date=day_of(day))


def _main(root: Any) -> tuple[list[Piece], str | None, str | None]:
    """Return the pieces of the main content, with the title and the date that the page names."""
    found = extract(
        deepcopy(root), output_format="html", include_comments=False, include_links=False, favor_recall=True
    )
    known: Any = bare_extraction(
        deepcopy(root), with_metadata=True, date_extraction_params={"extensive_search": False, "original_date": True}
    )
    pieces = markup_pieces(parse_html(found)) if found else []
    return pieces, (known.title if known else None), (known.date if known else None)


def _size(pieces: list[Piece]) -> int:
    return sum(len(piece.words) for piece in pieces)
