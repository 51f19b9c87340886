"""Words that answer → the same, whole: no half of a word, a number, a date or a name. Pure.

The reader points at tokens, which are parts of words; its best span may begin inside "1.2 billion euros".
"""

from __future__ import annotations

import re

from osxp_rag.answering.wording import MONTHS

_FLAGS = re.IGNORECASE | re.VERBOSE
_SPACE = r"[\ \u00a0\u202f]"
_PAIRS = (("(", ")"), ("[", "]"), ("«", "»"), ("“", "”"))

# What is read as one. Each is looked for in the whole sentence; where several overlap, the span grows over all of them.
_UNITS = (
    # a word, with what stands inside it: AGPL-3.0-or-later, vLLM/KServe, l'État, 2.5
    re.compile(r"\w+(?:[-.,'’/:@+&#]+\w+)*[+#%]*"),
    # a date, or two that share their month: 10 and 11 December 2025, from May to June 2024
    re.compile(
        rf"""(?:\d{{1,2}}(?:st|nd|rd|th|er)?{_SPACE}?(?:,|-|–|and|et|to|au|or|ou){_SPACE}?)*
        (?:\d{{1,2}}(?:st|nd|rd|th|er)?{_SPACE}(?:of{_SPACE})?)?\b(?:{MONTHS}|(?-i:May))\b
        (?:{_SPACE}\d{{1,2}}(?:st|nd|rd|th)?\b(?!{_SPACE}?[:h]))?(?:,?{_SPACE}\d{{4}})?""",
        _FLAGS,
    ),
    # a number with its currency, its scale and its unit: US$ 1.3 billion, 27 millions d'euros, 15 000 €, up to 2.5 %
    re.compile(
        rf"""(?:(?:US|CA|AU)?[$€£]{_SPACE}?)?\d+(?:[.,:]\d+|{_SPACE}\d{{3}}\b)*
        (?:{_SPACE}?(?:%|‰|k€|M€|[$€£]) | {_SPACE}(?:per{_SPACE}cent|pour{_SPACE}cent)\b
        | {_SPACE}(?:thousand|mille|millions?|billions?|trillions?|milliers|milliards?)\b)?
        (?:{_SPACE}(?:of{_SPACE}|d['’]|de{_SPACE}|US{_SPACE})?(?:euros?|dollars?|pounds?|livres?|€)\b)?""",
        _FLAGS,
    ),
    # a name of several words: Stefane Fermigier, Cité des Sciences et de l'Industrie, University of Lyon
    re.compile(
        rf"""[^\W\d_a-zà-ÿ][\w'’.-]+
        (?:{_SPACE}(?:(?:of|the|and|de|du|des|et|la|le|von|van|d['’]|de{_SPACE}l['’]|et{_SPACE}de{_SPACE}l['’]){_SPACE}?){{0,2}}
        [^\W\d_a-zà-ÿ][\w'’-]*)+""",
        re.VERBOSE,
    ),
)


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of a text that holds `text[start:end]` and cuts nothing in two.

    Brackets and quotation marks at its ends come with the other one or not at all.
    """
    units = [match.span() for pattern in _UNITS for match in pattern.finditer(text)]
    while grown := [(low, high) for low, high in units if low < end and high > start and (low < start or high > end)]:
        start, end = min(start, *(low for low, _ in grown)), max(end, *(high for _, high in grown))
    return _balanced(text, start, end)


def _balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in a closing mark that follows; leave out, at the ends, spaces and a mark whose other one lies outside."""
    for opening, closing in _PAIRS:
        if text[end : end + 1] == closing and text.count(opening, start, end) > text.count(closing, start, end):
            end += 1
    while start < end and (text[start].isspace() or _alone(text[start:end], 0)):
        start += 1
    while start < end and (text[end - 1].isspace() or _alone(text[start:end], -1)):
        end -= 1
    return start, end


def _alone(words: str, place: int) -> bool:
    return any(words[place] in pair and words.count(pair[0]) != words.count(pair[1]) for pair in _PAIRS)
