"""Lets a page of any origin send a file to the one address that was given out for it, and nothing else.

Stands before the guard: such an address is 32 random bytes that nobody can guess, so that where the page comes from
does not matter. All that the guard asks besides, host, size and credential, it asks as ever.
"""

from __future__ import annotations

import re

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PLACES = re.compile(r".*/(fal/storage|api/uploadthing)/put/[\w-]{43}(/(\d{1,5}|complete))?", re.ASCII)
FROM_WHERE = (b"origin", b"referer", b"sec-fetch-site", b"sec-fetch-mode", b"sec-fetch-dest")
OPEN = {
    b"access-control-allow-origin": b"*",
    b"access-control-allow-methods": b"PUT, POST, HEAD",
    b"access-control-allow-headers": b"authorization, content-type, range, x-uploadthing-version, b3, traceparent",
    b"access-control-expose-headers": b"etag, x-ut-range-start",
    b"access-control-max-age": b"600",
    b"cross-origin-resource-policy": b"cross-origin",
}


class Openly:
    def __init__(self, guard: ASGIApp):
        self.guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not PLACES.fullmatch(scope["path"]):
            await self.guard(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await Response(status_code=204)(scope, receive, opened(send))
        else:
            kept = [header for header in scope["headers"] if header[0] not in FROM_WHERE]
            await self.guard({**scope, "headers": kept}, receive, opened(send))


def opened(send: Send) -> Send:
    """The answer as one that any page may read; without cookies, which `*` rules out."""

    async def opening(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [header for header in message["headers"] if header[0].lower() not in OPEN]
            message = {**message, "headers": [*kept, *OPEN.items()]}
        await send(message)

    return opening
