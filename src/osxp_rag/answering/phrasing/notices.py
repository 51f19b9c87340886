"""What an answer says of how it was made, in English and French."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from osxp_rag.answering.answer import Notice, NoticeCode

_TEXTS: dict[str, dict[NoticeCode, tuple[str, str]]] = {  # for one, for several
    "en": {
        "engine_down": ("The language model cannot be reached: these are the documents' own words.",) * 2,
        "engine_slow": ("The language model took too long: the rest are the documents' own words.",) * 2,
        "engine_cut": ("The language model stopped in the middle: the rest are the documents' own words.",) * 2,
        "engine_garbage": ("The language model did not answer with text: these are the documents' own words.",) * 2,
        "unsupported": ("Nothing that the language model said is in the documents: these are their own words.",) * 2,
        "replaced": (
            "One sentence of the language model is not what the documents say: their own words stand in its place.",
            "{} sentences of the language model are not what the documents say: their own words stand in their place.",
        ),
        "dropped": (
            "One sentence of the language model is left out: no document supports it.",
            "{} sentences of the language model are left out: no document supports them.",
        ),
        "completed": ("The language model left the main point out: the documents' own words are added.",) * 2,
    },
    "fr": {
        "engine_down": ("Le modèle de langue est injoignable : voici les mots mêmes des documents.",) * 2,
        "engine_slow": ("Le modèle de langue a été trop lent : la suite, ce sont les mots mêmes des documents.",) * 2,
        "engine_cut": (
            "Le modèle de langue s'est interrompu : la suite, ce sont les mots mêmes des documents.",
        ) * 2,
        "engine_garbage": ("Le modèle de langue n'a pas répondu par du texte : voici les mots mêmes des documents.",)
        * 2,
        "unsupported": (
            "Rien de ce que le modèle de langue a dit n'est dans les documents : voici leurs propres mots.",
        ) * 2,
        "replaced": (
            "Une phrase du modèle de langue n'est pas ce que disent les documents : leurs propres mots la remplacent.",
            "{} phrases du modèle de langue ne sont pas ce que disent les documents : leurs propres mots les "
            "remplacent.",
        ),
        "dropped": (
            "Une phrase du modèle de langue est omise : aucun document ne l'étaye.",
            "{} phrases du modèle de langue sont omises : aucun document ne les étaye.",
        ),
        "completed": ("Le modèle de langue a omis l'essentiel : les mots mêmes des documents sont ajoutés.",) * 2,
    },
}  # fmt: skip


def make_notices(counts: Mapping[NoticeCode, int] | Iterable[NoticeCode], language: str) -> tuple[Notice, ...]:
    """Return a notice for each code that is counted, in English where we do not speak the language."""
    texts = _TEXTS.get(language, _TEXTS["en"])
    counted = counts if isinstance(counts, Mapping) else dict.fromkeys(counts, 1)
    return tuple(
        Notice(code, texts[code][0 if count == 1 else 1].format(count)) for code, count in counted.items() if count
    )
