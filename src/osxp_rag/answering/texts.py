"""The assistant's own words, in English and French; every other word of an answer is a document's."""

from __future__ import annotations

from osxp_rag.answering.answer import Reason
from osxp_rag.corpus.document import PageUnit

_REFUSALS: dict[str, dict[Reason, str]] = {
    "en": {
        "no_evidence": "The documents do not hold an answer to this question.",
        "empty_index": "No document is indexed yet. Add files to the corpus and run: osxp-rag index",
        "filtered_out": "No document passes these filters.",
        "not_a_question": "There is no question to answer here.",
        "underspecified": "What do you mean? The question does not say what it is about. Perhaps one of these:",
        "small_talk": "Hello! Ask a question about the documents.",
    },
    "fr": {
        "no_evidence": "Les documents ne contiennent pas de réponse à cette question.",
        "empty_index": "Aucun document n'est encore indexé. Ajoutez des fichiers au corpus et lancez : osxp-rag index",
        "filtered_out": "Aucun document ne passe ces filtres.",
        "not_a_question": "Il n'y a pas de question à laquelle répondre ici.",
        "underspecified": "De quoi parlez-vous ? La question ne le dit pas. Peut-être de l'un de ces sujets :",
        "small_talk": "Bonjour ! Posez une question sur les documents.",
    },
}

# From which probability on a confidence is called so.
LEVELS = ((0.85, "high"), (0.65, "fair"), (0.0, "low"))
_LEVEL_WORDS = {
    "en": {"high": "high", "fair": "fair", "low": "low"},
    "fr": {"high": "élevée", "fair": "moyenne", "low": "faible"},
}

_PLACES: dict[str, dict[PageUnit, str]] = {
    "en": {"page": "p. {}", "slide": "slide {}", "row": "row {}"},
    "fr": {"page": "p. {}", "slide": "diapositive {}", "row": "ligne {}"},
}


def place(page: int | None, unit: PageUnit | None, language: str) -> str:
    """Return the words for a page, a slide or a row, with a space that does not break; none where there is no page."""
    if page is None:
        return ""
    return _PLACES.get(language, _PLACES["en"])[unit or "page"].format(page).replace(" ", "\N{NO-BREAK SPACE}")


def confidence_level(probability: float, language: str) -> str:
    """Return the word for a probability from 0 to 1."""
    level = next(name for bound, name in LEVELS if probability >= bound)
    return _LEVEL_WORDS.get(language, _LEVEL_WORDS["en"])[level]


def refusal(reason: Reason, language: str) -> str:
    """Return the words of a refusal, in English where we do not speak the language."""
    return _REFUSALS.get(language, _REFUSALS["en"])[reason]
