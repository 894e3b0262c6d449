"""HEAD wherever there is GET, and 304 for what the client has already: plain ASGI, in front of the API's own routes."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

OURS = ("/api/v1/", "/v1/", "/health", "/metrics")
KEPT = (b"etag", b"cache-control", b"content-location", b"date", b"expires", b"vary", b"last-modified")


class Fresh:
    """`knows` says whether a route of the app takes a request as it is."""

    def __init__(self, app: ASGIApp, knows: Callable[[Scope], bool]):
        self.app, self.knows = app, knows

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(OURS):
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD" and not self.knows(scope) and self.knows({**scope, "method": "GET"}):
            scope, send = {**scope, "method": "GET"}, bodiless(send)
        if scope["method"] in ("GET", "HEAD"):
            had = b",".join(value for name, value in scope["headers"] if name == b"if-none-match")
            send = unchanged(send, had) if had else send
        await self.app(scope, receive, send)


def bodiless(send: Send) -> Send:
    """The answer's head alone. What would go on for long ends here: the client is told at once."""
    ended = False

    async def heading(message: Message) -> None:
        nonlocal ended
        if message["type"] == "http.response.start":
            await send(message)
        elif not ended:
            ended = True
            await send({"type": "http.response.body", "body": b""})

    return heading


def unchanged(send: Send, had: bytes) -> Send:
    """304, and no body, when the answer's ETag is one of those the client has."""
    tags, same = [tag.strip().removeprefix(b"W/") for tag in had.split(b",")], False

    async def comparing(message: Message) -> None:
        nonlocal same
        if message["type"] == "http.response.start":
            said = dict(message["headers"])
            etag = said.get(b"etag", b"").removeprefix(b"W/")
            kept_by_clients = message["status"] in (200, 206) and b"no-store" not in said.get(b"cache-control", b"")
            same = kept_by_clients and bool(etag) and (etag in tags or b"*" in tags)
            if same:
                kept = [header for header in message["headers"] if header[0] in KEPT]
                await send({**message, "status": 304, "headers": kept})
                await send({"type": "http.response.body", "body": b""})
        if not same:
            await send(message)

    return comparing
