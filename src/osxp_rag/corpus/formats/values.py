"""What files write about themselves → our values. Pure."""

from __future__ import annotations

import re
from datetime import date

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_]|$)")


def language_of(code: str | None) -> str | None:
    """Return the two letters of a language tag such as `fr-FR`, or None."""
    match = _LANGUAGE.match((code or "").strip().lower())
    return match[1] if match else None


def day_of(value: str | None) -> date | None:
    """Return the day that an ISO 8601 date begins with, or None."""
    match = _DAY.match((value or "").strip())
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
