"""The names that documents are about, and where a text mentions them. Pure: metadata in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from osxp_rag.answering.question import names_in
from osxp_rag.corpus.document import Metadata

Kind = Literal["technologies", "organisations", "speakers", "title", "other"]
_KINDS: tuple[Kind, ...] = ("speakers", "organisations", "technologies")
_ARTICLE = re.compile(r"^(?:(?:the|an?|les?|la|une?)\s+|l['’])", re.IGNORECASE)
# Where the name that a title begins with ends: "Hop3, an open source PaaS …", "NGI and cascade funding".
_CUT = re.compile(
    r"""\s*(?:[,:;(|–—]|\s-\s)|\s+(?:with|for|from|in|on|as|and|revisited|applied|avec|pour|sur|en|à|et|au|aux|dans)\s""",
    re.IGNORECASE | re.VERBOSE,
)
_ALIAS = re.compile(r"^\s*\(([^()]{2,40})\)")
_MOST_WORDS = 6  # of a title that has no such end
_PLAIN = re.compile(r"[^\W\d_][a-zà-ÿ]+|[A-Z]{1,3}|.{1,3}")  # might be an ordinary word in lower case


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text: `text[start:end]`; `name` as the documents write it; `head` where a document is about it."""

    start: int
    end: int
    name: str
    kind: Kind
    head: bool


@dataclass(frozen=True, slots=True)
class Names:
    """The names of some documents.

    `heads` gives what each document is about, by path; `kinds` the kind of every name; `_lower` the name of a text in
    lower case; `_pattern` finds them all.
    """

    heads: Mapping[str, str]
    languages: Mapping[str, str]
    kinds: Mapping[str, Kind]
    _lower: Mapping[str, str]
    _subjects: frozenset[str]
    _pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, documents: Mapping[str, Metadata]) -> Names:
        """Collect the names of documents, by path."""
        kinds: dict[str, Kind] = {}
        for metadata in documents.values():
            for kind in _KINDS:
                kinds.update(dict.fromkeys(metadata.values(kind), kind))
        heads = {path: head_of(metadata) for path, metadata in documents.items()}
        aliases = {alias for metadata in documents.values() for alias in _aliases(metadata.title)}
        subjects = frozenset(heads.values()) | aliases
        kinds = {**dict.fromkeys(sorted(subjects), "title"), **kinds}
        kinds.pop("", None)
        lower = {name.casefold(): name for name in sorted(kinds)}
        longest = sorted(kinds, key=lambda name: (-len(name), name))
        pattern = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest)
        found = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) if longest else None
        languages = {path: metadata.lang for path, metadata in documents.items()}
        return cls(heads, languages, kinds, lower, subjects, found)

    def find(self, text: str) -> list[Mention]:
        """Return the names that a text mentions, in its order; capitalised words that no document lists are `other`."""
        found = [
            Mention(match.start(), match.end(), name, self.kinds[name], name in self._subjects)
            for match in (self._pattern.finditer(text) if self._pattern else ())
            if self._is_meant(match.group(), name := self._lower[" ".join(match.group().split()).casefold()])
        ]
        return sorted([*found, *_unlisted(text, found)], key=lambda one: one.start)

    def _is_meant(self, written: str, name: str) -> bool:
        """Return whether a match is the name and no ordinary word: `Exchange`, but not `exchange`."""
        return written == name or name in self._subjects or not _PLAIN.fullmatch(name)


def head_of(metadata: Metadata) -> str:
    """Return the name that a document is about: the one its title begins with, else the beginning of its title."""
    title = _ARTICLE.sub("", " ".join(metadata.title.split()))
    listed = [name for kind in _KINDS for name in metadata.values(kind) if _begins(title, name)]
    if listed:
        return max(listed, key=len)
    cut = _CUT.split(title, maxsplit=1)[0] or title
    return cut if cut != title or len(title.split()) <= _MOST_WORDS else title


def _begins(title: str, name: str) -> bool:
    return title.casefold().startswith(name.casefold()) and not title[len(name) : len(name) + 1].isalnum()


def _aliases(title: str) -> list[str]:
    """Return what a title gives in brackets behind its head: `Cyber Resilience Act (CRA)`."""
    rest = re.split(r"\(", title, maxsplit=1)
    match = _ALIAS.match(f"({rest[1]}") if len(rest) == 2 and len(rest[0].split()) <= _MOST_WORDS else None
    return [match[1]] if match else []


def _unlisted(text: str, found: list[Mention]) -> list[Mention]:
    """Return the capitalised words and numbers outside the names found, neighbours as one."""
    taken = [(one.start, one.end) for one in found]
    spans: list[list[int]] = []
    for word in names_in(text):
        for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text):
            start, end = match.span()
            if any(start < high and end > low for low, high in taken):
                continue
            spans.append([start, end])
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and text[merged[-1][1] : start] == " ":
            merged[-1][1] = end
        elif not merged or start >= merged[-1][1]:
            merged.append([start, end])
    return [Mention(start, end, text[start:end], "other", False) for start, end in merged]
