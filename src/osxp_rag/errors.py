"""The errors that osxp-rag raises on purpose.

OsxpError                     everything below; the message says what to do about it
├── SettingsError             a setting that is unknown or out of its range
├── CorpusError               one file of the corpus, which is skipped and reported
├── ModelError                weights that are missing, damaged or of another kind
├── EngineError               a language model that is down, slow, cut off, or says nothing of use
├── IndexStateError           the index as a whole
│   ├── IndexMissingError     nothing was indexed yet
│   └── IndexMismatchError    built with other settings than the ones in force
├── FilterError               a filter on a key that documents do not have
├── QuestionsError            a file of questions that cannot be read
├── ChatsError                the file of kept conversations cannot be used
├── RequestError              something that the page asked for and cannot have; `code` says what, for its own words
└── VerificationError         an answer whose quote is not in its document: a bug of ours
"""

from __future__ import annotations

from typing import Literal

EngineFault = Literal["down", "slow", "cut", "garbage"]


class OsxpError(Exception):
    """Base of every error that osxp-rag raises on purpose."""


class SettingsError(OsxpError):
    """A setting is unknown, or its value is out of range."""


class CorpusError(OsxpError):
    """A file of the corpus cannot become a document; `skipped` where a limit, not a fault, keeps it out."""

    def __init__(self, path: str, reason: str, *, skipped: bool = False) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
        self.skipped = skipped


class ModelError(OsxpError):
    """A model's weights are missing, damaged or of an unknown layout."""


class EngineError(OsxpError):
    """A language model does not answer as it should; `fault` says in which way. Answers go on without it."""

    def __init__(self, fault: EngineFault, message: str) -> None:
        super().__init__(message)
        self.fault: EngineFault = fault


class IndexStateError(OsxpError):
    """The index cannot be used as it is."""


class IndexMissingError(IndexStateError):
    """There is no index yet."""


class IndexMismatchError(IndexStateError):
    """The index was built with other settings than the ones in force."""


class FilterError(OsxpError):
    """A filter names a key that documents do not have."""


class QuestionsError(OsxpError):
    """A file of questions cannot be read."""


class ChatsError(OsxpError):
    """The file of kept conversations cannot be used."""


class RequestError(OsxpError):
    """Something that a client of the web channel asked for and cannot have.

    `code` is one of a closed set (see `channels.problems`), for the interface to say it in its own words.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class VerificationError(OsxpError):
    """A quote is not the text of its document at its offsets."""
