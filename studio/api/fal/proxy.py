"""What fal's JavaScript client speaks to a page's own server: one address, and a header that names the real one."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from studio.api.fal.refusals import refusal

HOSTS = {"queue.fal.run": "/fal/queue", "fal.run": "/fal/run", "rest.fal.ai": "/fal", "rest.alpha.fal.ai": "/fal"}


class Proxy:
    """An ASGI app, so that every method is taken: the same request, at the address of ours that its header means."""

    def __init__(self, app: FastAPI):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = next((value for name, value in scope["headers"] if name == b"x-fal-target-url"), b"").decode("latin-1")
        path, query = ours(said)
        if not path:
            message = (
                "x-fal-target-url names no address of fal's." if said else "The header x-fal-target-url is missing."
            )
            await refusal(412 if said else 400, message, "bad_target")(scope, receive, send)
            return
        inner = {k: v for k, v in scope.items() if k not in ("path_params", "route", "endpoint", "router")}
        inner |= {"path": f"{scope.get('root_path', '')}{path}", "raw_path": path.encode(), "query_string": query}
        await self.app.router(inner, receive, send)


def ours(said: str) -> tuple[str, bytes]:
    """Path and query under which we answer what one of fal's addresses would; nothing for any other address."""
    try:
        parts = urlsplit(said)
    except ValueError:
        return "", b""
    root = HOSTS.get(parts.netloc.lower())
    if root is None or parts.scheme != "https" or not parts.path.strip("/"):
        return "", b""
    return root + unquote(parts.path), parts.query.encode("latin-1", "ignore")
