"""Terms of a generation: a BM25 index by bm25s, with stems and stop words for English and French."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from osxp_rag.corpus.text import without_accents
from osxp_rag.errors import IndexStateError
from osxp_rag.index.counts import Counts, count, scores

if TYPE_CHECKING:
    import bm25s
    from Stemmer import Stemmer

FOLDER = "terms"
_TIMES, _LENGTHS = "times.npy", "lengths.npy"
EMPTY = "terms.empty"  # stands for the folder where no passage has a term
BM25_K1, BM25_B = 1.2, 0.75
STEMMED = {
    "en": "english",
    "fr": "french",
    "de": "german",
    "es": "spanish",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
}
_QUESTION_LANGUAGES = ("en", "fr")
# A word: letters and digits, with inner apostrophes and hyphens; a closing + or # belongs to it (C++).
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*[+#]*")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’]|['’]s$", re.IGNORECASE)
# A name with its version, which may be asked for without: AGPLv3, NIS2.
_VERSIONED = re.compile(r"([^\W\d_]{3,}?)v?\d+", re.IGNORECASE)
# Words that shape a question and say nothing of its subject.
_QUESTION_WORDS = {
    "en": frozenset(
        "what which who whom whose when where why how does do did is are was were tell me about please list name give "
        "can could there any".split()
    ),
    "fr": frozenset(
        "quel quelle quels quelles qui que quoi quand où pourquoi comment combien est sont était fut donne moi dis "
        "liste parle parler lequel laquelle lesquels lesquelles peut peux".split()
    ),
}
_EXTRA_STOP_WORDS = _QUESTION_WORDS["en"] | _QUESTION_WORDS["fr"]


def words(text: str) -> list[str]:
    """Return the words of a text, in order, elisions taken off (`l'article` → `article`).

    All are lower case but acronyms, so that `AI` and `IT` are told from the stop words `ai` and `it`.
    """
    found = (_ELISION.sub("", word) for word in _WORD.findall(unicodedata.normalize("NFKC", text)))
    shouted = text.isupper()
    return [word if word.isupper() and len(word) > 1 and not shouted else word.casefold() for word in found if word]


def terms_of(text: str, language: str) -> list[str]:
    """Return the terms of a text in a language: stems without stop words, accents folded.

    A hyphenated word gives its parts and the whole joined: `e-mail` → `e`, `mail`, `email`; one with a version also its
    name alone: `AGPLv3` → `agplv3`, `agpl`.
    """
    return [term for word in words(text) for term in _stems(word, language)]


def function_words(text: str, language: str) -> int:
    """Count the words of a text that are stop words of a language."""
    stopped = _own_stop_words(language) | _QUESTION_WORDS[language]
    return sum(word in stopped for word in words(text))


def question_words(question: str, language: str) -> list[tuple[str, ...]]:
    """Return, for each distinct word of a question that says something of its subject, the terms it may meet.

    Documents are stemmed in their own language, so a word has a stem in its own, in English and in French.
    """
    languages = dict.fromkeys((language, *_QUESTION_LANGUAGES))
    stopped = _stop_words(language)
    groups = (
        tuple(dict.fromkeys(term for code in languages for term in _stems(word, code, stopped)))
        for word in words(question)
    )
    return list(dict.fromkeys(group for group in groups if group))


def question_terms(question: str, language: str) -> list[str]:
    """Return the distinct terms of a question, in order; see `question_words`."""
    return list(dict.fromkeys(term for group in question_words(question, language) for term in group))


class Terms:
    """Scores every passage of a generation for the terms of a question."""

    def __init__(self, index: bm25s.BM25 | None, passages: int, folder: Path) -> None:
        self._index = index
        self._passages = passages
        self._folder = folder

    @classmethod
    def build(cls, folder: Path, terms: Iterable[list[str]]) -> None:
        """Index the terms of the passages, in their order, and save the index in a generation's folder."""
        cls.save(folder, count(terms))

    @classmethod
    def save(cls, folder: Path, counts: Counts) -> None:
        """Compute the scores that follow from counts, and save both in a generation's folder."""
        import bm25s

        if not counts.vocabulary:
            (folder / EMPTY).touch()
            return
        index = bm25s.BM25(method="lucene", k1=BM25_K1, b=BM25_B)
        index.vocab_dict = {term: place for place, term in enumerate(counts.vocabulary)}
        index.nonoccurrence_array = None
        index.scores = {
            "data": scores(counts, BM25_K1, BM25_B),
            "indices": counts.passages,
            "indptr": counts.bounds,
            "num_docs": len(counts.lengths),
        }
        index.save(str(folder / FOLDER), show_progress=False)
        np.save(folder / FOLDER / _TIMES, counts.times)
        np.save(folder / FOLDER / _LENGTHS, counts.lengths)

    @classmethod
    def open(cls, folder: Path, passages: int) -> Terms:
        """Open the index of a generation that has this many passages."""
        import bm25s

        if (folder / EMPTY).is_file():
            return cls(None, passages, folder)
        try:
            return cls(bm25s.BM25.load(str(folder / FOLDER), mmap=True), passages, folder)
        except (OSError, ValueError, KeyError) as error:
            raise IndexStateError(
                f"{folder / FOLDER} cannot be opened ({error}). Run: osxp-rag index --full"
            ) from error

    @property
    def passages(self) -> int:
        """Number of passages that the index itself was made of; those asked for where no passage has a term."""
        return self._passages if self._index is None else int(self._index.scores["num_docs"])

    @property
    def counts(self) -> Counts | None:
        """What the scores were computed from; None where the version that made the generation did not keep it."""
        saved = self._folder / FOLDER
        if self._index is None or not (saved / _TIMES).is_file():
            return None
        times, lengths = np.load(saved / _TIMES), np.load(saved / _LENGTHS)
        held = self._index.scores
        return Counts(tuple(self._index.vocab_dict), held["indptr"], held["indices"], times, lengths)

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """Return the BM25 score of every passage, shape (passages,)."""
        known = [term for term in terms if self.document_frequency(term)]
        if self._index is None or not known:
            return np.zeros(self._passages, dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32)

    def document_frequency(self, term: str) -> int:
        """Return the number of passages that hold the term."""
        if self._index is None or term not in self._index.vocab_dict:
            return 0
        column = self._index.vocab_dict[term]
        bounds = self._index.scores["indptr"]
        return int(bounds[column + 1] - bounds[column])

    def rarity(self, term: str) -> float:
        """Return the term's inverse document frequency, ln(1 + (N - n + 0.5) / (n + 0.5))."""
        count = self.document_frequency(term)
        return float(np.log1p((self._passages - count + 0.5) / (count + 0.5)))


def _stems(word: str, language: str, also_stopped: frozenset[str] = frozenset()) -> list[str]:
    stopped = _stop_words(language) | also_stopped
    if word in stopped:
        return []
    parts = [part for part in re.split(r"[-'’]", word) if part]
    forms = [part for part in parts if part not in stopped]
    if len(parts) > 1 and len(forms) == len(parts):
        forms.append("".join(parts))
    forms += [match[1] for part in parts if (match := _VERSIONED.fullmatch(part))]
    stemmer = _stemmer(STEMMED.get(language, "english"))
    return [without_accents(stemmer.stemWord(form.casefold())) for form in forms]


@functools.cache
def _stemmer(name: str) -> Stemmer:
    import Stemmer

    return Stemmer.Stemmer(name)


def _stop_words(language: str) -> frozenset[str]:
    return _own_stop_words(language) | _EXTRA_STOP_WORDS


@functools.cache
def _own_stop_words(language: str) -> frozenset[str]:
    from bm25s import stopwords

    lists = {"en": stopwords.STOPWORDS_EN_PLUS, "fr": stopwords.STOPWORDS_FRENCH}
    return frozenset(lists.get(language, ()))
