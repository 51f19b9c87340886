"""Bytes → text: UTF-8 first, then what the bytes look like, by charset-normalizer."""

from __future__ import annotations

import codecs
import re

from osxp_rag.corpus.limits import FormatError
from osxp_rag.corpus.text import normalised

# Longer marks first: UTF-32's little-endian one begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CANDIDATES = ["cp1252", "cp1250", "cp1251", "cp1253", "mac_roman", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"]
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_ODD = 0.01  # share of control characters from which on bytes are no text
_SAMPLE = 200_000  # characters looked at for them
_WESTERN = [b"\xe0", b"\xe3", b"\xe5", b"\xe6", b"\xf1"]  # à ã å æ ñ
_CENTRAL = [b"\xec", b"\xf8", b"\xb9", b"\xb3", b"\x9d", b"\x8d"]  # ě ř ą ł ť Ť
_MOSTLY = 0.6
_PAIRS = 8  # of bytes, below which zeros prove nothing
_WIDE = 0.4  # share of zero bytes in every second place from which on a text is UTF-16


def decode(content: bytes) -> str:
    """Return the text, normalised: NFC, line feeds only, no control characters but tabs.

    Raises:
        FormatError: the bytes are no text in any encoding.
    """
    return normalised(decode_raw(content))


def decode_raw(content: bytes, declared: str | None = None) -> str:
    """Return the text as it stands; `declared` is the encoding that the file itself names, tried after UTF-8.

    Raises:
        FormatError: the bytes are no text in any encoding.
    """
    marked = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), None)
    if marked:
        text = _tried(content[len(marked[0]) :], marked[1])
    else:
        text = _tried(content, _wide(content) or "utf-8") or _tried(content, declared) or _guessed(content)
    if text is None:
        raise FormatError("is not text")
    if "\0" in text:
        raise FormatError("is not text: it holds a NUL character")
    sample = text[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) > len(sample) * _ODD:
        raise FormatError("is not text: it is full of control characters")
    return text


def _tried(content: bytes, encoding: str | None) -> str | None:
    try:
        return content.decode(encoding) if encoding else None
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _wide(content: bytes) -> str | None:
    """Tell UTF-16 without a mark by the zero bytes of its Latin letters."""
    pairs = len(content) // 2
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if pairs >= _PAIRS and content[first::2].count(0) > pairs * _WIDE and content[1 - first :: 2].count(0) == 0:
            return name
    return None


def _guessed(content: bytes) -> str | None:
    if b"\0" in content:
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(content, cp_isolation=_CANDIDATES, enable_fallback=False).best()
    western = _tried(content, "cp1252")
    if western and (best is None or (best.encoding == "cp1250" and _is_western(content, western))):
        return western
    return str(best) if best else None


def _is_western(content: bytes, text: str) -> bool:
    """Tell Western Europe's encoding from Central Europe's, which charset-normalizer takes for one another.

    The same byte is `à` in one and the rare `ŕ` in the other; bytes that are common in one alone count.
    """
    letters = [character for character in text if character.isalpha()]
    mostly_ascii = sum(map(str.isascii, letters)) >= _MOSTLY * len(letters)
    central, western = (sum(map(content.count, some)) for some in (_CENTRAL, _WESTERN))
    return mostly_ascii and central <= western
