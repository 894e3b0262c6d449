"""Stands in front of everything: which host is meant and from which origin (both ours, or named), who asks and whether
they may, how much, and what the answer tells the browser.

A page from elsewhere can make a browser talk to this machine; so a request must name one of our own hosts, and may
not come from another origin. Plain ASGI, since it also guards what Gradio answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.faults import DiskFull
from studio.api import roles
from studio.api.bodies import MB, counted, length_of, limit_of, uploads
from studio.api.dress import KEPT_BACK, SHOWN, Headers, dressed, worded
from studio.api.entry import Entry
from studio.api.errors import answer, refusal
from studio.api.proxy import Proxy
from studio.api.signing import sealing
from studio.api.waiting import GRADIO, TAKEN, Waiting
from studio.people import acting
from studio.settings import listed
from studio.studio import Studio

LOCAL = ("localhost", "127.0.0.1", "[::1]")
# Gradio's routes that the studio has no use for: relays, run history, development, monitoring, icons made to measure.
CLOSED = re.compile(
    r"/monitoring|/pwa_icon|/gradio_api/(process_recording|vibe|runs\b|run-history|deep_link|dev|custom_component"
    r"|proxy=|monitoring|file=(https?|ftp|data)?:)|/proxy=|/file=https?:"
)
ADDRESS = "Open the address the studio printed."
FOREIGN = ("foreign_origin", "Another site's page may not use this studio.", "Open the studio itself.")


class Guard:
    """`names` are further hosts this studio answers to."""

    def __init__(self, app: ASGIApp, studio: Studio, entry: Entry, names: Iterable[str] = ()):
        settings = studio.settings
        self.app, self.entry, self.proxy, self.waiting = app, entry, Proxy(settings), Waiting(studio)
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
        send = dressed(send, self.named_origin(scope), self.embedding(scope, path))
        found = self.refuse(scope, path, own[0]) or self.entry.who(scope, path)
        if isinstance(found, Response):
            await found(scope, receive, send)
            return
        with acting(found), sealing(self.entry.locks), self.entry.seated(found, uploads(scope, path)) as full:
            scope["person"] = found  # for what is done later, outside of this request
            app: ASGIApp = full or self.app
            if not full and path.startswith(TAKEN):
                try:
                    receive = self.waiting.counted(receive, path, length_of(scope))
                except DiskFull as fault:
                    app = refusal(fault)
            answering = worded(send) if path.startswith(GRADIO) else send
            await app(scope, counted(receive, limit_of(path)), answering)

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
        if not named and scope["method"] not in roles.READ and site not in ("same-origin", "none"):
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
        return None

    def embedding(self, scope: Scope, path: str) -> Headers:
        """What lets the page of another site show a file: a named one, as the browser says where it comes from, or
        one that has the address that was given out and does not say."""
        if not self.origins or roles.signable(scope["method"], path) != "file":
            return {}
        came_from = next((value.decode("latin-1").lower() for n, value in scope["headers"] if n == b"referer"), "")
        may = origin_of(came_from) in self.origins if came_from else b"signature=" in scope["query_string"]
        return SHOWN if may else KEPT_BACK


def bracketed(host: str) -> str:
    """A host as the Host header says it."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def netloc(origin: str) -> str:
    """The host and port of an origin; nothing when it is no address at all."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def origin_of(address: str) -> str:
    """The origin of the page at an address, as the settings say it."""
    return address.partition("://")[0] + "://" + netloc(address)
