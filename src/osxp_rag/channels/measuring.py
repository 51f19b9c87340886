"""The command `eval`: what is measured, on which file, and where the scores go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from osxp_rag.channels.options import Corpus, Engine, Index, Json, settings_from


def add_measuring(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="eval")(evaluate)


def evaluate(
    questions: Annotated[
        Path | None,
        typer.Argument(
            metavar="QUESTIONS",
            exists=True,
            dir_okay=False,
            show_default=False,
            help="A .jsonl file of questions and what is expected of their answers.",
        ),
    ] = None,
    squad: Annotated[
        Path | None,
        typer.Option(
            "--squad",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Instead: measure the reader alone on a .json file in SQuAD's format, 1.1 or 2.0.",
        ),
    ] = None,
    passages: Annotated[
        Path | None,
        typer.Option(
            "--passages",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Instead: measure what the reader refuses, on a .jsonl file of questions with passages (NoMIRACL).",
        ),
    ] = None,
    spans: Annotated[
        Path | None,
        typer.Option(
            "--spans",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Instead: measure what retrieval finds, on a .jsonl file of questions with references (Chroma).",
        ),
    ] = None,
    conversations: Annotated[
        Path | None,
        typer.Option(
            "--conversations",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Instead: hold the conversations of a .jsonl file, and measure the follow-up questions.",
        ),
    ] = None,
    corpus_files: Annotated[
        Path | None,
        typer.Option(
            "--corpus-files", metavar="DIR", exists=True, file_okay=False, help="With --spans: the files referred to."
        ),
    ] = None,
    split: Annotated[
        Literal["dev", "test"] | None,
        typer.Option("--split", metavar="dev|test", help="Only the questions or conversations of this split."),
    ] = None,
    outputs: Annotated[
        list[Path] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="REPORT",
            dir_okay=False,
            help="Write the scores here too, as .json, those of QUESTIONS and conversations also as .md; may be given "
            "several times.",
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option("--report", metavar="PAGE", dir_okay=False, help="Write a page to look at, as .html."),
    ] = None,
    engine: Engine = None,
    as_json: Json = False,
    corpus: Corpus = None,
    index: Index = None,
) -> None:
    """Score answers, the reader or retrieval on a file.

    QUESTIONS are answered, and what fails is explained. In its place, --conversations holds conversations, --squad and
    --passages measure the reader alone, --spans splitting and retrieval.
    """
    others = {"--conversations": conversations, "--squad": squad, "--passages": passages, "--spans": spans}
    _check_what_is_measured(questions, others)
    _check_goes_with("--spans", spans, {"--corpus-files": corpus_files})
    _check_goes_with("QUESTIONS", questions, {"--report": page})
    answered = {"--split": split, "--engine": engine, "--corpus": corpus, "--index": index}
    _check_goes_with("QUESTIONS or --conversations", questions or conversations, answered)
    if spans and not corpus_files:
        raise typer.BadParameter("needs the folder of its files: --corpus-files DIR", param_hint="'--spans'")
    settings = settings_from(corpus, index, engine=engine)
    if questions:
        from osxp_rag.channels.commands import evaluate as command

        command.run(settings, questions, split=split, outputs=outputs or (), page=page, as_json=as_json)
        return
    if conversations:
        from osxp_rag.channels.commands import conversations as talks

        talks.run(settings, conversations, split=split, outputs=outputs or (), as_json=as_json)
        return
    from osxp_rag.channels.commands import measure

    if squad:
        measure.squad(settings, squad, outputs=outputs or (), as_json=as_json)
    elif passages:
        measure.passages(settings, passages, outputs=outputs or (), as_json=as_json)
    elif spans and corpus_files:
        measure.spans(settings, spans, corpus_files, outputs=outputs or (), as_json=as_json)


def _check_what_is_measured(questions: Path | None, others: dict[str, Path | None]) -> None:
    """Make sure that exactly one thing is to be measured."""
    every = {"QUESTIONS": questions, **others}
    given = [name for name, path in every.items() if path]
    if len(given) > 1:
        raise typer.BadParameter(f"{' and '.join(given)} are given; name only one of them", param_hint="QUESTIONS")
    if not given:
        raise typer.BadParameter(f"name one of {', '.join(every)}, each with its file", param_hint="QUESTIONS")


def _check_goes_with(name: str, wanted: Path | None, options: dict[str, Any]) -> None:
    """Make sure that options are only given where they are of use."""
    useless = [option for option, value in options.items() if value is not None]
    if useless and wanted is None:
        raise typer.BadParameter(f"only goes with {name}; leave it out", param_hint=f"'{useless[0]}'")
