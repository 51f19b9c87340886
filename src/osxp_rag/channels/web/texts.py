"""The interface's words, in English and in French."""

from __future__ import annotations

from dataclasses import dataclass

EXAMPLES_EN = (
    "What can replace VMware?",
    "Which tracks did the event have?",
    "What is the Cyber Resilience Act?",
)
EXAMPLES_FR = (
    "Quelle est la licence de BlueMind ?",
    "Où a eu lieu Open Source Experience 2025 ?",
    "Quelles solutions remplacent Microsoft 365 ?",
)


@dataclass(frozen=True, slots=True)
class Labels:
    """Every word that the chat shows beside the documents' own."""

    language: str
    question: str
    placeholder: str
    ask: str
    working: str
    restart: str
    refusal: str
    nearest: str
    quotes: str
    source: str
    also: str
    marker: str
    confidence: str
    share: str
    seconds: str
    trouble: str
    unexpected: str


ENGLISH = Labels(
    language="en",
    question="Your question",
    placeholder="In English or in French…",
    ask="Ask",
    working="Reading the documents",
    restart="New conversation",
    refusal="No answer in the documents",
    nearest="The nearest documents",
    quotes="In the documents' own words",
    source="Open the source",
    also="also: {}",
    marker="Show quote {}",
    confidence="Confidence: {}",
    share="{}%",
    seconds="{:.2f} s",
    trouble="That did not work",
    unexpected="Something went wrong on our side. The terminal that runs the chat has the details.",
)

FRENCH = Labels(
    language="fr",
    question="Votre question",
    placeholder="En français ou en anglais…",
    ask="Demander",
    working="Lecture des documents",
    restart="Nouvelle conversation",
    refusal="Pas de réponse dans les documents",
    nearest="Les documents les plus proches",
    quotes="Dans les mots des documents",
    source="Ouvrir la source",
    also="aussi\N{NO-BREAK SPACE}: {}",
    marker="Montrer la citation {}",
    confidence="Confiance\N{NO-BREAK SPACE}: {}",
    share="{}\N{NO-BREAK SPACE}%",
    seconds="{:.2f} s",
    trouble="Cela n'a pas fonctionné",
    unexpected="Une erreur s'est produite de notre côté. Le terminal qui exécute la discussion en donne le détail.",
)


def labels(language: str) -> Labels:
    """Return the words for a language code: French for French, English for any other."""
    return FRENCH if language.lower().startswith("fr") else ENGLISH
