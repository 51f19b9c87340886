"""The commands that look after corpus and index: `add`, `index`, `status`, `doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from osxp_rag.channels.options import Corpus, Index, Json, settings_from

Generation = Annotated[
    str | None,
    typer.Argument(metavar="ID", show_default=False, help="With --verify or --rollback: a generation that is kept."),
]


def add_maintenance(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(add)
    app.command(name="index")(index_command)
    app.command()(status)
    app.command()(doctor)


def add(
    sources: Annotated[list[str], typer.Argument(metavar="FILE_OR_URL...", show_default=False, help="What to add.")],
    folder: Annotated[
        str | None, typer.Option("--folder", metavar="NAME", help="Folder of the corpus, `added` unless given.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of a file of the same name, with other content.")
    ] = False,
    allow_network: Annotated[
        bool, typer.Option("--allow-network", help="Fetch pages by http and https; without it nothing is fetched.")
    ] = False,
    then_update: Annotated[
        bool, typer.Option("--update", help="Then bring the index up to date, as `index` does.")
    ] = False,
    as_json: Json = False,
    corpus: Corpus = None,
    index: Index = None,
) -> None:
    """Add files to the documents, or pages where the network is allowed."""
    from osxp_rag.channels.commands import add as command

    settings = settings_from(corpus, index, allow_network=allow_network or None)
    if not command.run(settings, sources, folder, replace=replace, then_update=then_update, as_json=as_json):
        raise typer.Exit(1)


def index_command(
    generation: Generation = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Read and embed everything anew.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on and follow the documents until Ctrl-C.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Only check the generation that serves, or ID.")] = False,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Have the generation before serve again, or ID.")
    ] = False,
    keep: Annotated[
        int | None, typer.Option("--keep", metavar="N", min=1, max=100, help="Generations to keep, 3 unless set.")
    ] = None,
    as_json: Json = False,
    corpus: Corpus = None,
    index: Index = None,
) -> None:
    """Bring the index up to date with the documents."""
    from osxp_rag.channels.commands import index as command

    _check(generation, watch=watch, verify=verify, rollback=rollback, other={"--dry-run": dry_run, "--full": full})
    settings = settings_from(corpus, index, keep_generations=keep)
    if verify:
        done = command.verify(settings, generation, as_json=as_json)
    elif rollback:
        done = command.roll_back(settings, generation, as_json=as_json)
    elif watch:
        from osxp_rag.channels.commands import watch as follow

        done = follow.run(settings)
    else:
        done = command.run(settings, full=full, dry_run=dry_run, as_json=as_json)
    if not done:
        raise typer.Exit(1)


def status(as_json: Json = False, corpus: Corpus = None, index: Index = None) -> None:
    """Show what is indexed, file by file, and what has changed."""
    from osxp_rag.channels.commands import status as command

    if not command.run(settings_from(corpus, index), as_json=as_json):
        raise typer.Exit(1)


def doctor(as_json: Json = False, corpus: Corpus = None, index: Index = None) -> None:
    """Check that all is in place; say what mends the rest."""
    from osxp_rag.channels.commands import doctor as command

    if not command.run(settings_from(corpus, index), as_json=as_json):
        raise typer.Exit(1)


def _check(generation: str | None, *, watch: bool, verify: bool, rollback: bool, other: dict[str, bool]) -> None:
    """Make sure that at most one thing is asked for, and an id only where it is of use."""
    wanted = {"--watch": watch, "--verify": verify, "--rollback": rollback, **other}
    given = [name for name, value in wanted.items() if value]
    if len(given) > 1 and set(given) != set(other):
        raise typer.BadParameter("does not go with " + " or ".join(given[1:]), param_hint=f"'{given[0]}'")
    if generation and not (verify or rollback):
        raise typer.BadParameter("only goes with --verify or --rollback; leave it out", param_hint="'ID'")
