"""Example questions, drawn from the documents that are indexed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from osxp_rag.corpus.document import Metadata

_KNOWN = Path(__file__).parent / "examples.json"
_EACH = 3  # a language
_LANGUAGES = ("en", "fr")
_ABOUT = {"en": "What is {} about?", "fr": "De quoi parle «\N{NO-BREAK SPACE}{}\N{NO-BREAK SPACE}»\N{NO-BREAK SPACE}?"}
_LONGEST = 60  # characters of a title that still reads well in a question


@dataclass(frozen=True, slots=True)
class Example:
    """A question in a language, and the document that answers it."""

    question: str
    language: str
    document: str


def examples(documents: Mapping[str, Metadata]) -> list[Example]:
    """Return three questions in each language, one after the other in turn.

    Those that we have written come where their document is indexed; the others ask for a document by its title.
    """
    rows = [_of(language, documents) for language in _LANGUAGES]
    return [example for row in zip(*rows, strict=False) for example in row]


def _of(language: str, documents: Mapping[str, Metadata]) -> list[Example]:
    known = [Example(**one) for one in json.loads(_KNOWN.read_text(encoding="utf-8"))]
    written = [one for one in known if one.language == language and one.document in documents]
    taken = {one.document for one in written}
    titled = [
        Example(_ABOUT[language].format(metadata.title), language, path)
        for path, metadata in sorted(documents.items(), key=lambda item: (item[1].lang != language, item[0]))
        if path not in taken and len(metadata.title) <= _LONGEST
    ]
    return [*written, *titled][:_EACH]
