"""Which language a text is in, by py3langid."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# The languages that the embedder's benchmark and our users cover; more would only blur short questions.
LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pt")
_LONG_ENOUGH = 20_000


@functools.cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def detect_language(text: str) -> tuple[str, float]:
    """Return the ISO 639-1 code of the text's likeliest language and its probability; `en` and 0 without a letter."""
    if not any(character.isalpha() for character in text):
        return "en", 0.0
    code, probability = _identifier().classify(text[:_LONG_ENOUGH])
    return str(code), float(probability)
