"""Fetch one page over HTTP, within limits. The only code of osxp-rag that uses a network."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from osxp_rag.corpus.limits import MEGABYTE
from osxp_rag.errors import CorpusError

REDIRECTS = 5
ENDINGS = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "application/pdf": ".pdf",
    "text/markdown": ".md",
    "text/plain": ".txt",
}
_HEADERS = {
    "User-Agent": "osxp-rag (fetches single pages that its user names)",
    "Accept": ", ".join(ENDINGS) + ";q=0.9",
    "Accept-Language": "en, fr;q=0.9, *;q=0.5",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What an address gave: its final address, without fragment, the ending of its type, its bytes.

    `charset` is the encoding that the server names, or None.
    """

    url: str
    ending: str
    content: bytes
    charset: str | None


def fetch(url: str, max_mb: float, seconds: float) -> Page:
    """Fetch a page of at most `max_mb` MB, within `seconds` in all; nothing is sent but the request itself.

    Raises:
        CorpusError: no answer, another status than 200, too large, too slow, too many or odd redirects, or of a type
            that is not read.
    """
    deadline = time.monotonic() + seconds
    cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    asked = url
    try:
        with httpx.Client(headers=_HEADERS, timeout=seconds, cookies=cookies, follow_redirects=False) as client:
            for _ in range(REDIRECTS + 1):
                _check_address(url, asked)
                with _answer(client, asked) as response:
                    if not response.is_redirect:
                        return _page(url, response, max_mb, deadline, seconds)
                    asked = str(httpx.URL(asked).join(response.headers["Location"]))
    except httpx.TimeoutException as error:
        raise _too_slow(url, seconds) from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
        raise CorpusError(url, f"cannot be fetched ({error or type(error).__name__})") from error
    raise CorpusError(url, f"leads on more than {REDIRECTS} times; name the page that it leads to")


@contextmanager
def _answer(client: httpx.Client, url: str) -> Iterator[httpx.Response]:
    with client.stream("GET", httpx.URL(url).copy_with(fragment=None)) as response:
        yield response


def _check_address(url: str, asked: str) -> None:
    address = httpx.URL(asked)
    where = "" if asked == url else f"leads to {asked}, which "
    if address.scheme not in ("http", "https") or not address.host:
        raise CorpusError(url, f"{where}is not fetched: only http and https are")
    if address.userinfo:
        raise CorpusError(url, f"{where}holds a name or password; fetch it yourself, and add the file")


def _page(url: str, response: httpx.Response, max_mb: float, deadline: float, seconds: float) -> Page:
    if response.status_code != httpx.codes.OK:
        raise CorpusError(url, f"the server answers {response.status_code} {response.reason_phrase}".rstrip())
    kind, charset = _content_type(response.headers.get("Content-Type", ""))
    if kind not in ENDINGS:
        known = f"is of the type {kind or 'unknown'}; fetched are HTML, PDF, Markdown and plain text"
        raise CorpusError(url, f"{known}. Save it yourself, and add the file")
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > max_mb * MEGABYTE:
            raise CorpusError(url, f"is larger than max_file_mb = {max_mb:g}; raise it", skipped=True)
        if time.monotonic() > deadline:
            raise _too_slow(url, seconds)
    return Page(str(response.url.copy_with(fragment=None)), ENDINGS[kind], bytes(content), charset)


def _content_type(header: str) -> tuple[str, str | None]:
    message = Message()
    message["Content-Type"] = header
    return (message.get_content_type() if header else ""), message.get_content_charset()


def _too_slow(url: str, seconds: float) -> CorpusError:
    return CorpusError(url, f"took longer than max_seconds = {seconds:g}; raise it, or try again later", skipped=True)
