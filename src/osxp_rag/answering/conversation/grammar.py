"""Small sentences in English and French: a subject put into a question."""

from __future__ import annotations

import re

from osxp_rag.answering.conversation.content import Reference, spoken

END = re.compile(r"[\s?!.…]*$")
_ELIDED = re.compile(r"[aeiouàâäéèêëîïôöùûü]", re.IGNORECASE)
_THAT = re.compile(r"\bqu['’]$", re.IGNORECASE)
_DETERMINER = re.compile(
    r"^(?:(?:the|an?|its|their|his|her|les?|la|une?|son|sa|ses|leurs?)\s+|l['’]\s*)", re.IGNORECASE
)
_PLURAL = re.compile(r"[^sui]s$")
_PREPOSITION = re.compile(r"^(?:about|of|for|in|by|with|pour|avec|par|de|du|des|côté|à|au)\s+", re.IGNORECASE)
_REPLACED = ("subject", "object", "personne", "noun", "lui")  # French: these stand where a name may stand


def put(question: str, language: str, subject: str, reference: Reference | None) -> str:
    """Return a question with a subject in the place of a reference; behind it without one, or where grammar forbids."""
    if reference is None:
        return added(question, f"({subject})", language, " ")
    before, after = question[: reference.start], question[reference.end :]
    if reference.kind == "role":
        return f"{question[: reference.end]} {_of(subject, language)}{after}"
    if spoken(language) == "en":
        owner = reference.kind in ("possessive", "personal")
        return f"{before}{subject}{_genitive(subject) if owner else ''}{after}"
    if reference.kind in _REPLACED:
        that = "qu'" if _ELIDED.match(subject) else "que "
        return f"{_THAT.sub(that, before)}{subject}{after}"
    return f"{END.sub('', question)}, {subject} ?"


def about(subject: str, language: str) -> str:
    """Return the question for more about a subject."""
    return f"Parle-moi {_of(subject, language)}" if spoken(language) == "fr" else f"Tell me more about {subject}"


_FRENCH = {"la": "Quelle est la", "le": "Quel est le", "les": "Quels sont les", "l'": "Quel est l'"}
_FRENCH_OWN = {"sa": "Quelle est sa", "son": "Quel est son", "ses": "Quels sont ses", "leur": "Quel est leur"}


def asked_of(attribute: str, subject: str, language: str) -> str:
    """Return the question for an attribute of a subject: "the licence" → "What is the licence of Heron?"."""
    told = _PREPOSITION.sub("", attribute)
    bare = _DETERMINER.sub("", told)
    if not bare or re.match(r"\d", bare):
        return put(attribute, language, subject, None)
    if spoken(language) == "fr":
        return _asked_of_in_french(told[: len(told) - len(bare)].strip().casefold(), bare, subject)
    return f"What {'are' if _PLURAL.search(bare) else 'is'} the {bare} of {subject}?"


def _asked_of_in_french(determiner: str, bare: str, subject: str) -> str:
    """Keep the determiner, which tells the gender."""
    if determiner in _FRENCH_OWN:
        return f"{_FRENCH_OWN[determiner]} {bare}, {subject} ?"
    opening = f"{_FRENCH.get(determiner, '')} ".removesuffix("' ") + ("'" if determiner == "l'" else "")
    return f"{opening}{bare} {_of(subject, 'fr')} ?".strip()


def added(question: str, more: str, language: str, between: str = ", ") -> str:
    """Return a question with something more to look for."""
    return f"{END.sub('', question)}{between}{more}{' ?' if spoken(language) == 'fr' else '?'}"


def _of(subject: str, language: str) -> str:
    if spoken(language) == "en":
        return f"of {subject}"
    return f"d'{subject}" if _ELIDED.match(subject) else f"de {subject}"


def _genitive(subject: str) -> str:
    return "'" if subject.endswith("s") else "'s"
