"""The command line: what it prints, what it exits with, and how little it loads."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

import osxp_rag
from osxp_rag import Answer, Citation
from osxp_rag.answering.answer import Direct, Nearest
from osxp_rag.channels.cli import app
from osxp_rag.channels.shown import ENGLISH, FRENCH, confidence, show_answer
from tests.conftest import write_corpus

SOURCE = Path(__file__).parents[1] / "src"
COMMANDS = ("chat", "ask", "search", "batch", "add", "index", "status", "doctor", "eval")
HEAVY = ("torch", "gradio", "llama_index", "chromadb", "sentence_transformers", "transformers", "tokenizers")
QUESTION = "What can replace VMware?"
FILES = {
    "proxmox.md": "# Proxmox VE\n\nProxmox VE is an open source platform that can replace VMware. It runs on Debian.\n",
    "cryptpad.md": "# CryptPad\n\nCryptPad est une suite bureautique qui chiffre les documents dans le navigateur.\n",
}
WHAT_IS_LOADED = """
import json, sys
from osxp_rag.channels.cli import main
try:
    main()
except SystemExit as end:
    print(json.dumps([end.code, sorted(sys.modules)]), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A folder with a corpus and its index."""
    folder = tmp_path_factory.mktemp("cli")
    write_corpus(folder / "corpus", FILES)
    assert invoke(folder, "index").exit_code == 0
    return folder


def invoke(folder, command, *arguments):
    """Run a command in this process; every question is answered, so that these tests do not judge the gate."""
    folders = ["--corpus", str(folder / "corpus"), "--index", str(folder / "index")]
    return CliRunner(env={"OSXP_RAG_THRESHOLD": "0"}).invoke(app, [command, *folders, *arguments])


def process(*arguments, program="from osxp_rag.channels.cli import main; main()", **environment):
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")]),
            **environment,
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def shown(answer, width=80):
    output = io.StringIO()
    show_answer(Console(file=output, width=width), answer)
    return output.getvalue()


def coloured(answer, width=80):
    """Return the lines of an answer as a terminal gets them."""
    output = io.StringIO()
    console = Console(
        file=output, width=width, force_terminal=True, color_system="standard", legacy_windows=False, highlight=False
    )
    show_answer(console, answer)
    return output.getvalue().splitlines()


def answer_with(quote, *, language="en", title="A [title]", text="It [/bold] does. [1]", url=None):
    citation = Citation(1, "talks/a.md", title, f"{title} › Why", None, 0, len(quote), quote, url)
    return Answer("Why?", "answered", None, text, language, 0.93, "quotes", "000001-00000000", (citation,))


def test_help_names_every_command():
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    assert re.findall(r"^  ([a-z]+) ", result.stdout.partition("Commands:")[2], re.MULTILINE) == list(COMMANDS)


def test_help_cuts_no_description_short():
    assert "..." not in CliRunner().invoke(app, ["--help"]).stdout.partition("Commands:")[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_other_folders(command):
    output = CliRunner().invoke(app, [command, "--help"]).stdout
    assert "--corpus" in output
    assert "--index" in output


def test_help_loads_nothing_that_takes_time():
    done = process("--help", program=WHAT_IS_LOADED)
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    assert set(loaded) & {*HEAVY, "pydantic", "numpy", "rich"} == set()


def test_status_loads_no_model_library(work):
    done = process("status", "--corpus", str(work / "corpus"), "--index", str(work / "index"), program=WHAT_IS_LOADED)
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    assert set(loaded) & set(HEAVY) == set()


def test_the_version_is_told():
    assert CliRunner().invoke(app, ["--version"]).stdout == f"osxp-rag {osxp_rag.__version__}\n"


def test_an_error_of_ours_is_one_line_and_no_traceback():
    done = process("status", OSXP_RAG_PORT="many")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("osxp-rag: port = 'many':")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask"], "Missing argument 'QUESTION'"),
        (["ask", "Why?", "--top-k", "0"], "--top-k"),
        (["ask", "Why?", "--filter", "kind"], "'kind' is not KEY=VALUE"),
        (["ask", "Why?", "--filter", "kind=a", "--filter", "kind=b"], "kind is given twice"),
        (["ask", "Why?", "--corpus", "no/such/folder"], "--corpus"),
        (["chat", "--port", "65536"], "--port"),
        (["batch", "no-such-file.txt", "-o", "out.csv"], "no-such-file.txt"),
        (["eval", "no-such-file.jsonl"], "no-such-file.jsonl"),
        (["nonsense"], "No such command"),
    ],
)
def test_bad_usage_exits_with_2_and_says_what_is_wrong(arguments, message):
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_an_unknown_filter_is_bad_usage(work):
    result = invoke(work, "ask", QUESTION, "--filter", "colour=blue")
    assert result.exit_code == 2
    assert "unknown filter colour; known: document, kind" in result.stderr


@pytest.mark.parametrize(
    ("questions", "out", "message"),
    [
        ("in.txt", "out.doc", "ends in none of .jsonl, .csv, .md"),
        ("in.doc", "out.csv", "ends in none of .txt, .csv, .jsonl"),
        ("in.txt", "none/out.csv", "there is no folder"),
        ("in.csv", "in.csv", "OUT is IN"),
    ],
)
def test_a_batch_that_could_only_fail_is_not_begun(work, tmp_path, questions, out, message):
    (tmp_path / questions).write_text("question\n", encoding="utf-8")
    result = invoke(work, "batch", str(tmp_path / questions), "-o", str(tmp_path / out))
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_a_question_is_answered_as_the_documented_json(work):
    result = invoke(work, "ask", QUESTION, "--json", "--filter", "document=proxmox.md")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(answer) == [
        "question", "status", "reason", "text", "language", "confidence", "engine", "generation",
        "citations", "nearest", "timings_ms", "direct", "considered", "condensed", "choices", "notices",
    ]  # fmt: skip
    assert answer["citations"][0]["document"] == "proxmox.md"


def test_a_question_that_holds_markup_is_answered_like_any_other(work):
    result = invoke(work, "ask", "What can replace [/bold] VMware? :smile: \x1b[31m")
    assert result.exit_code == 0
    assert "“Proxmox VE is an open source platform that can replace VMware.”" in result.stdout
    assert "\x1b" not in result.stdout


def test_a_refusal_exits_with_0_unless_it_is_asked_to_be_3(work):
    nothing = ("ask", QUESTION, "--filter", "lang=de")
    assert invoke(work, *nothing).exit_code == 0
    refused = invoke(work, *nothing, "--fail-on-abstain")
    assert refused.exit_code == 3
    assert refused.stdout == "No document passes these filters.\n"


def test_a_conversation_goes_on_in_a_file(work, tmp_path):
    file = tmp_path / "talk.jsonl"
    first = invoke(work, "ask", "What is Proxmox VE?", "--conversation", str(file))
    second = invoke(work, "ask", "what can it replace?", "--conversation", str(file))
    assert first.exit_code == second.exit_code == 0
    assert second.stdout.startswith("Understood as: what can Proxmox VE replace?\n")
    asked = [json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert asked == ["What is Proxmox VE?", "what can it replace?"]


def test_a_conversation_of_other_json_is_an_error_that_names_the_line(work, tmp_path):
    file = tmp_path / "talk.jsonl"
    file.write_text('{"question": "What is Proxmox VE?"}\n{"text": "It is."}\n', encoding="utf-8")
    result = invoke(work, "ask", "what can it replace?", "--conversation", str(file))
    assert result.exit_code == 1
    assert "talk.jsonl, line 2: an earlier answer is not what an answer's JSON looks like" in result.stderr
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2


def test_a_search_lists_passages_with_their_scores(work):
    shown = invoke(work, "search", QUESTION).stdout
    assert shown.startswith("[1] Proxmox VE\n    proxmox.md [")
    assert "\n\n[2] CryptPad\n" in shown


def test_a_missing_index_is_made_and_a_stale_one_is_told_of(tmp_path):
    write_corpus(tmp_path / "corpus", FILES)
    first = invoke(tmp_path, "ask", QUESTION)
    assert first.exit_code == 0
    assert first.stderr.startswith("There is no index yet: indexing ")
    (tmp_path / "corpus" / "new.md").write_text("# New\n\nSomething new.\n", encoding="utf-8")
    second = invoke(tmp_path, "search", QUESTION, "--json", "--top-k", "3")
    assert "changed since they were indexed" in second.stderr
    hits = json.loads(second.stdout)["hits"]
    assert [hit["document"] for hit in hits] == ["proxmox.md", "cryptpad.md"]
    assert {"score", "dense", "lexical"} <= set(hits[0])


def test_index_tells_what_it_did_and_which_files_failed(tmp_path):
    write_corpus(tmp_path / "corpus", FILES)
    (tmp_path / "corpus" / "broken.md").write_bytes(b"caf\0\xe9")
    planned = invoke(tmp_path, "index", "--dry-run")
    assert planned.stdout.splitlines()[1:] == ["add       broken.md", "add       cryptpad.md", "add       proxmox.md"]
    assert not (tmp_path / "index").exists()
    made = invoke(tmp_path, "index")
    assert made.exit_code == 1
    assert (
        "2 added, 0 changed, 0 renamed, 0 removed, 0 unchanged; 2 passages, 2 embedded, 0 reused; 1 failed"
        in made.stdout
    )
    assert made.stderr == "failed: broken.md: is not text\n"
    (tmp_path / "corpus" / "broken.md").unlink()
    mended = invoke(tmp_path, "index", "--json")
    assert mended.exit_code == 0
    assert json.loads(mended.stdout)["plan"]["removed"] == ["broken.md"]
    again = invoke(tmp_path, "index")
    assert "nothing changed" in again.stdout
    assert invoke(tmp_path, "index", "--dry-run").stdout == "Nothing to do: the index is up to date.\n"


def test_a_batch_exits_with_1_where_a_row_failed(work, tmp_path):
    questions, out = tmp_path / "in.jsonl", tmp_path / "out.md"
    questions.write_text(f'{{"question": "{QUESTION}"}}\n{{}}\n', encoding="utf-8")
    result = invoke(work, "batch", str(questions), "-o", str(out))
    assert result.exit_code == 1
    assert result.stdout.endswith("out.md: 1 answered, 0 abstained, 1 error.\n")
    assert "> Proxmox VE is an open source platform that can replace VMware." in out.read_text(encoding="utf-8")


def test_an_evaluation_prints_scores_and_writes_its_report(work, tmp_path):
    questions, report = tmp_path / "q.jsonl", tmp_path / "report.json"
    questions.write_text(
        f'{{"id": "a", "lang": "en", "type": "fact", "question": "{QUESTION}", "answerable": true,'
        ' "documents": ["proxmox.md"], "patterns": ["Hyper-V"]}\n',
        encoding="utf-8",
    )
    result = invoke(work, "eval", str(questions), "-o", str(report))
    assert result.exit_code == 0
    assert re.search(r"^Recall@5, by document +1\.000 +1\.000–1\.000$", result.stdout, re.MULTILINE)
    assert "expected  Hyper-V (in proxmox.md)" in result.stdout
    assert json.loads(report.read_text(encoding="utf-8"))["overall"]["recall_at_5"] == 1.0


def read_json(url):
    with urllib.request.urlopen(url, timeout=60) as response:
        return json.load(response)


@pytest.mark.skipif(os.name != "posix", reason="sends a signal that only POSIX has")
def test_the_chat_shows_its_page_indexes_and_serves_until_it_is_interrupted(tmp_path):
    write_corpus(tmp_path / "corpus", FILES)
    (tmp_path / "corpus" / "broken.md").write_bytes(b"caf\0\xe9")
    folders = ["--corpus", str(tmp_path / "corpus"), "--index", str(tmp_path / "index")]
    program = "from osxp_rag.channels.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-c", program, "chat", "--port", "0", *folders]
    with subprocess.Popen(command, env=environment, stdout=-1, stderr=-1, text=True, encoding="utf-8") as chat:
        line = chat.stdout.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert url, line + chat.stderr.read()
        with urllib.request.urlopen(url[0], timeout=60) as page:
            assert page.status == 200
        end = time.monotonic() + 240
        while not (state := read_json(f"{url[0]}/api/state"))["ready"]:
            assert state["trouble"] is None
            assert time.monotonic() < end
            time.sleep(0.2)
        chat.send_signal(signal.SIGINT)
        _, errors = chat.communicate(timeout=60)
    assert chat.returncode == 0
    assert "Left out: broken.md: is not text" in errors
    assert "Traceback" not in errors


def test_an_answer_shows_its_quote_with_where_it_is_from():
    assert shown(answer_with("It does.", url="https://example.org/a")) == (
        "It [/bold] does. [1]\n\n"
        "[1] A [title] › Why\n    “It does.”\n    talks/a.md\n    https://example.org/a\n\n"
        "Confidence: high (93%)\n"
    )


def direct_answer(quote, start, end):
    answer = answer_with(quote, text=f"{' '.join(quote.split())} [1]")
    return replace(answer, direct=Direct(1, start, end, quote[start:end]))


def test_direct_words_are_bold():
    first, *_ = coloured(direct_answer("It was on 3 May 2019.", 10, 20))
    assert first == "It was on \x1b[1m3 May 2019\x1b[0m. [1]"


def test_direct_words_are_bold_where_they_stand_though_spaces_are_gone_and_controls_hidden():
    first, *_ = coloured(direct_answer("It\x1b was\n   on 3\n May 2019.", 14, 25))
    assert first == "It  was on \x1b[1m3 May 2019\x1b[0m. [1]"


def test_direct_words_that_hold_markup_are_shown_as_they_are():
    first, *_ = coloured(direct_answer("It is [red]hot[/red] :fire: now.", 6, 27))
    assert first == "It is \x1b[1m[red]hot[/red] :fire:\x1b[0m now. [1]"


def test_direct_words_on_two_lines_are_bold_on_both():
    first, second, *_ = coloured(direct_answer(f"{'word ' * 5}Ada Martin spoke.", 25, 35), width=30)
    assert first.endswith("\x1b[1mAda\x1b[0m")
    assert second.startswith("\x1b[1mMartin\x1b[0m spoke.")


def test_a_list_has_no_bold_words():
    lines = coloured(answer_with("It does.", text="- It does. [1]\n- It does not. [1]"))
    assert lines[:2] == ["- It does. [1]", "- It does not. [1]"]


def test_a_follow_up_is_shown_as_it_was_understood():
    asked = replace(answer_with("It does."), condensed="Does [bold] Heron?")
    assert shown(asked).startswith("Understood as: Does [bold] Heron?\nIt [/bold] does. [1]\n")
    french = replace(answer_with("Oui.", language="fr"), condensed="Et Heron ?")
    assert shown(french).startswith("Compris comme\N{NO-BREAK SPACE}: Et Heron ?\n")


def test_a_french_answer_has_french_labels():
    output = shown(answer_with("Oui.", language="fr"))
    assert "«\N{NO-BREAK SPACE}Oui.\N{NO-BREAK SPACE}»" in output
    assert "Confiance\N{NO-BREAK SPACE}: élevée (93\N{NO-BREAK SPACE}%)" in output


def test_what_a_terminal_would_obey_is_not_shown():
    output = shown(answer_with("It\x1b[2J\x07 does\u202e.", title="[red]\x9b31m :smile:"))
    assert "It [2J  does ." in output
    assert "[red] 31m :smile:" in output


def test_long_lines_stay_within_the_width_and_list_items_hang():
    output = shown(answer_with("word " * 20, text=f"- {'word ' * 20}[1]"), width=40)
    assert max(len(line) for line in output.splitlines()) <= 40
    assert output.splitlines()[1].startswith("  word")
    assert [line for line in output.splitlines() if line != line.rstrip()] == []


def test_a_refusal_shows_the_nearest_documents_and_no_confidence():
    near = (Nearest("talks/a.md", "A"),)
    output = shown(Answer("?", "abstained", "no_evidence", "Rien.", "fr", 0.1, "quotes", None, nearest=near))
    assert output == ("Rien.\n\nLes documents les plus proches\N{NO-BREAK SPACE}:\n- A (talks/a.md)\n")


@pytest.mark.parametrize(("probability", "words"), [(0.85, "high"), (0.65, "fair"), (0.649, "low")])
def test_a_confidence_is_told_in_words(probability, words):
    assert words in confidence(probability, ENGLISH)
    assert words not in confidence(probability, FRENCH)


def test_an_engine_that_does_not_exist_is_an_error_that_names_the_setting(work):
    result = invoke(work, "ask", QUESTION, "--engine", "oracle")
    assert result.exit_code == 1
    assert "engine = 'oracle'" in result.stderr
    assert "quotes" in result.stderr


@pytest.mark.parametrize(
    ("language", "named"), [("en", "also: b.md, c [1].md"), ("fr", "aussi\N{NO-BREAK SPACE}: b.md")]
)
def test_other_files_of_the_same_content_are_named_beside_the_quote(language, named):
    answer = answer_with("It does.", language=language)
    citation = replace(answer.citations[0], also=("b.md", "c [1].md"))
    assert named in shown(replace(answer, citations=(citation,)))
    assert named not in shown(answer)
