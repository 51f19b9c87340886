"""Small talk: what is said for politeness, or about the assistant itself, answered from the corpus' own figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from osxp_rag.answering.conversation.names import head_of
from osxp_rag.answering.conversation.phrases import OPENING, TALKS, Talk
from osxp_rag.corpus.document import Metadata


@dataclass(frozen=True, slots=True)
class Overview:
    """What is indexed: how many documents and talks, in which languages, on which tracks, since which day.

    `examples` are names that may be asked about.
    """

    documents: int
    talks: int
    languages: tuple[str, ...]
    tracks: tuple[str, ...]
    indexed: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of the replies, in one language."""

    first: Mapping[Talk, str]
    held: tuple[str, str]
    talks: str
    known: str
    tracks: str
    ask: str
    conjunction: str
    languages: Mapping[str, str]


_ENGLISH = _Words(
    first={
        "hello": "Hello!",
        "thanks": "You are welcome. Ask on, if you like.",
        "bye": "Goodbye!",
        "no": "As you like. Ask whenever you want to know something.",
        "about": "I answer in the exact words of the documents, name the source, and say so when they hold no answer.",
    },
    held=("1 document", "{} documents"),
    talks=", {} of them about talks",
    known="I know {} (in {}), indexed on {}.",
    tracks="The tracks: {}.",
    ask="Ask in English or in French, for example: “What is {}?” Then go on: “And its licence?”",
    conjunction="and",
    languages={
        "en": "English",
        "fr": "French",
        "de": "German",
        "es": "Spanish",
        "it": "Italian",
        "nl": "Dutch",
        "pt": "Portuguese",
    },
)
_FRENCH = _Words(
    first={
        "hello": "Bonjour !",
        "thanks": "Avec plaisir. Posez d'autres questions si vous le souhaitez.",
        "bye": "Au revoir !",
        "no": "Comme vous voudrez. Posez une question quand vous le souhaitez.",
        "about": "Je réponds avec les mots exacts des documents, sources à l'appui, et je dis quand ils se taisent.",
    },
    held=("1 document", "{} documents"),
    talks=", dont {} sur des conférences",
    known="Je connais {} (en {}), indexés le {}.",
    tracks="Les parcours : {}.",
    ask="Demandez en français ou en anglais, par exemple : « {}, c'est quoi ? » Puis : « Et sa licence ? »",
    conjunction="et",
    languages={
        "en": "anglais",
        "fr": "français",
        "de": "allemand",
        "es": "espagnol",
        "it": "italien",
        "nl": "néerlandais",
        "pt": "portugais",
    },
)


def overview(documents: Mapping[str, Metadata], indexed: str) -> Overview:
    """Return what is indexed; `indexed` is when, in ISO 8601. What is commonest comes first."""
    found = list(documents.values())
    talks = [metadata for metadata in found if metadata.kind == "talk"]
    return Overview(
        documents=len(found),
        talks=len(talks),
        languages=_commonest([metadata.lang for metadata in found]),
        tracks=_commonest([metadata.track for metadata in found if metadata.track]),
        indexed=indexed[:10],
        examples=tuple(dict.fromkeys(head_of(metadata) for metadata in talks or found)),
    )


def small_talk(text: str) -> tuple[Talk, str] | None:
    """Return what kind of small talk a text is, as a whole, and its language; None for anything else."""
    plain = text.replace("’", "'")
    told = (plain, OPENING.sub("", plain))
    fits = ((talk, code) for one in told for talk, code, pattern in TALKS if pattern.fullmatch(one))
    return next(fits, None)


def reply(talk: Talk, language: str, about: Overview) -> str:
    """Return what to say to it: in French to French, in English to any other language."""
    words = _FRENCH if language == "fr" else _ENGLISH
    parts = [words.first[talk], *(_told(about, words) if talk in ("hello", "about") else ())]
    return " ".join(part for part in parts if part)


def _told(about: Overview, words: _Words) -> tuple[str, ...]:
    """Return what is indexed and how to ask, in words."""
    held = words.held[about.documents > 1].format(about.documents)
    talks = words.talks.format(about.talks) if about.talks else ""
    spoken = tuple(words.languages.get(code, code) for code in about.languages)
    return (
        words.known.format(held + talks, _joined(spoken, words), about.indexed),
        words.tracks.format(_joined(about.tracks, words)) if about.tracks else "",
        words.ask.format(about.examples[0]) if about.examples else "",
    )


def _joined(several: tuple[str, ...], words: _Words) -> str:
    if len(several) < 2:
        return "".join(several)
    return f"{', '.join(several[:-1])} {words.conjunction} {several[-1]}"


def _commonest(values: list[str]) -> tuple[str, ...]:
    counts = Counter(values)
    return tuple(sorted(counts, key=lambda value: (-counts[value], value)))
