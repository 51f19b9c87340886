"""The numbers, names and denials of a sentence, in a form that two languages share. Pure."""

from __future__ import annotations

import re
import unicodedata

from osxp_rag.answering.wording import WORD
from osxp_rag.index.terms import function_words

_SPACED = re.compile(r"(?<=\d)[\s\u00a0\u202f’'](?=\d{3}\b)")
_GROUPED = re.compile(r"(?<=\d)[.,](?=\d{3}\b)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er|re|e|ème|nde?)\b", re.IGNORECASE)
_ONES = (
    "two|deux three|trois four|quatre five|cinq six seven|sept eight|huit nine|neuf ten|dix eleven|onze twelve|douze"
)
_MONTHS = (
    "january|janvier february|février march|mars april|avril may|mai june|juin july|juillet august|août "
    "september|septembre october|octobre november|novembre december|décembre"
)
_WORDS = {word: str(n) for n, words in enumerate(_ONES.split(), 2) for word in words.split("|")}
_MONTH = {word: f"month {n}" for n, words in enumerate(_MONTHS.split(), 1) for word in words.split("|")}
_AMBIGUOUS = {"may", "mars", "mai", "march", "neuf", "six"}  # other words too, unless a number stands beside them
_SCALES = {
    "million": "million", "millions": "million", "billion": "billion", "billions": "billion",
    "milliard": "billion", "milliards": "billion", "thousand": "thousand", "mille": "thousand",
    "€": "euro", "euro": "euro", "euros": "euro", "$": "dollar", "dollar": "dollar", "dollars": "dollar",
    "%": "percent", "percent": "percent",
}  # fmt: skip
_SCALE = re.compile(r"\b(?:millions?|billions?|milliards?|thousand|mille|euros?|dollars?|percent)\b|[€$%]", re.I)
_DENIAL = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|nobody|nothing|(?:\w+n['’]t)|lacks?|unable"
    r"|ne|n['’](?=\w)|pas|jamais|aucune?|ni|sans|rien|personne ne)\b|\bn['’]",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"[^\W\d_a-zà-öø-ÿ]")


def numbers(text: str, *, doubtful: bool = False) -> set[str]:
    """Return the numbers, months, currencies and scales of a text: `1,200`, `1 200` and `1.200` are one.

    With `doubtful`, also those that may be other words: neuf is nine or new, May a month or a verb.
    """
    plain = _GROUPED.sub("", _SPACED.sub("", unicodedata.normalize("NFKC", text)))
    found = {number.replace(",", ".") for number in _NUMBER.findall(_ORDINAL.sub(r"\1 ", plain))}
    for word in re.findall(r"[^\W\d_]+", plain.casefold()):
        if word in _WORDS and (doubtful or word not in _AMBIGUOUS):
            found.add(_WORDS[word])
        if word in _MONTH and (doubtful or word not in _AMBIGUOUS):
            found.add(_MONTH[word])
    for word in _AMBIGUOUS & _MONTH.keys():
        if re.search(rf"\d(?:st|nd|rd|th|er)?\s+{word}\b|\b{word}\s+\d", plain, re.IGNORECASE):
            found.add(_MONTH[word])
    return found | {_SCALES[word.casefold()] for word in _SCALE.findall(plain)}


def names(text: str, language: str) -> list[str]:
    """Return the words of a text that name something: with a capital or a digit, but for a plain first word.

    Months and bare numbers are `numbers`.
    """
    found = []
    for place, match in enumerate(WORD.finditer(text)):
        word = match.group()
        if word.casefold() in _MONTH or not any(one.isalpha() for one in word):
            continue
        inner = any(one.isdigit() for one in word) or word[1:] != word[1:].casefold()
        if inner or (_CAPITAL.match(word) and (place or not function_words(word, _spoken(language)))):
            found.append(word)
    return list(dict.fromkeys(found))


def denies(text: str) -> bool:
    """Return whether a text says that something is not so."""
    return bool(_DENIAL.search(text))


def _spoken(language: str) -> str:
    return language if language in ("en", "fr") else "en"
