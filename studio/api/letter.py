"""Looks at what is posted before anything else does: JSON, no deeper than anything here is, in whole characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from pipelines.faults import Unsupported
from studio.api.errors import Malformed

DEEPEST = 64
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
EMPTY = re.compile(rb"\[\]|\{\}")
NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
PAIR = re.compile(rb"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..")  # a backslash that is itself meant, or both halves
UNSAYABLE = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")


class NotJson(Unsupported):
    """The body is of another type than this address takes."""


class Letter(APIRoute):
    """A route whose JSON body is looked at first."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def looking(request: Request) -> Response:
            if self.body_field is not None:
                check(await request.body(), request.headers.get("content-type", ""))
            return await handle(request)

        return looking


def check(body: bytes, kind: str) -> None:
    """Raises `NotJson`, or `Malformed` for what is deeper, or holds other characters, than any text has a use for."""
    if not body:
        return
    if not re.match(r"application/([\w.-]+\+)?json\s*(;|$)", kind.strip().lower()):
        raise NotJson("The body must be JSON.", "Send it with Content-Type: application/json.")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.", "Send JSON in UTF-8.") from None
    if UNSAYABLE.search(PAIR.sub(b" ", body)):
        raise Malformed("The body holds a NUL or half of a character.", "Send whole characters.")
    brackets = STRING.sub(b"", body).translate(None, NOT_BRACKETS)
    for _ in range(DEEPEST):
        brackets = EMPTY.sub(b"", brackets)
    if brackets:
        raise Malformed("The body is not JSON, or is nested too deeply.", f"Nothing here is deeper than {DEEPEST}.")
