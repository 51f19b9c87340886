"""What a question asks for, told from its words: how many sentences, and what they should hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from osxp_rag.corpus.language import detect_language
from osxp_rag.index.terms import function_words

Shape = Literal["fact", "list", "summary"]
Expected = Literal["date", "number", "person", "place", "definition"]

_SUMMARY = re.compile(
    r"\b(?:summar\w+|sum up|overview|key points|main points|takeaways?|tell me (?:more )?about|what (?:does|do) .+ say about|"
    r"résum\w+|resum\w+|synth[eè]se|vue d'ensemble|points? (?:clés?|essentiels?)|que dit .+ (?:sur|de|à propos)|"
    r"parle[zr]?[- ]moi d)",
    re.IGNORECASE,
)
_LIST = re.compile(
    # "list …", "cite …"
    r"^\W*(?:list|enumerate|citez?|cite-moi|énum\w+|listez?|donnez?(?:[- ]moi)? (?:la liste|les|des)|give (?:me )?(?:the |all )?list)\b"
    # "which tracks …", "what European projects …": a plural that is no verb
    r"|\b(?:which|what) (?!(?:is|was|does|did|do|has|have|can|are|were|will|would|could|should)\b)(?:[\w-]+ )?\w{2,}[^\Ws]s\b"
    r"|\bwhich of\b|\bwho (?:are|were)\b|\bwhat are\b|\ball (?:the )?\w+s\b"
    r"|\b(?:quels|quelles|lesquels|lesquelles)\b|\bqui sont\b|\b(?:tous|toutes) les\b"
    # what replaces a thing is seldom one thing, and a comparison needs two
    r"|\b(?:replac|remplac|alternatives? |differ|différ|compar)\w*|\bthe same\b|\b(?:le|la|les) mêmes?\b|\blequel\b|\bwhich one\b",
    re.IGNORECASE,
)
# "which talks are about …", "quelles conférences parlent de …": the rest is the topic
_DOCUMENTS = r"(?:talks?|sessions?|documents?|presentations?|conf[ée]rences?|expos[ée]s|pr[ée]sentations?)"
_WHOLE_CORPUS = re.compile(
    r"^\W*(?:which|what|list|name|show|give|are there|quels|quelles|listez?|citez?|donnez?|y a-t-il)\b[^?]{0,30}?"
    rf"\b{_DOCUMENTS}\b(?:(?: (?:of|at|in|à|au|de|du|des|d')? ?(?:the |la |l')?(?:event|show|osxp(?: 2025)?|open source experience(?: 2025)?|salon|"
    r"conference|conférence))?(?: (?:that|which|are|were|is|there|do|did|we|have|had|talk|talked|speak|deal|mention|cover|covered|discuss|discussed|"
    r"qui|sont|parlent|parle|traitent|portent|portaient|abordent|évoquent|concernent|ont|été|consacrées?|consacrés?)\b)*"
    r"(?: (?:about|on|of|with|related to|devoted to|for|de la|de l'|du|des|de|d'|sur l'|sur la|sur les|sur le|sur|à la|à l'|au|aux|à|la|le|les|l'|the)\b ?)*)",
    re.IGNORECASE,
)
_EXPECTED: tuple[tuple[Expected, re.Pattern[str]], ...] = (
    ("date", re.compile(r"\b(?:when|since when|what (?:year|date|day)|which (?:year|date|day)|quand|depuis quand|à quelle date|"
                        r"quelle (?:année|date)|quel jour)\b", re.IGNORECASE)),
    ("number", re.compile(r"\b(?:how (?:many|much|big|large|long|old)|what (?:percentage|share|budget|amount)|combien|"
                          r"quel(?:le)? (?:part|pourcentage|budget|montant|nombre)|cost|price|fines?|amendes?)\b", re.IGNORECASE)),
    ("person", re.compile(r"\b(?:who|whom|whose|qui)\b(?! sont)", re.IGNORECASE)),
    ("place", re.compile(r"\b(?:where|which (?:city|town|place|venue)|où|dans quelle ville|quel lieu)\b", re.IGNORECASE)),
    ("definition", re.compile(r"^\W*(?:what(?:'s| is| are)(?: an?| the)? [\w.:-]+(?: [\w.:-]+)?\W*$|(?:qu'est[- ]ce que?|c'est quoi|qu est ce que?|define|définis|"
                              r"definition of|définition)\b|what does .+ (?:mean|stand for)|que (?:signifie|veut dire)|[\w.:-]+\W*$)", re.IGNORECASE)),
)  # fmt: skip
_SURE = 0.75
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
)
_NUMBERS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|"
    "deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|douzaines?"
)
_HOLDS: dict[Expected, re.Pattern[str]] = {
    "date": re.compile(rf"(?<!/)\b(?:19|20)\d\d\b(?!/)|\b(?:{_MONTHS})\b", re.IGNORECASE),
    "number": re.compile(rf"\b(?!(?:19|20)\d\d\b)\d[\d.,]*\b|\b(?:{_NUMBERS})\b", re.IGNORECASE),
    # a first and a last name, or a company
    "person": re.compile(r"\b(?!Open Source|Source Experience)[A-ZÉÈ][\w'’-]+ [A-ZÉÈ][\w'’-]+|\b(?:by|par|company|société) [A-Z]\w+"),
    "place": re.compile(r"\b(?:in|at|on|à|au|aux|en|chez|sur)\s+(?:the\s+|la\s+|le\s+|l['’])?[A-ZÉÈ]\w+"),
    "definition": re.compile(
        r"\b(?:is|are|was|est|sont|means|désigne|signifie|full name|nom complet)\b,? (?:an?|the|un|une|le|la|l'|of|du|de)\b|"
        r"\b(?:full name|nom complet)\b|\w, (?:an?|une?) \w", re.IGNORECASE
    ),
}  # fmt: skip
_NAME = re.compile(r"[^\W_]*(?:[A-ZÀ-Þ][^\W_]*|\d[^\W_]*)(?:[-.:]+[^\W_]+)*")


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
    def topic(self) -> str:
        """What to search for: the question, without the words that only ask for documents."""
        if not self.whole_corpus:
            return self.text
        rest = _WHOLE_CORPUS.sub("", self.text, count=1).strip(" ?!.…")
        return rest if any(character.isalnum() for character in rest) else self.text

    def fits(self, sentence: str) -> bool:
        """Return whether a sentence holds the kind of thing that the question expects, and does not itself name.

        True where any thing will do.
        """
        if self.expected is None:
            return True
        named = self.text.casefold()
        found = (match.group().casefold() for match in _HOLDS[self.expected].finditer(sentence))
        return any(self.expected == "definition" or thing not in named for thing in found)


def analyse(text: str) -> Question:
    """Return the question that a text asks."""
    text = " ".join(text.split())
    shape: Shape = "summary" if _SUMMARY.search(text) else "list" if _LIST.search(text) else "fact"
    expected = next((kind for kind, pattern in _EXPECTED if pattern.search(text)), None)
    return Question(
        text=text,
        language=_language(text),
        shape=shape,
        expected=expected if shape == "fact" else None,
        whole_corpus=shape == "list" and bool(_WHOLE_CORPUS.match(text)),
        names=_names(text),
    )


def _language(text: str) -> str:
    """Return the language of a question: as detected where that is sure, else by its function words, else English.

    Names alone ("Proxmox licence?") sound like any language; they must not decide.
    """
    code, probability = detect_language(text)
    if probability >= _SURE:
        return code
    return "fr" if function_words(text, "fr") > function_words(text, "en") else "en"


def _names(text: str) -> tuple[str, ...]:
    """Return capitalised words but the first of the sentence, and words with digits or inner capitals."""
    found = []
    for match in _NAME.finditer(text):
        word = match.group()
        opening = not any(character.isalnum() for character in text[: match.start()])
        if not opening or any(character.isdigit() for character in word) or word[1:] != word[1:].lower():
            found.append(word)
    return tuple(dict.fromkeys(found)) if not text.isupper() else ()
