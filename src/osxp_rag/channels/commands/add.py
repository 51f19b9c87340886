"""`osxp-rag add`: add files and pages to the corpus, a line each, and index them where that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from osxp_rag.channels.commands.index import summary
from osxp_rag.channels.terminal import note, plain, print_json, progress
from osxp_rag.corpus.adding.add import FOLDER, Added, Adder
from osxp_rag.corpus.limits import Limits
from osxp_rag.errors import CorpusError
from osxp_rag.index.update import Update, update
from osxp_rag.settings import PACKAGED_CORPUS

if TYPE_CHECKING:
    from osxp_rag.settings import Settings

_DONE = ("added", "replaced")


def run(
    settings: Settings, sources: Sequence[str], folder: str | None, *, replace: bool, then_update: bool, as_json: bool
) -> bool:
    """Add every source; return whether all are in the corpus, and in the index where that was updated too."""
    adder = adder_of(settings, folder, replace=replace)
    results = []
    for source in sources:
        results.append(adder.add(source))
        if not as_json:
            typer.echo(plain(line(results[-1])), err=results[-1].state == "failed")
    updated = _updated(settings) if then_update and any(one.state != "failed" for one in results) else None
    _report(results, updated, then_update=then_update, as_json=as_json)
    return all(one.state != "failed" for one in results) and not (updated and updated.failures)


def adder_of(settings: Settings, folder: str | None = None, *, replace: bool = False) -> Adder:
    """Return what adds to the corpus of the settings.

    Raises:
        CorpusError: it is none, or the one inside the package.
    """
    corpus = settings.corpus_dir
    if corpus == PACKAGED_CORPUS:
        raise CorpusError(str(corpus), "is the package's own corpus; name a folder of yours with --corpus")
    if not corpus.is_dir():
        raise CorpusError(str(corpus), "there is no such folder; name one with --corpus or OSXP_RAG_CORPUS")
    return Adder(
        corpus,
        FOLDER if folder is None else folder,
        replace=replace,
        allow_network=settings.allow_network,
        max_file_mb=settings.max_file_mb,
        limits=Limits.of(settings),
    )


def line(result: Added) -> str:
    """Return what became of one source in one line."""
    if result.state == "failed":
        return f"failed    {result.source}: {result.reason}"
    if result.state == "there":
        return f"there     {result.source}: already in the corpus, as {result.path}"
    return f"{result.state:<9} {result.source} → {result.path}"


def _updated(settings: Settings) -> Update:
    with progress("Loading the model") as show:
        return update(settings, progress=show)


def _report(results: Sequence[Added], updated: Update | None, *, then_update: bool, as_json: bool) -> None:
    if as_json:
        index = updated.to_dict() if updated else None
        print_json({"results": [one.to_dict() for one in results], "index": index})
    elif updated:
        typer.echo(plain(summary(updated)))
    elif not then_update and any(one.state in _DONE for one in results):
        note("To take them into the index, run: osxp-rag index")
    for record in updated.failures if updated else ():
        note(f"{record.state}: {record.path}: {record.reason}")
