"""Strip a served page of every outside reference, and forbid the browser to follow one."""

from __future__ import annotations

import secrets
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OUTSIDE = ("http:", "https:", "//")
_HINTS = {"preconnect", "dns-prefetch", "prefetch", "manifest"}
_SOCIAL = ("og:", "twitter:")


def strip_page(html: str, nonce: str = "", head: str = "", body: str = "") -> str:
    """Return the page without outside references; its own scripts get the nonce.

    `head` is put at the end of its head, `body` at the beginning of its body.
    """
    page = _Page(nonce, head, body)
    page.feed(html)
    page.close()
    return "".join(page.kept)


def policy(nonce: str) -> str:
    """Return the content security policy: this origin only, and no script but the page's own.

    Gradio builds its templates with `Function`, hence unsafe-eval; without unsafe-inline, an event
    handler that slipped through the escaping still cannot run.
    """
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


class OfflinePages:
    """ASGI middleware that strips every HTML response and adds to it: the policy, `head`, `body`."""

    def __init__(self, app: ASGIApp, head: str = "", body: str = "") -> None:
        self._app = app
        self._own = (head, body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything that is not HTML passes through as it comes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # An answer that the inner application compressed could not be read here.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": headers}, receive, _Stripper(send, *self._own))


class _Stripper:
    """Hold an HTML response back until it is whole, then send it stripped."""

    def __init__(self, send: Send, head: str, body: str) -> None:
        self._send = send
        self._own = (head, body)
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        nonce = secrets.token_urlsafe(16)
        body = strip_page(self._body.decode("utf-8"), nonce, *self._own).encode("utf-8")
        headers = MutableHeaders(scope=start)
        if self._body:
            headers["Content-Length"] = str(len(body))
        headers["Content-Security-Policy"] = policy(nonce)
        headers["Referrer-Policy"] = "no-referrer"
        headers["X-Content-Type-Options"] = "nosniff"
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_html(start: Message) -> bool:
    return Headers(scope=start).get("content-type", "").startswith("text/html")


class _Page(HTMLParser):
    """Copy a page, leaving out what points outside."""

    def __init__(self, nonce: str, head: str, body: str) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self._head, self._body = head, body
        self._nonce = nonce
        self._skipping = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if _points_outside(tag, dict(attrs)):
            self._skipping = tag == "script"
            return
        text = self.get_starttag_text() or ""
        if tag == "script" and self._nonce:
            text = f'<script nonce="{self._nonce}"{text[len("<script") :]}'
        self.kept.append(text)
        if tag == "body":
            self.kept.append(self._body)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not _points_outside(tag, dict(attrs)):
            self.kept.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self._skipping and tag == "script":
            self._skipping = False
            return
        if tag == "head":
            self.kept.append(self._head)
        self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.kept.append(data)

    def handle_entityref(self, name: str) -> None:
        self.kept.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.kept.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.kept.append(f"<!{decl}>")


def _points_outside(tag: str, attrs: dict[str, str | None]) -> bool:
    if tag == "meta":
        return (attrs.get("property") or attrs.get("name") or "").startswith(_SOCIAL)
    if tag == "link" and _HINTS & set((attrs.get("rel") or "").lower().split()):
        return True
    target = attrs.get("href") if tag in {"link", "base"} else attrs.get("src")
    return (target or "").strip().lower().startswith(_OUTSIDE)
