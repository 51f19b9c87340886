"""What a question asks for, told from its words: how many sentences, and what they should hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from osxp_rag.answering.wording import COMPARISON, DOCUMENTS, EXPECTED, HOLDS, LIST, SUMMARY, WORD, Expected
from osxp_rag.corpus.language import detect_language
from osxp_rag.corpus.text import well_formed
from osxp_rag.index.terms import function_words

Shape = Literal["fact", "list", "summary"]
_SURE = 0.75  # probability from which a detected language is believed


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what its words tell.

    `whole_corpus` marks a list question that asks for documents; `names` are its names, acronyms and
    numbers, which stand alike in every language.
    """

    text: str
    language: str
    shape: Shape
    expected: Expected | None
    whole_corpus: bool
    names: tuple[str, ...]

    @property
    def asks(self) -> bool:
        """Whether there is a word in it at all."""
        return any(character.isalnum() for character in self.text)

    @property
    def compares(self) -> bool:
        """Whether it sets things beside one another, so that a sentence on each is wanted."""
        return bool(COMPARISON.search(self.text))

    @property
    def topic(self) -> str:
        """What to search for: the question, without the words that only ask for documents."""
        if not self.whole_corpus:
            return self.text
        rest = DOCUMENTS.sub("", self.text, count=1).strip(" ?!.…")
        return rest if any(character.isalnum() for character in rest) else self.text

    def fits(self, sentence: str) -> bool:
        """Return whether a sentence holds the kind of thing that the question expects, and does not itself name.

        True where any thing will do.
        """
        if self.expected is None:
            return True
        pattern = HOLDS[self.expected]
        found = {match.group().casefold() for match in pattern.finditer(sentence)}
        if self.expected == "definition":
            return bool(found)
        return not found <= {match.group().casefold() for match in pattern.finditer(self.text)}


def analyse(text: str, language: str | None = None) -> Question:
    """Return the question that a text asks, in a language where that is known already."""
    text = " ".join(well_formed(text).split())
    shape: Shape = "summary" if SUMMARY.search(text) else "list" if LIST.search(text) else "fact"
    expected = next((kind for kind, pattern in EXPECTED if pattern.search(text)), None)
    return Question(
        text=text,
        language=language or _language(text),
        shape=shape,
        expected=expected if shape == "fact" else None,
        whole_corpus=shape == "list" and bool(DOCUMENTS.match(text)),
        names=names_in(text),
    )


def _language(text: str) -> str:
    """Return the language of a question: as detected where that is sure, else by its function words, else English.

    Names alone ("Proxmox licence?") sound like any language; they must not decide.
    """
    code, probability = detect_language(text)
    if probability >= _SURE:
        return code
    return "fr" if function_words(text, "fr") > function_words(text, "en") else "en"


def names_in(text: str) -> tuple[str, ...]:
    """Return capitalised words but the first of the sentence, and words with digits or inner capitals."""
    found = []
    for match in WORD.finditer(text):
        word = match.group()
        if word.islower() and not any(character.isdigit() for character in word):
            continue
        opening = not any(character.isalnum() for character in text[: match.start()])
        if not opening or any(character.isdigit() for character in word) or word[1:] != word[1:].lower():
            found.append(word)
    return tuple(dict.fromkeys(found)) if not text.isupper() else ()
