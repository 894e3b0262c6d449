"""Stands in front of everything: which host is meant and from which origin (both ours, or named), who asks and whether
they may, how much, and what the answer tells the browser.

A page from elsewhere can make a browser talk to this machine; so a request must name one of our own hosts, and may
not come from another origin. Plain ASGI, since it also guards what Gradio answers.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.api.entry import Entry
from studio.api.errors import answer
from studio.api.proxy import Proxy
from studio.api.signing import sealing
from studio.people import acting
from studio.settings import listed
from studio.studio import SPARE_BYTES, Studio

LOCAL = ("localhost", "127.0.0.1", "[::1]")
SAFE = ("GET", "HEAD", "OPTIONS")
MB = 2**20
BODY_LIMITS = (  # the first prefix that fits
    ("/api/v1/assets", 16 * 1024 * MB),
    ("/gradio_api/upload", 4 * 1024 * MB),
    ("/login", MB // 16),
    ("/fal/storage/put/", 16 * 1024 * MB),
    ("/fal/files/", 16 * 1024 * MB),
    ("/api/uploadthing/put/", 16 * 1024 * MB),
    ("/api/v1/projects", 8 * MB),  # a film of twenty thousand clips; each step of it is kept
    ("/v1/videos", 1024 * MB),  # films and pictures come in forms there
    ("/v1/images/", 256 * MB),
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
NAMED_ORIGIN = {
    b"access-control-allow-origin": None,
    b"access-control-allow-methods": b"GET, HEAD, POST, PUT, PATCH, DELETE",
    b"access-control-allow-headers": b"authorization, content-type, if-match, idempotency-key, range",
    b"access-control-expose-headers": b"etag, content-range, location, retry-after, x-homereel-model",
    b"access-control-max-age": b"600",
    b"cross-origin-resource-policy": b"cross-origin",
    b"vary": b"origin",
}
ADDRESS = "Open the address the studio printed."
FOREIGN = ("foreign_origin", "Another site's page may not use this studio.", "Open the studio itself.")
NO_SUCH_CALL = ("invalid", "That is no call of this API.", "GET /gradio_api/info says what each endpoint takes.")


class Guard:
    """`names` are further hosts this studio answers to."""

    def __init__(self, app: ASGIApp, studio: Studio, entry: Entry, names: Iterable[str] = ()):
        settings = studio.settings
        self.app, self.studio, self.entry, self.proxy = app, studio, entry, Proxy(settings)
        named = [settings.host] if settings.here_alone else []  # another is told by the line that a request came on
        self.hosts = {*LOCAL, *(bracketed(name.lower()) for name in (*named, *names, *listed(settings.names)))}
        self.origins = set(listed(settings.origin))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # nothing here speaks it
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        own = scope.get("server") or ("",)
        scope = self.proxy.seen(scope)
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        send = dressed(send, self.named_origin(scope))
        found = self.refuse(scope, path, own[0]) or self.entry.who(scope, path)
        if isinstance(found, Response):
            await found(scope, receive, send)
            return
        with acting(found), sealing(self.entry.locks):
            scope["person"] = found  # for what is done later, outside of this request
            answering = worded(send) if path.startswith("/gradio_api/") else send
            await self.app(scope, counted(receive, limit_of(path)), answering)

    def refuse(self, scope: Scope, path: str, own: str) -> Response | None:
        """Why this request is not let in, whoever sends it. `own` is the address of ours that it came to."""
        headers = scope["headers"]
        hosts = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
        if len(hosts) != 1 or not re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d+)?", hosts[0]):
            return answer(400, "bad_host", "The Host header is missing or malformed.", ADDRESS)
        name = re.sub(r":\d+$", "", hosts[0])
        if name not in self.hosts and not (self.entry.locks.on and name == bracketed(own.removeprefix("::ffff:"))):
            return answer(421, "foreign_host", f"{hosts[0]} is not this studio.", ADDRESS)
        given = {name: value.decode("latin-1") for name, value in headers}
        named = self.named_origin(scope)
        if named and scope["method"] == "OPTIONS" and b"access-control-request-method" in given:
            return Response(status_code=204)  # dressed with what that origin may do
        origin = given.get(b"origin")
        if not named and origin is not None and netloc(origin) != hosts[0]:
            return answer(403, *FOREIGN)
        site = given.get(b"sec-fetch-site", "none")
        if not named and scope["method"] not in SAFE and site not in ("same-origin", "none"):
            return answer(403, *FOREIGN)
        if CLOSED.match(unquote(unquote(path))):
            return answer(404, "not_found", "There is nothing at this address.", "")
        if self.proxy.root and scope["path"] == self.proxy.root:
            return RedirectResponse(f"{self.proxy.root}/", 307)
        return self.too_long(given, path)

    def named_origin(self, scope: Scope) -> str:
        """The origin of the request, where it is one that was named in the settings."""
        said = next((value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"origin"), "")
        return said if said in self.origins else ""

    def too_long(self, given: dict[bytes, str], path: str) -> Response | None:
        limit, length = limit_of(path), given.get(b"content-length", "0")
        if not length.isdecimal() or not length.isascii():
            return answer(400, "malformed", "Content-Length is not a number.", "")
        if int(length) > limit:
            return answer(413, "too_large", f"More than {limit // MB} MB cannot be sent here.", "Send less at once.")
        if path.startswith("/gradio_api/upload") and self.no_room(int(length)):
            return answer(507, "disk_full", "The disk is almost full.", "Make room, or empty the trash, and try again.")
        return None

    def no_room(self, length: int) -> bool:
        """Whether an upload that Gradio takes, which looks at no disk, would fill it."""
        return shutil.disk_usage(self.studio.home).free - length < SPARE_BYTES


def limit_of(path: str) -> int:
    return next(most for prefix, most in BODY_LIMITS if path.startswith(prefix))


def bracketed(host: str) -> str:
    """A host as the Host header says it."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


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


def dressed(send: Send, origin: str = "") -> Send:
    """Every answer carries our headers, and none lets another origin read it but one that was named."""
    more = dict(HEADERS)
    if origin:
        more |= {name: origin.encode() if value is None else value for name, value in NAMED_ORIGIN.items()}

    async def dressing(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [h for h in message["headers"] if not h[0].lower().startswith(b"access-control-")]
            own = {name.lower() for name, _ in kept}
            message = {**message, "headers": kept + [h for h in more.items() if h[0] not in own]}
        await send(message)

    return dressing
