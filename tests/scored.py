"""Questions and outcomes for the tests of the evaluation and of its reports."""

import json

from hypothesis import strategies as st

from osxp_rag import Answer, Citation
from osxp_rag.evaluation.outcome import Outcome
from osxp_rag.evaluation.question import parse_question
from osxp_rag.evaluation.scorecard import make_scorecard

FACT = {
    "id": "q1",
    "lang": "en",
    "type": "fact",
    "class": None,
    "split": "test",
    "question": "What can replace VMware?",
    "answerable": True,
    "documents": ["proxmox.md"],
    "patterns": ["proxmox ve"],
}
ABSURD = {
    **FACT, "id": "q2", "lang": "fr", "class": "nonsense", "answerable": False, "documents": [], "patterns": [],
}  # fmt: skip


def question(**changes):
    return parse_question(json.dumps({**FACT, **changes}), "here")


def outcome(asked, *, documents=(), cited=(), confidence=0.9, text="Proxmox VE. [1]", ms=10.0, exact=True, why=None):
    """Return an outcome that is answered where something is cited."""
    citations = tuple(Citation(n, path, "T", "", None, 0, 1, "P", None) for n, path in enumerate(cited, 1))
    status, reason = ("answered", None) if cited else ("abstained", why or "no_evidence")
    answer = Answer(asked.question, status, reason, text, asked.lang, confidence, "quotes", None, citations)
    return Outcome(asked, answer, tuple(documents), (exact,) * len(cited), ms)


def card_of(some, threshold=0.5):
    return make_scorecard(some, threshold)


@st.composite
def outcomes(draw):
    """Any outcome: answerable or not, found or not, cited rightly or not, said rightly, partly or not at all."""
    paths = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3)
    answerable = draw(st.booleans())
    expected = draw(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=2, unique=True))
    asked = question(
        lang=draw(st.sampled_from(["en", "fr"])),
        type=draw(st.sampled_from(["fact", "list"])),
        answerable=answerable,
        documents=expected if answerable else [],
        patterns=draw(st.lists(st.sampled_from(["one", "two", "three"]), max_size=3)),
    )
    return outcome(
        asked,
        documents=draw(paths),
        cited=draw(paths),
        confidence=draw(st.floats(0, 1)),
        text=draw(st.sampled_from(["one", "one two", "one two three", "none of them at all"])),
        exact=draw(st.booleans()),
    )
