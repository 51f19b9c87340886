"""Check the corpus: what osxp-rag can read, and what its authors promise.

    python tools/check_corpus.py [CORPUS] [--facts FILE]

Prints a line for each problem, with the file and the remedy, and exits with 1 if there is any. Documents with front
matter name their sources, talks are neither short nor long, links lead somewhere, nothing is told twice in the same
words, and both summaries of the article hold every fact of FILE (article-facts.toml beside this script).
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from osxp_rag.corpus.document import Document
from osxp_rag.corpus.files import load, scan
from osxp_rag.corpus.formats import format_of
from osxp_rag.corpus.front_matter import split_front_matter
from osxp_rag.corpus.sentences import split_sentences
from osxp_rag.errors import CorpusError
from osxp_rag.settings import load_settings

HERE = Path(__file__).parent
TALK_WORDS = range(150, 451)
SENTENCE_WORDS = 8  # shorter sentences may well stand in two documents
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong with a file, and what to do about it."""

    path: str
    text: str

    def __str__(self) -> str:
        return " ".join(f"{self.path}: {self.text}".split())  # what YAML or TOML says may have lines


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fact(_Table):
    """Expressions that must all match: those of `both`, and those of the text's language."""

    label: str
    both: tuple[re.Pattern[str], ...] = ()
    en: tuple[re.Pattern[str], ...] = ()
    fr: tuple[re.Pattern[str], ...] = ()
    place: str | None = Field(None, alias="in")

    def is_told(self, text: str, lang: str) -> bool:
        """Tell whether a text holds the fact; without an expression for its language it does not."""
        patterns = (*self.both, *{"en": self.en, "fr": self.fr}.get(lang, ()))
        return bool(patterns) and all(pattern.search(text) for pattern in patterns)


class Section(_Table):
    """How a section's heading begins in each language, and its facts; an empty beginning is the whole document."""

    en: str
    fr: str
    fact: tuple[Fact, ...]


class Facts(_Table):
    """The checked list: which documents are the summaries, and what they must hold."""

    summaries: dict[Literal["en", "fr"], str]
    section: tuple[Section, ...]


def read_documents(corpus: Path) -> tuple[list[Document], list[Problem]]:
    """Return the documents that osxp-rag can read, and what is wrong with the other files."""
    documents: list[Document] = []
    problems: list[Problem] = []
    for file in scan(corpus, int(load_settings().max_file_mb * 1_000_000)):
        try:
            documents.append(load(corpus, file))
        except CorpusError as error:
            problems.append(Problem(error.path, f"{error.reason}; mend the file as corpus/README.md tells"))
    return documents, problems


def read_facts(path: Path) -> tuple[Facts | None, list[Problem]]:
    """Return the checked list, or what is wrong with it."""
    try:
        return Facts.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))), []
    except OSError as error:
        return None, [Problem(str(path), f"cannot be read: {error.strerror}; name the list with --facts")]
    except ValidationError as error:
        faults = ((".".join(map(str, one["loc"])), one["msg"]) for one in error.errors())
        return None, [Problem(str(path), f"{key}: {message}; mend the list") for key, message in faults]
    except ValueError as error:  # not UTF-8, or not TOML
        return None, [Problem(str(path), f"{error}; mend the list")]


def check_sources(documents: Iterable[Document]) -> Iterator[Problem]:
    """Find documents that name no source; plain ones, without front matter, need none."""
    for document in documents:
        if document.metadata.kind != "document" and not document.metadata.sources:
            yield Problem(document.path, "names no source; add `sources` with a title and a url each")


def check_lengths(documents: Iterable[Document]) -> Iterator[Problem]:
    """Find talks that are too short or too long."""
    limits = f"{TALK_WORDS.start} to {TALK_WORDS.stop - 1}"
    for document in documents:
        words = sum(any(map(str.isalnum, word)) for word in document.text.split())
        if document.metadata.kind == "talk" and words not in TALK_WORDS:
            remedy = "tell more" if words < TALK_WORDS.start else "shorten or split it"
            yield Problem(document.path, f"has {words} words where a talk has {limits}; {remedy}")


def check_links(documents: Iterable[Document], corpus: Path) -> Iterator[Problem]:
    """Find relative links to files that are not there."""
    for document in documents:
        for target in _targets(document, corpus):
            address = urlsplit(target)
            file = (corpus / document.path).parent / unquote(address.path)
            if not address.scheme and not address.netloc and not file.exists():
                yield Problem(document.path, f"links to {target}, which is not there; mend the link or drop it")


def check_titles(documents: Iterable[Document]) -> Iterator[Problem]:
    """Find documents in one language under one title."""
    for first, path, _ in _repeated((document, document.metadata.title) for document in documents):
        yield Problem(path, f"has the title of {first}; give it another one, or make one document of the two")


def check_texts(documents: Iterable[Document]) -> Iterator[Problem]:
    """Find documents with the same text."""
    for first, path, _ in _repeated((document, document.text) for document in documents):
        yield Problem(path, f"has the text of {first}; delete one of them")


def check_sentences(documents: Iterable[Document]) -> Iterator[Problem]:
    """Find sentences that stand in two documents word for word; copies of whole documents count as one."""
    unlike = {_words(document.text): document for document in documents}.values()
    sentences = ((document, sentence) for document in unlike for sentence in _sentences(document))
    for first, path, sentence in _repeated(pair for pair in sentences if len(_words(pair[1])) >= SENTENCE_WORDS):
        yield Problem(path, f"has a sentence of {first}; say it otherwise or once: {sentence}")


def check_summaries(documents: Iterable[Document], facts: Facts) -> Iterator[Problem]:
    """Find facts that a summary of the article lacks."""
    by_path = {document.path: document for document in documents}
    for lang, path in facts.summaries.items():
        if path not in by_path:
            yield Problem(path, "cannot be read, and is a summary of the article; write it, or mend the list of facts")
            continue
        for section in facts.section:
            yield from _check_section(by_path[path], lang, section)


def check_places(documents: Sequence[Document], facts: Facts) -> Iterator[Problem]:
    """Find facts that are not where the list wants them: in a document, or in one of a folder."""
    for fact in (fact for section in facts.section for fact in section.fact if fact.place):
        place = str(fact.place)
        here = [one for one in documents if one.path == place or (place.endswith("/") and one.path.startswith(place))]
        if not any(fact.is_told(one.text, one.metadata.lang) for one in here):
            yield Problem(place, f"lacks {fact.label!r}; tell it, or mend the list of facts")


def _check_section(summary: Document, lang: Literal["en", "fr"], section: Section) -> Iterator[Problem]:
    heading = section.en if lang == "en" else section.fr
    text = _below(summary, heading)
    if text is None:
        yield Problem(summary.path, f"has no heading that begins with {heading!r}; add that section of the article")
        return
    for fact in section.fact:
        if not fact.is_told(text, lang):
            where = f" under {heading!r}" if heading else ""
            yield Problem(summary.path, f"lacks {fact.label!r}{where}; tell it, or mend the list of facts")


def _below(document: Document, beginning: str) -> str | None:
    """Return the first section whose heading begins like that, heading and all, or None."""
    if not beginning:
        return document.text
    starts = [block.start for block in document.blocks if block.kind == "heading"]
    parts = (document.text[start:end] for start, end in pairwise([*starts, len(document.text)]))
    return next((part for part in parts if part.startswith(beginning)), None)


def _targets(document: Document, corpus: Path) -> Iterator[str]:
    """Yield where a document's links and images lead, as written; plain text has none."""
    if (form := format_of(document.path)) is None or form.name != "Markdown":
        return
    _, body = split_front_matter((corpus / document.path).read_text(encoding="utf-8-sig"), document.path)
    for token in (token for block in MarkdownIt("commonmark").parse(body) for token in block.children or ()):
        target = token.attrGet("href") or token.attrGet("src")
        if target:
            yield str(target)


def _repeated(pairs: Iterable[tuple[Document, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield where words stood first in their language, another document that has them, and the words."""
    firsts: dict[tuple[str, Words], str] = {}
    seen: dict[tuple[str, Words], set[str]] = defaultdict(set)
    for document, text in pairs:
        key = (document.metadata.lang, _words(text))
        first = firsts.setdefault(key, document.path)
        if document.path != first and document.path not in seen[key]:
            seen[key].add(document.path)
            yield first, document.path, text


def _sentences(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if block.kind == "text":
            for start, end in split_sentences(document.text, block.start, block.end, document.metadata.lang):
                yield document.text[start:end]


def _words(text: str) -> Words:
    """Return a text's words, whatever their case and the marks between them."""
    return tuple(re.findall(r"\w+", text.casefold()))


def check(corpus: Path, facts_file: Path) -> list[Problem]:
    """Return every problem, by path.

    Raises:
        CorpusError: the corpus is not a folder.
    """
    documents, problems = read_documents(corpus)
    facts, faults = read_facts(facts_file)
    problems += faults
    for found in (check_sources, check_lengths, check_titles, check_texts, check_sentences):
        problems += found(documents)
    problems += check_links(documents, corpus)
    if facts:
        problems += [*check_summaries(documents, facts), *check_places(documents, facts)]
    return sorted(problems)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="?", default=HERE.parent / "corpus")
    parser.add_argument("--facts", type=Path, default=HERE / "article-facts.toml")
    given = parser.parse_args(arguments)
    try:
        problems = check(given.corpus, given.facts)
    except CorpusError as error:
        problems = [Problem(error.path, error.reason)]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
