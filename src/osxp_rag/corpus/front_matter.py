"""YAML front matter: the block between two `---` lines at the top of a Markdown file."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from osxp_rag.corpus.document import Metadata, Source
from osxp_rag.errors import CorpusError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FENCE = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)
Track = Literal["business", "ai", "cloud", "collaboration", "development", "cybersecurity", "international"]
Day = date
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: Text
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")]


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: Text
    kind: Literal["article", "talk", "event"]
    lang: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    date: date
    track: Track | None = None
    organisations: list[Text] = Field(default_factory=list)
    technologies: list[Text] = Field(default_factory=list)
    speakers: list[Text] = Field(default_factory=list)
    sources: list[_Source] = Field(default_factory=list)
    retrieved: Day | None = None


def split_front_matter(text: str, path: str) -> tuple[Metadata | None, str]:
    """Return the metadata, or None where there is no front matter, and the text below it.

    Raises:
        CorpusError: the block is not closed, not YAML, or has an unknown, missing or wrong key.
    """
    opening = _FENCE.match(text)
    if not opening:
        return None, text
    closing = _FENCE.search(text, opening.end())
    if not closing:
        raise CorpusError(path, "the front matter is not closed: add a line --- below its last key")
    return _metadata(_parse(text[opening.end() : closing.start()], path), path), text[closing.end() :]


def _parse(block: str, path: str) -> dict[str, Any]:
    try:
        values = _loaded(block)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 2}" if mark else ""
        raise CorpusError(
            path, f"the front matter is not valid YAML{line}: {getattr(error, 'problem', error)}"
        ) from error
    except (ValueError, KeyError, AttributeError, RecursionError) as error:  # what PyYAML's constructors let through
        raise CorpusError(path, f"the front matter has a value that YAML cannot read: {error}") from error
    if not isinstance(values, dict):
        raise CorpusError(path, "the front matter must be `key: value` lines")
    return values


def _loaded(block: str) -> Any:
    """Read YAML with libyaml where it is there, ten times as fast; its errors in the words of the other."""
    try:
        return yaml.load(block, _LOADER)
    except yaml.YAMLError:
        return yaml.safe_load(block)


def _metadata(values: dict[str, Any], path: str) -> Metadata:
    try:
        checked = _FrontMatter.model_validate(values)
    except ValidationError as error:
        raise CorpusError(path, "; ".join(_explain(problem) for problem in error.errors())) from error
    return Metadata(
        title=checked.title,
        kind=checked.kind,
        lang=checked.lang,
        date=checked.date,
        track=checked.track,
        organisations=tuple(checked.organisations),
        technologies=tuple(checked.technologies),
        speakers=tuple(checked.speakers),
        sources=tuple(Source(source.title, source.url) for source in checked.sources),
        retrieved=checked.retrieved,
    )


def _explain(problem: Any) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"front matter key {key!r} is unknown; known: {', '.join(_FrontMatter.model_fields)}"
    if problem["type"] == "missing":
        return f"front matter key {key!r} is missing"
    return f"front matter key {key!r}: {problem['msg']}, not {problem['input']!r}"
