"""Small talk: what is said for politeness, or about the assistant itself, answered from the corpus' own figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from osxp_rag.answering.conversation.names import head_of
from osxp_rag.corpus.document import Metadata

Talk = Literal["hello", "thanks", "bye", "about", "no"]
_FLAGS = re.IGNORECASE | re.VERBOSE
_NAMED = r"(?:\W+(?:there|everyone|all|you|osxp(?:-rag)?|assistant|bot|à\ tous|à\ vous|l'assistant|tout\ le\ monde|beaucoup|a\ lot|so\ much|very\ much|bien|infiniment|again|encore))*"
_PATTERNS: tuple[tuple[Talk, str, str], ...] = (
    ("hello", "en", rf"(?:hello|hi|hey|good\ (?:morning|afternoon|evening)|greetings|howdy){_NAMED}(?:\W+how\ are\ you(?:\ doing)?(?:\ today)?)?"),
    ("hello", "en", r"how\ are\ you(?:\ doing)?(?:\ today)?|how's\ it\ going|hola|hallo|guten\ (?:tag|morgen)|ciao|what's\ up"),
    ("hello", "fr", rf"(?:bonjour|bonsoir|salut|coucou|rebonjour){_NAMED}(?:\W+(?:comment\ )?(?:ça\ va|allez-vous|vas-tu))?"),
    ("hello", "fr", r"(?:comment\ )?ça\ va(?:\ bien)?|comment\ (?:allez-vous|vas-tu|tu\ vas|vous\ allez)"),
    ("thanks", "en", rf"(?:(?:ok(?:ay)?|great|perfect|cool|nice|awesome)\W+)*(?:thanks?|thank\ you|thx|cheers|danke|gracias|grazie){_NAMED}(?:\W+for\ (?:your|the)\ \w+)?"),
    ("thanks", "en", r"(?:ok(?:ay)?|great|perfect|cool|nice|awesome|good|well\ done|good\ (?:job|answer|bot)|got\ it|i\ see)"),
    ("thanks", "fr", rf"(?:(?:ok|super|parfait|génial|très\ bien|d'accord)\W+)*merci{_NAMED}(?:\W+(?:pour|de)\ \w+(?:\ \w+)?)?"),
    ("thanks", "fr", r"(?:super|parfait|génial|très\ bien|d'accord|bravo|je\ vois|bien\ reçu|ça\ marche|entendu)"),
    ("bye", "en", rf"(?:good)?bye(?:\ bye)?{_NAMED}|see\ you(?:\ (?:later|soon|tomorrow))?|have\ a\ (?:nice|good)\ \w+|good\ night"),
    ("bye", "fr", rf"au\ revoir{_NAMED}|à\ (?:bientôt|plus|demain|la\ prochaine)|bonne\ (?:journée|soirée|nuit)|adieu"),
    ("no", "en", r"no|nope|no\ thanks?(?:\ you)?|never\ ?mind|nothing|that's\ all|that's\ it"),
    ("no", "fr", r"non|non\ merci|rien|laisse\ tomber|c'est\ (?:tout|bon)|ce\ sera\ tout"),
    ("about", "en", r"""(?:so\ )?what\ (?:can|do)\ you\ (?:do|know(?:\ about)?|offer|answer)(?:\ for\ me)?|what\ can\ i\ ask(?:\ you)?(?:\ about)?
        |who\ (?:are|made|created|built)\ you|what\ are\ you|what\ is\ this(?:\ (?:bot|assistant|app|tool|chat))?|help(?:\ me)?
        |how\ (?:do|can)\ (?:i|you)\ (?:use\ (?:this|you)|work|ask(?:\ you)?(?:\ (?:a\ )?questions?)?)|how\ does\ this\ work
        |(?:are\ you|is\ this)\ (?:an?\ )?(?:ai|robot|bot|human|real|chatgpt|llm|person)(?:\ person)?|what(?:'s|\ is)\ your\ name
        |(?:what|which)\ (?:documents|topics|subjects|languages)\ do\ you\ (?:have|know|speak|cover|understand)(?:\ about)?
        |do\ you\ speak\ (?:french|english)|can\ you\ help(?:\ me)?|what\ can\ you\ (?:tell|help)\ me(?:\ with|\ about)?"""),
    ("about", "fr", r"""qu(?:e|oi)\ (?:sais|peux|savez|pouvez)-(?:tu|vous)(?:\ (?:faire|me\ dire|dire))?|qu'est-ce\ que\ (?:tu\ (?:sais|peux)|vous\ (?:savez|pouvez))(?:\ faire)?
        |(?:tu|vous)\ (?:sais|savez|peux|pouvez)\ (?:faire\ )?quoi(?:\ faire)?|qui\ (?:es-tu|êtes-vous)|(?:tu\ es|t'es|vous\ êtes)\ qui|c'est\ quoi\ ton\ nom
        |comment\ (?:t'appelles-tu|tu\ t'appelles|vous\ appelez-vous)|(?:es-tu|tu\ es|êtes-vous)\ (?:une?\ )?(?:ia|robot|humaine?|bot)
        |(?:à\ l')?aide(?:-moi)?|comment\ (?:ça\ marche|tu\ marches|ça\ fonctionne|t'utiliser|poser\ une\ question)|que\ puis-je\ (?:te\ |vous\ )?demander
        |de\ quoi\ (?:peux-tu|pouvez-vous)\ (?:me\ )?parler|(?:tu\ parles|parles-tu|parlez-vous)\ (?:le\ )?(?:français|anglais)
        |(?:sur\ )?quels?\ (?:sujets|documents)\ (?:connais-tu|connaissez-vous|as-tu|avez-vous)|peux-tu\ m'aider|tu\ peux\ m'aider|à\ quoi\ (?:sers-tu|tu\ sers|servez-vous)"""),
)  # fmt: skip
_TALKS = tuple((talk, language, re.compile(rf"\W*(?:{pattern})\W*", _FLAGS)) for talk, language, pattern in _PATTERNS)
_OPENING = re.compile(r"^\W*(?:hello|hi|hey|bonjour|bonsoir|salut|merci|thanks|ok)\b[\s,!.]+(?=\w)", re.IGNORECASE)
_LANGUAGES = {
    "en": {"en": "English", "fr": "French", "de": "German", "es": "Spanish", "it": "Italian", "nl": "Dutch", "pt": "Portuguese"},
    "fr": {"en": "anglais", "fr": "français", "de": "allemand", "es": "espagnol", "it": "italien", "nl": "néerlandais", "pt": "portugais"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overview:
    """What is indexed: how many documents and talks, in which languages, on which tracks, since which day."""

    documents: int
    talks: int
    languages: tuple[str, ...]
    tracks: tuple[str, ...]
    indexed: str
    examples: tuple[str, ...]


def overview(documents: Mapping[str, Metadata], indexed: str) -> Overview:
    """Return what is indexed; `indexed` is when, in ISO 8601. What is commonest comes first."""
    found = documents.values()
    talks = [metadata for metadata in found if metadata.kind == "talk"]
    return Overview(
        documents=len(documents),
        talks=len(talks),
        languages=_commonest([metadata.lang for metadata in found]),
        tracks=_commonest([metadata.track for metadata in found if metadata.track]),
        indexed=indexed[:10],
        examples=tuple(dict.fromkeys(head_of(metadata) for metadata in talks or found))[:2],
    )


def small_talk(text: str) -> tuple[Talk, str] | None:
    """Return what kind of small talk a text is, as a whole, and its language; None for anything else."""
    rest = _OPENING.sub("", text)
    for told in (text, rest):
        for talk, language, pattern in _TALKS:
            if pattern.fullmatch(told):
                return talk, language
    return None


def reply(talk: Talk, language: str, about: Overview) -> str:
    """Return what to say to it, in English or French."""
    first = _FIRST[language][talk]
    if talk in ("thanks", "bye", "no"):
        return first
    return f"{first} {_told(about, language)}"


_FIRST: dict[str, dict[Talk, str]] = {
    "en": {
        "hello": "Hello!",
        "thanks": "You are welcome. Ask on, if you like.",
        "bye": "Goodbye!",
        "no": "As you like. Ask whenever you want to know something.",
        "about": "I answer questions in the exact words of the documents, with their sources, and say so when they do not hold the answer.",
    },
    "fr": {
        "hello": "Bonjour !",
        "thanks": "Avec plaisir. Posez d'autres questions si vous le souhaitez.",
        "bye": "Au revoir !",
        "no": "Comme vous voudrez. Posez une question quand vous le souhaitez.",
        "about": "Je réponds aux questions avec les mots exacts des documents et leurs sources, et je le dis quand ils ne contiennent pas la réponse.",
    },
}


def _told(about: Overview, language: str) -> str:
    """Return what is indexed and how to ask, in words."""
    return " ".join(
        filter(None, (_size_fr(about), _ask_fr(about)) if language == "fr" else (_size_en(about), _ask_en(about)))
    )


def _size_en(about: Overview) -> str:
    talks = f", {about.talks} of them about talks" if about.talks else ""
    tracks = f" The tracks: {_joined(about.tracks, 'and')}." if about.tracks else ""
    held = "1 document" if about.documents == 1 else f"{about.documents} documents"
    return f"I know {held}{talks} (in {_spoken(about, 'en', 'and')}), indexed on {about.indexed}.{tracks}"


def _size_fr(about: Overview) -> str:
    talks = f", dont {about.talks} sur des conférences" if about.talks else ""
    tracks = f" Les parcours : {_joined(about.tracks, 'et')}." if about.tracks else ""
    held = "1 document" if about.documents == 1 else f"{about.documents} documents"
    return f"Je connais {held}{talks} (en {_spoken(about, 'fr', 'et')}), indexés le {about.indexed}.{tracks}"


def _ask_en(about: Overview) -> str:
    if not about.examples:
        return ""
    return f"Ask in English or in French, for example: “What is {about.examples[0]}?”; then go on: “And its licence?”"


def _ask_fr(about: Overview) -> str:
    if not about.examples:
        return ""
    return f"Demandez en français ou en anglais, par exemple : « {about.examples[0]}, c'est quoi ? », puis : « Et sa licence ? »"


def _spoken(about: Overview, language: str, conjunction: str) -> str:
    names = _LANGUAGES[language]
    return _joined(tuple(names.get(code, code) for code in about.languages), conjunction)


def _joined(words: tuple[str, ...], conjunction: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def _commonest(values: list[str]) -> tuple[str, ...]:
    counts = Counter(values)
    return tuple(sorted(counts, key=lambda value: (-counts[value], value)))
