"""How much of a file is read: bounds that keep one file from stopping the others."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from osxp_rag.errors import CorpusError

if TYPE_CHECKING:
    from osxp_rag.settings import Settings

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one file may have or take; each is a setting of the same name."""

    max_pages: int = 2000
    max_expanded_mb: float = 200.0
    max_seconds: float = 60.0

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Return the limits that the settings ask for."""
        return cls(settings.max_pages, settings.max_expanded_mb, settings.max_seconds)

    @property
    def identity(self) -> str:
        """The limits in one line: a file that was passed over is looked at again when it differs."""
        return " ".join(f"{name}={value:g}" for name, value in asdict(self).items())

    def check_pages(self, count: int, unit: str) -> None:
        """Refuse a file of more pages than `max_pages`.

        Raises:
            LimitError: it has more.
        """
        if count > self.max_pages:
            raise LimitError(f"has {count} {unit}s, more than max_pages = {self.max_pages}; raise it or split the file")

    def check_expanded(self, size: int) -> None:
        """Refuse content of more bytes or characters than `max_expanded_mb` allows.

        Raises:
            LimitError: it is larger.
        """
        if size > self.max_expanded_mb * MEGABYTE:
            limit = f"max_expanded_mb = {self.max_expanded_mb:g}"
            raise LimitError(f"unpacks to {size / MEGABYTE:.0f} MB, more than {limit}; raise it or split the file")

    @property
    def too_slow(self) -> str:
        """Why a file is passed over whose time is up."""
        return f"took longer than max_seconds = {self.max_seconds:g}; raise it or split the file"


class FormatError(Exception):
    """A file is not what its name says, or is broken; the reason is the message. Its path is added outside."""


class LimitError(FormatError):
    """A file is passed over because of a limit."""


def as_corpus_error(path: str, error: FormatError) -> CorpusError:
    """Return the error with the file's path."""
    return CorpusError(path, str(error), skipped=isinstance(error, LimitError))
