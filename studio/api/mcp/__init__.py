"""The Model Context Protocol at /mcp: the studio's verbs as tools, and its files as resources, for programs that think.

Streamable HTTP, without sessions: a client goes on after the studio was started anew. Who may ask is the guard's.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from studio.api.mcp.desk import Desk
from studio.studio import Studio

PATH = "/mcp"


class Door:
    """The server, as an ASGI app; it answers while `open` is."""

    def __init__(self, studio: Studio):
        self.desk = Desk(studio)
        trusting = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        self.desk.streamable_http_app(stateless_http=True, streamable_http_path=PATH, transport_security=trusting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.desk.session_manager.handle_request(scope, receive, send)

    @property
    def route(self) -> Route:
        return Route(PATH, self, include_in_schema=False)

    def open(self) -> AbstractAsyncContextManager[None]:
        """What must be entered before the first request, and left with the server."""
        return self.desk.session_manager.run()
