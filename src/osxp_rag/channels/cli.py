"""The command line: names, options and exit codes. What a command does is in `commands/`, imported when it runs."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import osxp_rag
from osxp_rag.channels.maintenance import add_maintenance
from osxp_rag.channels.measuring import add_measuring
from osxp_rag.channels.options import Corpus, Engine, Index, Json, settings_from
from osxp_rag.corpus.text import well_formed
from osxp_rag.errors import FilterError, OsxpError

PROGRAM = "osxp-rag"


class _Commands(TyperGroup):
    """Turns the errors that we raise on purpose into one clear line and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except FilterError as error:
            raise typer.BadParameter(str(error), param_hint="'--filter'") from error
        except OsxpError as error:
            typer.echo(f"{PROGRAM}: {error}", err=True)
            raise typer.Exit(1) from error


# Plain help, not Rich's: it comes three times faster, and reads the same in a pipe.
app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Question = Annotated[str, typer.Argument(metavar="QUESTION", help="In English or in French; quote it.")]
TopK = Annotated[
    int | None, typer.Option("--top-k", metavar="N", min=1, max=100, help="Passages to look at, 10 unless set.")
]
Filters = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="KEY=VALUE",
        help="Only documents with this value: kind=talk, lang=fr, technologies=Matrix… Several must all hold.",
    ),
]


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a character that the terminal lacks must not end the program
            stream.reconfigure(errors="backslashreplace")
    app(prog_name=PROGRAM)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {osxp_rag.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Ask Open Source Experience 2025, offline: every answer quotes its sources."""


@app.command()
def chat(
    host: Annotated[
        str | None, typer.Option(metavar="HOST", help="Address to listen on, 127.0.0.1 unless set.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(metavar="PORT", min=0, max=65535, help="Port, 7860 unless set; 0 takes a free one."),
    ] = None,
    admin: Annotated[bool, typer.Option("--admin", help="Let visitors add files and index them.")] = False,
    corpus: Corpus = None,
    index: Index = None,
) -> None:
    """Chat in the browser, on an index brought up to date first."""
    from osxp_rag.channels.commands import chat as command

    command.run(settings_from(corpus, index, host=host, port=port, admin=admin or None))


@app.command()
def ask(
    question: Question,
    as_json: Json = False,
    top_k: TopK = None,
    filters: Filters = None,
    engine: Engine = None,
    fail_on_abstain: Annotated[
        bool, typer.Option("--fail-on-abstain", help="Exit with 3 where the documents do not hold the answer.")
    ] = False,
    conversation: Annotated[
        Path | None,
        typer.Option(
            "--conversation",
            metavar="FILE",
            dir_okay=False,
            help="Follow up on the answers in this .jsonl file, and add this one to it; it need not exist yet.",
        ),
    ] = None,
    corpus: Corpus = None,
    index: Index = None,
) -> None:
    """Answer one question, with quotes."""
    from osxp_rag.channels.commands import ask as command

    wanted = _parse_filters(filters)
    settings = settings_from(corpus, index, top_k=top_k, engine=engine)
    answered = command.ask(settings, well_formed(question), wanted, conversation=conversation, as_json=as_json)
    if fail_on_abstain and not answered:
        raise typer.Exit(3)


@app.command()
def search(
    question: Question,
    as_json: Json = False,
    top_k: TopK = None,
    filters: Filters = None,
    corpus: Corpus = None,
    index: Index = None,
) -> None:
    """List the passages nearest to a question, with their scores."""
    from osxp_rag.channels.commands import ask as command

    wanted = _parse_filters(filters)
    command.search(settings_from(corpus, index, top_k=top_k), well_formed(question), wanted, as_json=as_json)


@app.command()
def batch(
    questions: Annotated[
        Path,
        typer.Argument(
            metavar="IN",
            exists=True,
            dir_okay=False,
            help="Questions: .txt (one a line), .csv (a column `question`) or .jsonl (a key `question`); rows with the "
            "same `conversation` follow up on each other.",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", dir_okay=False, help="Answers: .jsonl, .csv or .md.")
    ],
    corpus: Corpus = None,
    index: Index = None,
) -> None:
    """Answer a file of questions into a file of answers."""
    from osxp_rag.channels.commands import batch as command

    if command.run(settings_from(corpus, index), questions, out):
        raise typer.Exit(1)


add_maintenance(app)
add_measuring(app)


def _parse_filters(given: list[str] | None) -> dict[str, str]:
    """Return filters by key.

    Raises:
        FilterError: one is not `key=value`, or a key is given twice.
    """
    filters: dict[str, str] = {}
    for item in given or ():
        key, separator, value = (part.strip() for part in well_formed(item).partition("="))
        if not (key and separator and value):
            raise FilterError(f"{item!r} is not KEY=VALUE")
        if key in filters:
            raise FilterError(f"{key} is given twice")
        filters[key] = value
    return filters
