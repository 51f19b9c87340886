"""Does a quote say what a model says? Hard rules first, then one probability, compared once with one threshold."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

from osxp_rag.answering.evidence import EvidenceGatherer, Sentence, coverage
from osxp_rag.answering.phrasing.compare import folded, held, new_words
from osxp_rag.answering.phrasing.facts import denies, names, numbers
from osxp_rag.answering.read import share, title_of
from osxp_rag.corpus.document import context_of
from osxp_rag.corpus.language import detect_language
from osxp_rag.index.terms import question_words, terms_of, words

DATA = Path(__file__).with_name("support.json")
# `uncited`: no passage is cited, and no sentence that might be supports it. The others are told of what is cited.
Why = Literal["uncited", "numbers", "names", "denial", "words", "swapped", "unlike", "cut"]
_DOER = re.compile(r"\b(?:by|par)\s+(?:(?:the|la|le|les)\s+|l['’])?", re.IGNORECASE)
_NEAREST = 3  # sentences of the cited passages that are looked at closely
_SURE = 0.75  # probability from which a detected language is believed


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether sentences of the documents support what was said: `why` not, or None; `probability` where it was asked.

    `sentences` are those that do: the one that says it, then one that holds a name which the first takes for known.
    """

    why: Why | None
    sentences: tuple[Sentence, ...] = ()
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class SupportModel:
    """Logistic models over features, one for a sentence in its quote's language, one for another; see fit_support."""

    threshold: float
    threshold_across: float
    same: Mapping[str, float]
    across: Mapping[str, float]

    def probability(self, values: Mapping[str, float], *, across: bool) -> float:
        """Return the probability that a quote supports a sentence, from their features."""
        weights = self.across if across else self.same
        return share(sum(weight * values.get(name, 1.0) for name, weight in weights.items()))

    def holds(self, probability: float, *, across: bool) -> bool:
        """Return whether a probability is enough."""
        return probability >= (self.threshold_across if across else self.threshold)


@functools.cache
def load_support() -> SupportModel:
    """Return the fitted model."""
    model = json.loads(DATA.read_text(encoding="utf-8"))["model"]
    return SupportModel(model["threshold"], model["threshold_across"], model["same"], model["across"])


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges what a model says by the sentences that it may rest on."""

    gatherer: EvidenceGatherer
    model: SupportModel

    def judge(self, said: str, language: str, sentences: Sequence[Sentence]) -> Verdict:
        """Return the verdict on a sentence in a language, by the sentences of the passages that it cites."""
        if not sentences:
            return Verdict("uncited")
        verdicts = [self._judge(said, language, one, sentences) for one in self._nearest(said, language, sentences)]
        return max(verdicts, key=lambda one: (one.why is None, one.probability))

    def features(self, said: str, language: str, quote: Sentence) -> dict[str, float]:
        """Return what speaks for a quote's saying what is said.

        terms      share of the said words, by rarity, that stand in the quote (half where only its title holds them)
        rarest     rarity of the rarest said word that stands in neither, as a share of the rarest there is
        cosine     of the two, stretched from 0.7-1 to 0-1
        reader     the reader's probability that the quote answers what is said, taken as a question
        longer     by how much more words are said than quoted, as a share; 0 for fewer
        """
        wanted = self.gatherer.weighted(question_words(said, language))
        own = set(terms_of(quote.text, quote.hit.metadata.lang))
        around = set(terms_of(context_of(quote.hit.metadata.title, quote.hit.passage.section), quote.hit.metadata.lang))
        missing = [rarity for group, rarity in wanted if (own | around).isdisjoint(group)]
        vector, ours = self.gatherer.vectors([said, quote.text])
        [reading] = self.gatherer.reader.read(said, [(title_of(quote.hit), quote.text)])
        return {
            "terms": coverage(wanted, own, around),
            "rarest": max(missing, default=0.0) / self.gatherer.rarest,
            "cosine": (float(vector @ ours) - 0.7) / 0.3,
            "reader": share(reading.answerable),
            "longer": max(0.0, len(words(said)) / max(1, len(words(quote.text))) - 1.0),
        }

    def _nearest(self, said: str, language: str, sentences: Sequence[Sentence]) -> list[Sentence]:
        """Return the sentences that share most with what is said, best first."""
        wanted = self.gatherer.weighted(question_words(said, language))
        said_vector, *vectors = self.gatherer.vectors([said, *(one.text for one in sentences)])
        near = [
            float(said_vector @ vector) + coverage(wanted, set(terms_of(one.text, one.hit.metadata.lang)), set())
            for one, vector in zip(sentences, vectors, strict=True)
        ]
        order = sorted(range(len(near)), key=lambda n: (-near[n], sentences[n].hit.passage.id, sentences[n].start))
        return [sentences[n] for n in order[:_NEAREST]]

    def _judge(self, said: str, language: str, quote: Sentence, others: Sequence[Sentence]) -> Verdict:
        helper = _helper(said, language, quote, others)
        shown = (quote, *((helper,) if helper else ()))
        why = broken_rule(said, language, shown)
        if why:
            return Verdict(why)
        across = spoken(said, language) != quote.hit.metadata.lang
        probability = self.model.probability(self.features(said, language, quote), across=across)
        return Verdict(None if self.model.holds(probability, across=across) else "unlike", shown, probability)


def spoken(said: str, language: str) -> str:
    """Return the language of what is said: as detected where that is sure, else the one that was asked for."""
    code, probability = detect_language(said)
    return code if probability >= _SURE else language


def broken_rule(said: str, language: str, quotes: Sequence[Sentence]) -> Why | None:
    """Return the first hard rule that is broken, or None.

    Every number stands in the quotes, and every name and every other word that says something there or in their titles,
    or a word that says the same; both sides deny or neither does; names stand in the same order, or in the other one
    where one side is passive.
    """
    first, text = quotes[0], "\n".join(one.text for one in quotes)
    around = f"{context_of(first.hit.metadata.title, first.hit.passage.section)}\n{text}"
    if not numbers(said) <= numbers(text, doubtful=True):
        return "numbers"
    named = names(said, language)
    if any(not held(name, around) for name in named):
        return "names"
    if denies(said) != denies(first.text):
        return "denial"
    if new_words(said, language, named, around):
        return "words"
    return "swapped" if _swapped(said, first.text, named) else None


def _helper(said: str, language: str, quote: Sentence, others: Sequence[Sentence]) -> Sentence | None:
    """Return another sentence of the quote's passage, before it, that holds the names which the quote does not."""
    around = context_of(quote.hit.metadata.title, quote.hit.passage.section)
    known = f"{around}\n{quote.text}"
    missing = [name for name in names(said, language) if not held(name, known)]
    if not missing:
        return None
    before = [one for one in others if one.hit.passage.id == quote.hit.passage.id and one.start < quote.start]
    holding = [one for one in before if all(held(name, one.text) for name in missing)]
    return max(holding, key=lambda one: one.start, default=None)


def _swapped(said: str, quote: str, named: Sequence[str]) -> bool:
    """Return whether names that are said once have changed places, as far as the words tell."""
    ours, theirs = folded(said), folded(quote)
    common = [name for name in map(folded, named) if name in theirs and ours.count(name) == 1]
    places = [theirs.index(name) for name in sorted(common, key=ours.index)]
    turned = any(after < before for before, after in pairwise(places))
    return len(places) > 1 and turned != (_done_by(ours, common) != _done_by(theirs, common))


def _done_by(text: str, common: Sequence[str]) -> bool:
    """Return whether a text says that something is done by one of these names."""
    return any(text.startswith(name, match.end()) for match in _DOER.finditer(text) for name in common)
