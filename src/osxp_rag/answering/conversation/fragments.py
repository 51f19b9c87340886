"""A fragment and the question before it → one question: "and Nextcloud?", "et la licence ?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from osxp_rag.answering.conversation.content import content_words, spoken
from osxp_rag.answering.conversation.follow import Follow, Rewritten
from osxp_rag.answering.conversation.grammar import END, added, asked_of
from osxp_rag.answering.conversation.names import Mention
from osxp_rag.answering.conversation.pointers import ORDINAL
from osxp_rag.answering.conversation.turn import Turn
from osxp_rag.answering.conversation.wording import ASKS

_SHORT, _LONG = 4, 12  # words of a fragment without and with "and" before it
_START = re.compile(r"^[\s,;:–-]+")
_OWNED = re.compile(r"^(?:the|its|their|his|her|le|la|les|son|sa|ses|leurs?)\s|^l['’]", re.IGNORECASE)


def fragment(follow: Follow) -> Rewritten | None:
    """Put a fragment into the question before it; None where it is a question of its own."""
    last = follow.last
    if last is None or not _is_fragment(follow):
        return None
    return _complete(follow, last, _START.sub("", END.sub("", follow.bare)))


def _is_fragment(follow: Follow) -> bool:
    if ASKS[spoken(follow.language)].search(follow.bare) or ORDINAL.search(follow.bare):
        return False
    words = len(follow.bare.split())
    alone = "?" in follow.bare or _OWNED.match(follow.bare) is not None
    return 0 < words <= (_LONG if follow.led else _SHORT) and (follow.led or alone)


def _complete(follow: Follow, last: Turn, told: str) -> Rewritten | None:
    """Return the question that a fragment makes of the one before.

    A name takes the place of the name there; "the …", and what may be asked of anything, is asked of the subject;
    anything else is added.
    """
    mentions = [one for one in follow.names.find(told) if not one.name.isdigit()]
    named = any(one.head for one in follow.names.find(last.meant))
    if mentions and not (follow.led or mentions[0].kind == "other"):
        return None  # a name alone asks what it is
    if mentions:
        return Rewritten(
            _replaced(last.meant, follow.names.find(last.meant), mentions[0], told, follow.language), follow.language
        )
    subject = follow.subject()
    own = not (_OWNED.match(told) and named) and content_words(told, follow.language)
    if own or subject is None:
        return Rewritten(added(last.meant, told, follow.language), follow.language)
    return Rewritten(asked_of(told, subject.text, follow.language), follow.language, subject.documents)


def _replaced(question: str, before: Sequence[Mention], new: Mention, told: str, language: str) -> str:
    """Put a name in the place of one of its kind, else of what the question is about; add it where there is none."""
    known = any(one.name == new.name for one in before)
    old = None if known else next((one for alike in _ALIKE for one in before if alike(one, new)), None)
    return added(question, told, language) if old is None else f"{question[: old.start]}{new.name}{question[old.end :]}"


# Whether a name may be replaced by another one, the likeliest first.
_ALIKE = (
    lambda old, new: (old.head, old.kind) == (new.head, new.kind),
    lambda old, new: new.head and old.head,
    lambda old, new: "other" not in (new.kind, old.kind),
    lambda old, new: new.head,
)
