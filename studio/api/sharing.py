"""Keys, links and sessions, over HTTP: who may come in, as what, and until when; and under which address."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Request, Response
from pydantic import Field

from studio.api.entry import tokens
from studio.api.letter import Letter
from studio.api.projects import shown
from studio.locks import Pass
from studio.locks.qr import picture
from studio.people import Role, asking
from studio.studio import Studio
from studio.types import Frozen


class NewKey(Frozen):
    name: str = Field(min_length=1, max_length=100, description="Whose it is, or what it is for")
    role: Role = Field(description="view looks, make makes and changes, admin does all and sees everybody's")
    expires: datetime | None = Field(None, description="When it ends; never, when left out")


class NewLink(NewKey):
    once: bool = Field(False, description="Let one browser in, and then no other")


class Shared(Frozen):
    shared: bool


class MadeKey(Pass):
    key: str = Field(description="The key itself, told this once")


class MadeLink(Pass):
    link: str = Field(description="The link itself, told this once")
    qr: str = Field(description="A picture of it, as a data: address")


def router(studio: Studio) -> APIRouter:
    routes, passes = APIRouter(tags=["locks"], route_class=Letter), studio.locks.passes

    @routes.get("/sharing")
    async def sharing(request: Request) -> dict[str, Any]:
        """Who you are here, whether the studio is locked, and the addresses it is reached under by others."""
        person = asking()
        return {
            "locked": studio.locks.on,
            "you": {"id": person.id, "name": person.name, "role": person.role},
            "lan": studio.settings.open_to_others,
            "tls": studio.settings.tls,
            "addresses": studio.addresses if person.sees_all or studio.settings.open_to_others else [],
            "sessions": studio.locks.sessions.count() if person.sees_all else None,
        }

    @routes.get("/keys")
    async def keys() -> dict[str, list[Pass]]:
        """Every key, newest first; what they open with is told when they are made, and never again."""
        return {"items": passes.list("key")}

    @routes.post("/keys", status_code=201)
    async def add_key(new: NewKey) -> MadeKey:
        """A key for a program, sent as `Authorization: Bearer KEY`. It is told here and now, once."""
        made, key = passes.make("key", new.name, new.role, expires=new.expires)
        return MadeKey(**made.model_dump(), key=key)

    @routes.delete("/keys/{key_id}", status_code=204)
    async def revoke_key(key_id: str) -> None:
        """It opens nothing any more."""
        passes.revoke("key", key_id)

    @routes.delete("/keys", status_code=204)
    async def revoke_named_key(id: Annotated[str, Body(embed=True, max_length=64)]) -> None:
        """The same, the id in the body."""
        passes.revoke("key", id)

    @routes.get("/links")
    async def links() -> dict[str, list[Pass]]:
        """Every link, newest first."""
        return {"items": passes.list("link")}

    @routes.post("/links", status_code=201)
    async def add_link(new: NewLink, request: Request) -> MadeLink:
        """A link for a person: whoever opens it is in. It is told here and now, once."""
        made, secret = passes.make("link", new.name, new.role, expires=new.expires, once=new.once)
        link = f"{base(studio, request)}/login#{secret}"
        return MadeLink(**made.model_dump(), link=link, qr=picture(link))

    @routes.delete("/links/{link_id}", status_code=204)
    async def revoke_link(link_id: str) -> None:
        """It opens nothing any more, and who came in by it is out."""
        passes.revoke("link", link_id)

    @routes.delete("/sessions")
    async def end_sessions(request: Request) -> dict[str, int]:
        """Everybody is out but who asks; keys and links stay."""
        own = tokens(request.scope)
        return {"ended": studio.locks.sessions.end_all(but=own[0] if own else "")}

    @routes.post("/projects/{project_id}/share")
    def share(project_id: str, given: Shared, response: Response) -> dict[str, Any]:
        """Let everybody who may come in see this project, with the files on it; or its maker alone again."""
        return shown(studio, studio.projects.share(project_id, given.shared), response)

    return routes


def base(studio: Studio, request: Request) -> str:
    """Where others find the studio: as whoever asks found it, unless that is an address of this machine alone."""
    came_by = f"{request.scope['scheme']}://{request.headers['host']}{request.scope.get('root_path', '')}"
    return studio.addresses[0] if studio.addresses and is_loopback(came_by) else came_by


def is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
