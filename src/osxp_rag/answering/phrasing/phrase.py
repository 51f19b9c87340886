"""Evidence → sentences of a language model, each verified before it is let out, and the quotes that stand in for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Literal, Protocol

from osxp_rag.answering import quotes
from osxp_rag.answering.answer import NoticeCode
from osxp_rag.answering.cite import Citer, marked
from osxp_rag.answering.evidence import Evidence, Sentence
from osxp_rag.answering.phrasing.events import Released, Withheld
from osxp_rag.answering.phrasing.prompt import Prompt, make_prompt
from osxp_rag.answering.phrasing.sayings import Saying, sayings
from osxp_rag.answering.phrasing.support import Judge, Verdict
from osxp_rag.answering.quotes import Selection, Statement
from osxp_rag.errors import EngineError, EngineFault

_MOST = {"fact": 4, "list": 10, "summary": 8}  # sentences of a model that are read; it may go on and on
_FAULTS: dict[EngineFault, NoticeCode] = {
    "down": "engine_down",
    "slow": "engine_slow",
    "cut": "engine_cut",
    "garbage": "engine_garbage",
}


class Speaker(Protocol):
    """Something that says words to two messages; `LanguageModel` is one."""

    def say(self, system: str, user: str) -> Iterator[str]:
        """Yield words as they come; EngineError where that fails."""
        ...


@dataclass(slots=True)
class Phrasing:
    """One answer in the making: what is let out, numbered by `citer`, and what there is to say of it afterwards.

    No sentence is let out but with a quote that the `quotes` engine might have given too: a model may choose among
    them and put them in other words, no more.
    """

    evidence: Evidence
    judge: Judge
    citer: Citer
    lines: list[Released] = field(default_factory=list)
    notices: Counter[NoticeCode] = field(default_factory=Counter)

    @property
    def phrased(self) -> bool:
        """Whether any of it is the model's own words."""
        return any(line.origin == "model" for line in self.lines)

    def run(self, speaker: Speaker) -> Iterator[Released | Withheld]:
        """Yield the model's sentences that hold, quotes for those that do not, and the main quote if it is missing."""
        statements = quotes.compose(self.evidence)
        try:
            yield from self._listen(speaker, statements)
        except EngineError as error:
            self.notices[_FAULTS[error.fault]] += 1
            yield from self._quote(statements)
            return
        yield from self._complete(statements)

    def _listen(self, speaker: Speaker, statements: Sequence[Statement]) -> Iterator[Released | Withheld]:
        prompt, question = make_prompt(self.evidence), self.evidence.question
        seen: set[str] = set()
        with closing(speaker.say(prompt.system, prompt.user)) as words:  # type: ignore[type-var]
            for number, saying in enumerate(sayings(words, question.language), 1):
                if saying.text.casefold() not in seen:
                    seen.add(saying.text.casefold())
                    yield from self._weigh(saying, prompt, statements)
                if number == _MOST[question.shape]:
                    break
        if not seen:
            raise EngineError("garbage", "The language model said nothing.")

    def _weigh(self, saying: Saying, prompt: Prompt, statements: Sequence[Statement]) -> Iterator[Released | Withheld]:
        """Let a sentence out, or a quote of the passages that it cites, or nothing."""
        cited = {prompt.passages[n - 1].passage.id for n in saying.cited if 1 <= n <= len(prompt.passages)}
        verdict = self._verdict(saying, cited)
        if verdict.why is None:
            yield self._release(saying.text, verdict.sentences, "model")
            return
        instead = [one for one in self._unsaid(statements) if one.sentence.hit.passage.id in cited][:1]
        self.notices["replaced" if instead else "dropped"] += 1
        yield Withheld(saying.text, verdict.why, bool(instead))
        yield from self._quote(instead)

    def _verdict(self, saying: Saying, cited: set[str]) -> Verdict:
        """Return the verdict by the passages that are cited; by every ground where none is, or none that there is.

        What cites nothing is cited by us then, but a question, which says nothing that a quote could support.
        """
        if not saying.whole:
            return Verdict("cut")
        if not cited and saying.text.endswith("?"):
            return Verdict("uncited")
        grounds = [one for one in self._grounds() if not cited or one.hit.passage.id in cited]
        verdict = self.judge.judge(saying.text, self.evidence.question.language, grounds)
        return verdict if cited or verdict.why is None else Verdict("uncited")

    def _grounds(self) -> list[Sentence]:
        """Return the sentences that speak to the question nearly as well as the best one: the others are beside it."""
        rules, sentences = Selection(), self.evidence.sentences
        margin = rules.summary_margin if self.evidence.question.shape == "summary" else rules.list_margin
        return [one for one in sentences if one.score >= sentences[0].score - margin]

    def _complete(self, statements: Sequence[Statement]) -> Iterator[Released]:
        """Add what is missing: the items of a list, or the first quote where none of its like is cited."""
        missing = self._unsaid(statements)
        if not self.phrased:
            self.notices["unsupported"] += 1
            yield from self._quote(missing)
        elif self.evidence.question.shape == "list" or len(missing) == len(statements):
            wanted = missing if self.evidence.question.shape == "list" else missing[:1]
            self.notices["completed"] += bool(wanted)
            yield from self._quote(wanted)

    def _unsaid(self, statements: Sequence[Statement]) -> list[Statement]:
        return [one for one in statements if not any(map(self.citer.knows, one.sentences))]

    def _quote(self, statements: Sequence[Statement]) -> Iterator[Released]:
        for one in self._unsaid(statements):
            yield self._release(one.words, one.sentences, "quote")

    def _release(self, words: str, sentences: Sequence[Sentence], origin: Literal["model", "quote"]) -> Released:
        citations = self.citer.cite(sentences)
        line = Released(marked(words, citations), citations, origin)
        self.lines.append(line)
        return line


def text_of(lines: Sequence[Released]) -> str:
    """Return the lines as an answer's text."""
    return "\n".join(line.text for line in lines)
