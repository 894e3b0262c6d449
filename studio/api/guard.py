"""Stands in front of everything: who may ask (Host, Origin), how much, and what the answer tells the browser.

A page from elsewhere can make a browser talk to this machine; so a request must name one of our own hosts, and may
not come from another origin. Plain ASGI, since it also guards what Gradio answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.api.errors import answer

LOCAL = ("localhost", "127.0.0.1", "[::1]")
SAFE = ("GET", "HEAD", "OPTIONS")
MB = 2**20
BODY_LIMITS = (  # the first prefix that fits
    ("/api/v1/assets", 16 * 1024 * MB),
    ("/gradio_api/upload", 4 * 1024 * MB),
    ("/fal/storage/put/", 16 * 1024 * MB),
    ("/fal/files/", 16 * 1024 * MB),
    ("/api/uploadthing/put/", 16 * 1024 * MB),
    ("/api/v1/projects", 8 * MB),  # a film of twenty thousand clips; each step of it is kept
    ("/", 32 * MB),
)
# Gradio's routes that the studio has no use for: relays, run history, development, monitoring, icons made to measure.
CLOSED = re.compile(
    r"/monitoring|/pwa_icon|/gradio_api/(process_recording|vibe|runs\b|run-history|deep_link|dev|custom_component"
    r"|proxy=|monitoring|file=(https?|ftp|data)?:)|/proxy=|/file=https?:"
)
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"content-security-policy": (
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
        b" img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:;"
        b" connect-src 'self' blob: data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self';"
        b" form-action 'self'; frame-ancestors 'none'"
    ),
}
NO_SUCH_CALL = ("invalid", "That is no call of this API.", "GET /gradio_api/info says what each endpoint takes.")
DROPPED_REQUEST = (b"x-forwarded-", b"forwarded", b"x-gradio-server", b"x-real-ip")


class Guard:
    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()):
        self.app, self.hosts = app, {*LOCAL, *(host.lower() for host in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self.refuse(scope)
        if refusal:
            await answer(*refusal)(scope, receive, dressed(send))
            return
        scope = {**scope, "headers": [h for h in scope["headers"] if not h[0].lower().startswith(DROPPED_REQUEST)]}
        limit = next(most for prefix, most in BODY_LIMITS if scope["path"].startswith(prefix))
        answering = worded(dressed(send)) if scope["path"].startswith("/gradio_api/") else dressed(send)
        await self.app(scope, counted(receive, limit), answering)

    def refuse(self, scope: Scope) -> tuple[int, str, str, str] | None:
        """Why this request is not let in: status, type, message, advice."""
        headers = scope["headers"]
        hosts = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
        if len(hosts) != 1 or not re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d+)?", hosts[0]):
            return 400, "bad_host", "The Host header is missing or malformed.", "Open the address the studio printed."
        if re.sub(r":\d+$", "", hosts[0]) not in self.hosts:
            return 421, "foreign_host", f"{hosts[0]} is not this studio.", "Open the address the studio printed."
        given = {name: value.decode("latin-1") for name, value in headers}
        origin = given.get(b"origin")
        if origin is not None and netloc(origin) != hosts[0]:
            return 403, "foreign_origin", "Another site's page may not use this studio.", "Open the studio itself."
        if scope["method"] not in SAFE and given.get(b"sec-fetch-site", "none") not in ("same-origin", "none"):
            return 403, "foreign_origin", "Another site's page may not use this studio.", "Open the studio itself."
        if CLOSED.match(unquote(unquote(scope["path"]))):
            return 404, "not_found", "There is nothing at this address.", ""
        return self.too_long(given, scope["path"])

    def too_long(self, given: dict[bytes, str], path: str) -> tuple[int, str, str, str] | None:
        limit = next(most for prefix, most in BODY_LIMITS if path.startswith(prefix))
        length = given.get(b"content-length", "0")
        if not length.isdecimal() or not length.isascii():
            return 400, "malformed", "Content-Length is not a number.", ""
        if int(length) > limit:
            return 413, "too_large", f"More than {limit // MB} MB cannot be sent here.", "Send less at once."
        return None


def netloc(origin: str) -> str:
    """The host and port of an origin; nothing when it is no address at all."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def counted(receive: Receive, limit: int) -> Receive:
    """The body as it comes, until it is too long: a client that names no length is stopped there."""
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413)
        return message

    return counting


def worded(send: Send) -> Send:
    """Gradio answers a call it cannot make sense of, or that an endpoint refuses, as if it were at fault itself. What
    an endpoint says in JSON is kept; what says nothing is said in our words. Real faults are in the log either way."""
    silent = False

    async def wording(message: Message) -> None:
        nonlocal silent
        if message["type"] == "http.response.start" and message["status"] == 500:
            kind = dict(message["headers"]).get(b"content-type", b"")
            message, silent = {**message, "status": 422}, not kind.startswith(b"application/json")
            if silent:
                words = answer(422, *NO_SUCH_CALL)
                await send({**message, "headers": [*words.raw_headers, (b"connection", b"close")]})
                await send({"type": "http.response.body", "body": words.body})
        if not silent:
            await send(message)

    return wording


def dressed(send: Send) -> Send:
    """Every answer carries our headers, and none lets another origin read it."""

    async def dressing(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _ in message["headers"]}
            kept = [h for h in message["headers"] if not h[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": kept + [h for h in HEADERS.items() if h[0] not in own]}
        await send(message)

    return dressing
