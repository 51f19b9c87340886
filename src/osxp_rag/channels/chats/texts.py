"""The words of an exported conversation beside its own, in English and in French."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """Every word that an export adds."""

    language: str
    about: str
    asked: str
    filters: str
    sources: str
    nearest: str
    also: str
    quotes: tuple[str, str]
    confidence: str
    phrased: str
    colon: str


ENGLISH = Labels(
    language="en",
    about="A conversation with the documents of Open Source Experience 2025, begun on {}",
    asked="Asked on {}",
    filters="Only documents with {}",
    sources="Sources",
    nearest="The nearest documents",
    also="also: {}",
    quotes=("“", "”"),
    confidence="Confidence: {} ({}%)",
    phrased="Phrased by {}, each sentence checked against its source.",
    colon=":",
)
FRENCH = Labels(
    language="fr",
    about="Une conversation avec les documents d'Open Source Experience 2025, commencée le {}",
    asked="Question posée le {}",
    filters="Seulement les documents avec {}",
    sources="Sources",
    nearest="Les documents les plus proches",
    also="aussi\N{NO-BREAK SPACE}: {}",
    quotes=("«\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}»"),
    confidence="Confiance\N{NO-BREAK SPACE}: {} ({}\N{NO-BREAK SPACE}%)",
    phrased="Formulée par {}, chaque phrase vérifiée contre sa source.",
    colon="\N{NO-BREAK SPACE}:",
)


def labels(language: str) -> Labels:
    """Return the words for a language code: French for French, English for any other."""
    return FRENCH if language.lower().startswith("fr") else ENGLISH
