"""Corpora of any size: documents of the real corpus's sentences, shuffled, with names and numbers of their own."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from osxp_rag.corpus.document import Document
from osxp_rag.corpus.files import load, scan
from osxp_rag.corpus.sentences import split_sentences

SECTIONS = 10  # of a document; each is short enough to be one passage
CHARACTERS = 400  # of a section, about: the real corpus's passages have 454 in the mean
LANGUAGES = ("en", "fr")
_SYLLABLES = "ba ko ri ve lo ta mi su ne dra fel gor hin jal quo pex tur wes zan".split()
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(r"(?<=[a-zé,] )[A-Z][\w-]{3,}")  # within a sentence, not at its beginning
_OPENING = {
    "en": "Version {a}.{b} of {name} came with {c} changes.",
    "fr": "La version {a}.{b} de {name} apporte {c} changements.",
}


@dataclass(frozen=True, slots=True)
class Material:
    """What documents of one language are made of."""

    sentences: tuple[str, ...]
    headings: tuple[str, ...]


def gather(corpus: Path) -> dict[str, Material]:
    """Return the sentences and headings of a corpus by language."""
    documents = [load(corpus, file) for file in scan(corpus, 20_000_000) if not file.problem]
    return {language: _of([one for one in documents if one.metadata.lang == language]) for language in LANGUAGES}


def write(folder: Path, material: dict[str, Material], passages: int) -> int:
    """Write a corpus that is split into this many passages; return the number of its files. Half is in each language.

    Files lie in folders of a hundred.
    """
    count = max(1, round(passages / SECTIONS))
    for number in range(count):
        write_document(folder, material, number)
    return count


def write_document(folder: Path, material: dict[str, Material], number: int, edition: int = 0) -> Path:
    """Write the document of a number; another `edition` of it shares no passage with the first."""
    language = LANGUAGES[number % len(LANGUAGES)]
    path = folder / f"{number // 100:04d}" / f"{number:06d}-{language}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_document(material[language], language, random.Random(f"{number} {edition}")), encoding="utf-8")
    return path


def _of(documents: list[Document]) -> Material:
    sentences, headings = [], []
    for document in documents:
        for block in document.blocks:
            if block.kind == "heading":
                headings.append(document.text[block.start : block.end])
                continue
            spans = split_sentences(document.text, block.start, block.end, document.metadata.lang)
            sentences += [" ".join(document.text[start:end].split()) for start, end in spans]
    return Material(tuple(dict.fromkeys(sentences)), tuple(dict.fromkeys(headings)))


def _document(material: Material, language: str, chance: random.Random) -> str:
    names = [_name(chance) for _ in range(3)]
    subject = chance.choice(material.headings)
    head = [
        "---",
        f'title: "{names[0]}: {subject.replace(chr(34), "")}"',
        "kind: article",
        f"lang: {language}",
        "date: 2025-12-10",
        f"technologies: [{names[0]}]",
        "sources:",
        f"  - title: {names[0]}",
        f"    url: https://{names[0].lower()}.example/",
        "---",
    ]
    sections = (_section(material, language, names, chance) for _ in range(SECTIONS))
    return "\n".join([*head, *sections]) + "\n"


def _section(material: Material, language: str, names: list[str], chance: random.Random) -> str:
    numbers = {key: chance.randint(1, 999) for key in "abc"}
    sentences = [_OPENING[language].format(name=names[0], **numbers)]
    while sum(map(len, sentences)) < CHARACTERS:
        sentences.append(_reworded(chance.choice(material.sentences), names, chance))
    return f"\n## {chance.choice(material.headings)}\n\n{' '.join(sentences)}"


def _reworded(sentence: str, names: list[str], chance: random.Random) -> str:
    """Give a sentence other numbers of the same length, and names of this document for half of its own."""
    sentence = _NUMBER.sub(lambda found: "".join(_digits(len(found[0]), chance)), sentence)
    return _NAME.sub(lambda found: chance.choice(names) if chance.random() < 0.5 else found[0], sentence)


def _digits(count: int, chance: random.Random) -> Iterator[str]:
    yield str(chance.randint(1, 9))
    yield from (str(chance.randint(0, 9)) for _ in range(count - 1))


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(3, 4))).capitalize()
