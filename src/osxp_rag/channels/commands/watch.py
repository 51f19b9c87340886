"""`osxp-rag index --watch`: follow the documents until Ctrl-C."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from osxp_rag.channels.commands.index import summary
from osxp_rag.channels.terminal import note, plain
from osxp_rag.errors import OsxpError
from osxp_rag.index.update import update

if TYPE_CHECKING:
    from osxp_rag.settings import Settings

QUIET = 700  # milliseconds without a change before an update: an editor writes, renames and removes in one go
LONGEST = 5000  # milliseconds after which an update is made although changes go on
LOOK = 500  # milliseconds from one look at the folder itself to the next
AGAIN = 5.0  # seconds until what failed as a whole is tried again


def run(settings: Settings) -> bool:
    """Bring the index up to date whenever the documents change; return when told to stop, by SIGINT or SIGTERM."""
    for told in (signal.SIGINT, signal.SIGTERM):  # a shell starts what runs in the background deaf to SIGINT
        signal.signal(told, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        follow(settings)
    note("Stopped.")
    return True


def follow(settings: Settings) -> None:
    """Update now, and then whenever something has changed; an update that fails is told and tried again."""
    note(f"Following {settings.corpus_dir}. Ctrl-C ends it.")
    due: float | None = time.monotonic()
    told = ""
    for changed in changes(settings.corpus_dir, wanted(settings)):
        if not changed and (due is None or time.monotonic() < due):
            continue
        due = None
        try:
            done = update(settings)
        except OsxpError as error:
            due = time.monotonic() + AGAIN
            if str(error) != told:
                note(f"Not indexed: {error}")
            told = str(error)
            continue
        if not done.plan.empty or not told:
            typer.echo(plain(summary(done)))
            for line in (*done.notes, *(f"{record.state}: {record.path}: {record.reason}" for record in done.failures)):
                note(line)
        told = done.generation or ""


def wanted(settings: Settings) -> Callable[[object, str], bool]:
    """Return what tells whether a path may matter: nothing hidden, and nothing of the index itself."""
    corpus, index = settings.corpus_dir, settings.index_dir

    def is_wanted(change: object, path: str) -> bool:
        found = Path(path)
        if found.is_relative_to(index):
            return False
        parts = found.relative_to(corpus).parts if found.is_relative_to(corpus) else found.parts
        return not any(part.startswith(".") for part in parts)

    return is_wanted


def changes(folder: Path, is_wanted: Callable[[object, str], bool]) -> Iterator[bool]:
    """Yield, twice a second at least, whether something below a folder has changed.

    The first one comes when changes are being noted already, so that none is missed after it. A folder that is
    removed and made again, or not there yet, is watched as soon as it is there.
    """
    from watchfiles import watch

    while True:
        watched = _identity(folder)
        if watched is None:
            yield False
            time.sleep(LOOK / 1000)
            continue
        with contextlib.suppress(FileNotFoundError):  # it went just now
            for found in watch(
                folder, watch_filter=is_wanted, debounce=LONGEST, step=QUIET, rust_timeout=LOOK, yield_on_timeout=True
            ):
                yield bool(found)
                if _identity(folder) != watched:
                    break
        yield True


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
