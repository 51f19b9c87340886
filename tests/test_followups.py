"""Conversations as an evaluation: their file, what is measured of follow-ups, and the command."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from osxp_rag.channels.cli import app
from osxp_rag.channels.scorecards.followups import FIGURES, followup_tables, followups_markdown
from osxp_rag.errors import QuestionsError
from osxp_rag.evaluation.conversations import KINDS, load_conversations
from osxp_rag.evaluation.followups import hold, report_on, score_followups

OPENING = {
    "kind": "opening",
    "question": "What is Heron?",
    "lang": "en",
    "answerable": True,
    "documents": ["talks/heron.md"],
    "patterns": ["mail server"],
}
LICENCE = OPENING | {"kind": "reference", "question": "what licence is it under?", "patterns": ["AGPL"]}
FRENCH = LICENCE | {
    "kind": "fragment",
    "question": "et Loutre ?",
    "lang": "fr",
    "documents": ["talks/loutre.md"],
    "patterns": ["MIT"],
}
NOTHING = {
    "kind": "reference",
    "question": "how many stars does it have on the hub?",
    "lang": "en",
    "answerable": False,
    "documents": [],
    "patterns": [],
}


def conversation(*turns, name="a", split="dev"):
    return {"id": name, "split": split, "turns": list(turns)}


def write(folder, *conversations):
    path = folder / "conversations.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in conversations), encoding="utf-8")
    return path


def test_conversations_are_read_turn_by_turn(tmp_path):
    [found] = load_conversations(write(tmp_path, conversation(OPENING, LICENCE, NOTHING)))
    assert [(turn.question.id, turn.kind) for turn in found.turns] == [
        ("a/1", "opening"),
        ("a/2", "reference"),
        ("a/3", "reference"),
    ]
    assert found.turns[1].question.patterns[0].search("AGPL")


def test_a_split_can_be_chosen(tmp_path):
    path = write(tmp_path, conversation(OPENING), conversation(OPENING, name="b", split="test"))
    assert [one.id for one in load_conversations(path, "test")] == ["b"]


@pytest.mark.parametrize(
    ("conversations", "message"),
    [
        ([conversation()], "turns: .* is not a list that is not empty"),
        ([conversation(OPENING), conversation(OPENING)], "'a' is there twice"),
        ([conversation(LICENCE)], "the first turn, and no other"),
        ([conversation(OPENING, OPENING)], "the first turn, and no other"),
        ([conversation(OPENING, LICENCE | {"kind": "odd"})], "line 1, turn 2, kind: 'odd' is not one of"),
        ([conversation(OPENING | {"answerable": 1})], "turn 1, answerable"),
        ([conversation(OPENING | {"more": 1})], "turn 1, more: no such key"),
        ([conversation(OPENING, split="odd")], "split: 'odd' is not one of"),
        ([], "holds no question"),
    ],
)
def test_a_file_that_is_wrong_is_told_where_and_how(tmp_path, conversations, message):
    with pytest.raises(QuestionsError, match=message):
        load_conversations(write(tmp_path, *conversations))


def test_a_split_that_is_not_there_is_told(tmp_path):
    with pytest.raises(QuestionsError, match='no conversation has "split": "test"'):
        load_conversations(write(tmp_path, conversation(OPENING)), "test")


@pytest.fixture(scope="module")
def followed(assistant, tmp_path_factory):
    path = write(tmp_path_factory.mktemp("held"), conversation(OPENING, LICENCE, FRENCH, NOTHING))
    return hold(assistant, load_conversations(path), lambda stage, done, total: None)


def test_follow_ups_are_asked_in_their_conversation_and_alone(followed):
    assert [one.among.answer.condensed for one in followed] == [
        "what licence is Heron under?",
        "what licence is Loutre under?",
        "how many stars does Loutre have on the hub?",
    ]
    assert all(one.alone.answer.condensed is None for one in followed)
    assert [one.among.correct for one in followed] == [True, True, True]
    assert not followed[0].alone.correct


def test_the_gain_is_over_what_a_question_finds_alone(followed):
    blind = [replace(one, alone=replace(one.alone, documents=("notes.txt",))) for one in followed[:1]]
    scores = score_followups([*blind, followed[1]])
    assert (scores.turns, scores.recall_at_5, scores.recall_at_5_alone) == (2, 1.0, 0.5)
    assert scores.recall_gain == pytest.approx(1.0)
    assert scores.refused_rightly is None


def test_nothing_found_alone_leaves_no_gain_to_tell(followed):
    blind = replace(followed[0], alone=replace(followed[0].alone, documents=()))
    assert score_followups([blind]).recall_gain is None
    assert score_followups([]).recall_at_5 is None


def test_the_report_tells_languages_kinds_and_what_was_missed(followed):
    wrong = replace(followed[0], among=replace(followed[0].among, answer=followed[2].among.answer))
    report = report_on([wrong, *followed[1:]], held=1, conversations="c.jsonl", split="dev", generation="g")
    assert set(report.by_language) == {"en", "fr"}
    assert set(report.by_kind) == {"reference", "fragment"} <= set(KINDS)
    assert [one.id for one in report.missed] == ["a/2"]
    assert json.loads(json.dumps(report.to_dict()))["overall"]["turns"] == 3
    text = followups_markdown(report)
    assert "**a/2** (reference) what licence is it under?" in text
    assert "understood as: " in text
    assert all(table.header == tuple(FIGURES.values()) for table in followup_tables(report))


def test_the_command_writes_reports(settings, tmp_path):
    path = write(tmp_path, conversation(OPENING, LICENCE))
    out, page = tmp_path / "report.json", tmp_path / "report.md"
    arguments = ["eval", "--conversations", str(path), "--split", "dev", "-o", str(out), "-o", str(page)]
    places = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    done = CliRunner().invoke(app, [*arguments, *places])
    assert done.exit_code == 0, done.output
    assert "Follow-up questions, by language" in done.output
    assert json.loads(out.read_text(encoding="utf-8"))["overall"]["correct"] == 1.0
    assert page.read_text(encoding="utf-8").startswith("# Conversations")


def test_conversations_do_not_go_with_questions(tmp_path):
    path = write(tmp_path, conversation(OPENING))
    done = CliRunner().invoke(app, ["eval", str(path), "--conversations", str(path)])
    assert done.exit_code == 2
