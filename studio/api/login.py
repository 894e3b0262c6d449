"""The door itself: its page, and what a password or a link is exchanged for: a session in a cookie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from pydantic import Field
from starlette.exceptions import HTTPException

import studio as hall
from studio.api import login_page
from studio.api.entry import ASK, COOKIE, SLOW, Entry, address_of, tokens
from studio.api.errors import answer
from studio.api.letter import Letter
from studio.locks.sessions import LAST_S
from studio.people import STRANGER, asking
from studio.studio import Studio
from studio.types import Frozen

FONTS = Path(hall.__file__).parent.parent / "assets" / "fonts"
LETTERS = {"sans.ttf": "IBMPlexSans-Regular.ttf", "sans-600.ttf": "IBMPlexSans-SemiBold.ttf"}
NO_LINK = ("wrong_link", "This link does not open the studio any more.", "Ask whoever gave it to you for a new one.")
NO_WORD = ("wrong_password", "That is not the password.", "Look for capital letters, and try again.")


IN = {"type": "object", "required": ["in"], "properties": {"in": {"type": "boolean"}}}
ENTERED: dict[int | str, dict[str, Any]] = {
    200: {"description": "The session is in the cookie", "content": {"application/json": {"schema": IN}}}
}


class Credential(Frozen):
    """One of the two."""

    password: str = Field("", max_length=1000)
    link: str = Field("", max_length=200, description="What stands behind the # of a link")


def router(studio: Studio, entry: Entry) -> APIRouter:
    routes, locks = APIRouter(tags=["locks"], route_class=Letter), studio.locks

    @routes.get("/login", response_class=HTMLResponse, include_in_schema=False)
    async def page(request: Request) -> Response:
        """The page to come in by; who is in already goes on."""
        if asking() is not STRANGER:
            return RedirectResponse(f"{request.scope.get('root_path', '')}/", 303)
        return HTMLResponse(login_page.page(request.scope.get("root_path", "")), headers={"cache-control": "no-store"})

    @routes.get("/login/{name}", response_class=FileResponse, include_in_schema=False)
    async def furniture(name: str) -> FileResponse:
        """What the page needs, and the certificate to trust, where there is one."""
        if name in LETTERS:
            return FileResponse(FONTS / LETTERS[name], headers={"cache-control": "public, max-age=86400"})
        authority = studio.home / "tls" / "homereel-ca.pem"
        if name == "homereel-ca.crt" and authority.is_file():
            return FileResponse(authority, media_type="application/x-x509-ca-cert", filename=name)
        raise HTTPException(404)

    @routes.post("/login", response_model=None, responses=ENTERED)
    def come_in(given: Credential, request: Request) -> Response:
        """Exchange the password, or a link's secret, for a session: the cookie `homereel_session`."""
        address = address_of(request.scope)
        if given.link:  # nobody guesses one: a right one is never slowed
            token = locks.enter_by_link(given.link)
            wait = 0 if token else entry.tries.wrong(address)
            words = NO_LINK
        else:
            wait, token = entry.tries.wrong(address), None
            words = NO_WORD
            if not wait and (token := locks.enter_by_password(given.password)):
                entry.tries.right(address)
        if wait:
            return answer(429, *SLOW, **{"retry-after": str(wait)})
        if not token:
            return answer(401, *words, **ASK)
        return let_in(request, token)

    @routes.post("/logout", status_code=204, response_class=Response)
    async def leave(request: Request) -> Response:
        """End this session."""
        for token in tokens(request.scope):
            locks.sessions.end(token)
        gone = Response(status_code=204)
        gone.delete_cookie(COOKIE, path=place(request), httponly=True, samesite="strict", secure=secure(request))
        return gone

    return routes


def let_in(request: Request, token: str) -> Response:
    let = Response('{"in": true}', media_type="application/json", headers={"cache-control": "no-store"})
    let.set_cookie(
        COOKIE, token, max_age=LAST_S, path=place(request), httponly=True, samesite="strict", secure=secure(request)
    )
    return let


def place(request: Request) -> str:
    return request.scope.get("root_path") or "/"


def secure(request: Request) -> bool:
    return bool(request.scope.get("scheme") == "https")
