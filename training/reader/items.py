"""Data sets → items: a question, a passage with the title before it, and where the answer stands."""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from osxp_rag.corpus.document import PATH_SEPARATOR

LANGUAGES = ("en", "de", "es", "el", "ro", "ru")  # of XQuAD; the same questions and paragraphs in each

# Whole articles kept apart, to choose on. Some are in SQuAD 2.0 and in XQuAD: then in neither's training part.
DEVELOPMENT = frozenset(
    "Steam_engine Scottish_Parliament Force Oxygen Doctor_Who Geology Harvard_University Southern_California".split()
)
_PIAF_DEVELOPMENT = 12  # of every so many articles one, by a sum over its title's bytes

# Questions of our own: on passages of qa-train, and on digests of invented talks; see docs/reader.md.
WRITTEN = Path(__file__).with_name("written.jsonl.xz")
DIGESTS = Path(__file__).with_name("digests.jsonl.xz")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to read. `start` and `end` are offsets of the answer into `text`, -1 where it holds none.

    `article` says what to keep apart, `group` which text it is in whatever language, `key` which question.
    """

    key: str
    source: str
    lang: str
    article: str
    title: str
    question: str
    text: str
    start: int
    end: int

    @property
    def answerable(self) -> bool:
        """Whether the passage holds the answer."""
        return self.start >= 0

    @property
    def answer(self) -> str:
        """The answering words; none where there is no answer."""
        return self.text[self.start : self.end] if self.answerable else ""

    def to_json(self) -> str:
        """Return the item as a line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_questions(path: Path) -> Iterator[Item]:
    """Yield the items of qa-train.jsonl.xz."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            answer = {} if row["is_impossible"] else row["answers"][0]
            title = row["title"].replace("_", " ")
            yield _item(
                row["id"], row["src"], row["lang"], title or row["id"], title, row["question"], row["context"], answer
            )


def read_squad(path: Path, source: str, lang: str) -> Iterator[Item]:
    """Yield the items of a file in SQuAD's format."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        title = article["title"]
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                answer = {} if question.get("is_impossible") else question["answers"][0]
                yield _item(
                    question["id"], source, lang, title, title.replace("_", " "),
                    question["question"], paragraph["context"], answer,
                )  # fmt: skip


def read_written(path: Path, items: Iterable[Item]) -> Iterator[Item]:
    """Yield our own questions, each over the passage among those of `items` that it was written for.

    A passage is named by the first 16 hexadecimal digits of its SHA-256; those that `items` lack are passed over. The
    source is `written_<language of the question>_<language of the passage>`, with `+miss` where the passage lacks the
    answer.
    """
    passages = {passage_key(item.text): item for item in items if item.title}
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            if (item := passages.get(row["passage"])) is None:
                continue
            source = f"written_{row['lang']}_{item.lang}" + ("+miss" if row["start"] < 0 else "")
            yield replace(
                item, key=f"written-{number}", source=source, question=row["question"],
                start=row["start"], end=row["end"],
            )  # fmt: skip


def read_digests(path: Path) -> Iterator[Item]:
    """Yield our own questions on digests of invented talks, a line of the file for each section.

    A question is [its language, its kind, its words, the answering words or null]; the answer is where these words
    stand first. The source is `digest_<language of the question>_<language of the section>`, with `+miss` where the
    section lacks the answer.
    """
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            title = f"{row['title']}{PATH_SEPARATOR}{row['section']}"
            for place, (lang, _, question, answer) in enumerate(row["questions"]):
                source = f"digest_{lang}_{row['lang']}" + ("+miss" if answer is None else "")
                found = {} if answer is None else {"text": answer, "answer_start": row["text"].index(answer)}
                key = f"digest-{number}-{place}"
                yield _item(key, source, row["lang"], row["title"], title, question, row["text"], found)


def passage_key(text: str) -> str:
    """Return what a passage is named by in the file of our own questions."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_development(item: Item) -> bool:
    """Return whether an item's article is kept apart."""
    if item.source.startswith(("piaf", "written", "digest")):
        return sum(item.article.encode()) % _PIAF_DEVELOPMENT == 0
    return item.article.replace(" ", "_") in DEVELOPMENT


def _item(
    key: str, source: str, lang: str, article: str, title: str, question: str, text: str, answer: dict[str, object]
) -> Item:
    start = int(str(answer["answer_start"])) if answer else -1
    end = start + len(str(answer["text"])) if answer else -1
    return Item(key, source, lang, article, title, question.strip(), text, start, end)
