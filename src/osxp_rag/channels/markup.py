"""Text that Markdown and HTML show as it is. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_MARKUP = re.compile(r"([\\`*_<>#|~]|\[(?!\d+\]))")  # a citation's mark, as in [1], stays readable
_LIST_START = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)", re.MULTILINE)


def inline(text: str) -> str:
    """Return text on one line, escaped."""
    return block(" ".join(text.split()))


def block(text: str) -> str:
    """Return text with what Markdown or HTML would read as markup escaped."""
    return _LIST_START.sub(_escape_list_start, _MARKUP.sub(r"\\\1", text))


def code(text: str) -> str:
    """Return text on one line as a span of code, which Markdown shows letter by letter."""
    line = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def web_address(url: str | None) -> str | None:
    """Return an address of the web that a page may link to; None for any other, and for what is none."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    plain = url is not None and not re.search(r"[\s<>\"]", url)
    return url if plain and parts.scheme in ("http", "https") and parts.netloc else None


def _escape_list_start(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2][:-1]}\\{match[2][-1]}"
