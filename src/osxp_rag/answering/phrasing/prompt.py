"""What a language model is given: the rules, the passages as numbered data, the question. Tasks have their files."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from osxp_rag.answering.evidence import Evidence
from osxp_rag.answering.read import title_of
from osxp_rag.retrieval.hit import Hit

PROMPTS = Path(__file__).parents[1] / "prompts"
Task = Literal["answer", "condense"]
_LANGUAGES = {
    "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fi": "Finnish",
    "fr": "French", "hu": "Hungarian", "it": "Italian", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "sv": "Swedish",
}  # fmt: skip
_PASSAGES = 4  # for a fact; small models lose their way among more
_MORE = 6  # for a list or a summary
_LONGEST = 1200  # characters of a passage
# No mark of ours, of a chat template or of a citation can be written with these.
_DEFUSED = str.maketrans("<>[]{}", "‹›()()")
_PAIRED = re.compile(r"(?<!\w)#{2,}|-{3,}|={3,}|`{3,}|\|")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is said to a model, and the passages that its numbers, from 1 on, stand for."""

    system: str
    user: str
    passages: tuple[Hit, ...]


def make_prompt(evidence: Evidence) -> Prompt:
    """Return the prompt for the evidence of a question."""
    question = evidence.question
    passages = _best_passages(evidence, _PASSAGES if question.shape == "fact" else _MORE)
    shown = "\n".join(_fenced(number, hit) for number, hit in enumerate(passages, 1))
    filled = fill("answer", question.language, {"passages": shown, "question": defused(question.text)})
    return Prompt(*filled, passages)


def fill(task: Task, language: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Return the rules and the request of a task with values in the places of their names; `language` is one of them.

    Values are not looked at again: what stands in one is no place.
    """
    named = {**values, "language": _LANGUAGES.get(language, "the language of the question")}
    places = re.compile("|".join(re.escape(f"{{{name}}}") for name in named))
    system, user = (places.sub(lambda found: named[found.group()[1:-1]], text) for text in template(language, task))
    return system, user


@functools.cache
def template(language: str, task: Task = "answer") -> tuple[str, str]:
    """Return the rules and the request of a task in a language, in English where there are none in it."""
    file = PROMPTS / task / f"{language}.txt"
    text = (file if file.is_file() else file.with_name("en.txt")).read_text(encoding="utf-8")
    system, _, user = text.partition("\n---\n")
    return system.strip(), user.strip()


def defused(text: str) -> str:
    """Return a text on one line in which nothing can be taken for a mark: invisible characters and brackets go."""
    visible = "".join(one for one in text if unicodedata.category(one) not in {"Cf", "Cc", "Co", "Cn"} or one.isspace())
    return " ".join(_PAIRED.sub(" ", unicodedata.normalize("NFKC", visible).translate(_DEFUSED)).split())


def _fenced(number: int, hit: Hit) -> str:
    title, text = defused(title_of(hit)), defused(hit.passage.text)
    return f"<passage {number}>\n{title}: {text[:_LONGEST]}\n</passage {number}>"


def _best_passages(evidence: Evidence, count: int) -> tuple[Hit, ...]:
    """Return the passages of the best sentences, best first."""
    hits = {sentence.hit.passage.id: sentence.hit for sentence in reversed(evidence.sentences)}
    order = dict.fromkeys(sentence.hit.passage.id for sentence in evidence.sentences)
    return tuple(hits[passage] for passage in list(order)[:count])
