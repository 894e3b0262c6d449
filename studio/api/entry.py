"""Who comes in: a request's credential becomes a person, or the request is told at the door what it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.cookies import CookieError, SimpleCookie

from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from studio.api import login_page, roles
from studio.api.errors import answer
from studio.api.limits import Places, Rate, Tries
from studio.api.signing import is_signed, signer
from studio.locks import Locks
from studio.people import HOUSE, STRANGER, Person

COOKIE = "homereel_session"
LOCKED = ("locked", "The studio is locked.", "Open /login, or send a key: Authorization: Bearer KEY.")
WRONG = ("wrong_key", "That key opens nothing here.", "It may have been revoked, or have ended: ask for another.")
SLOW = ("too_many_tries", "There were too many wrong tries from your address.", "Wait a minute, then try again.")
OFTEN = ("too_many_requests", "That is more than one guest may ask at once.", "Wait a moment, then go on.")
CROWDED = ("too_many_at_once", "That is more than one guest may have open at once.", "Let some of it end, then go on.")
ASK = {"www-authenticate": 'Bearer realm="Homereel"', "cache-control": "no-store"}


class Entry:
    def __init__(self, locks: Locks):
        self.locks, self.tries = locks, Tries()
        self.reads, self.changes = Rate(6000), Rate(600)
        self.requests, self.uploads = Places(200), Places(16)  # fal's client sends a file in ten parts at once

    def who(self, scope: Scope, path: str) -> Person | Response:
        """The person behind a request, or the answer for who may not come in."""
        if not self.locks.on:
            return HOUSE
        method, query = scope["method"], scope["query_string"].decode("latin-1")
        way = roles.signable(method, path)
        if way and "signature=" in query and is_signed(path, query, self.locks.signing_key, below=way == "upload"):
            return self.locks.person(signer(query)) or self.turned_away(scope)
        found = self.by_header(scope) or self.by_cookie(scope)
        if found is None:
            found = STRANGER if roles.OPEN.fullmatch(path) else self.turned_away(scope)
        if isinstance(found, Response) or found is STRANGER:
            return found
        return self.refused(found, method, path) or found

    def by_header(self, scope: Scope) -> Person | Response | None:
        """Whose key was sent. A right one is never slowed; a wrong one counts."""
        given = next((v.decode("latin-1") for n, v in scope["headers"] if n == b"authorization"), "")
        scheme, _, secret = given.strip().partition(" ")
        if scheme.lower() not in ("bearer", "key") or not secret.strip():
            return None
        if person := self.locks.by_key(secret.strip()):
            return person
        if wait := self.tries.wrong(address_of(scope)):
            return answer(429, *SLOW, **{"retry-after": str(wait)})
        return answer(401, *WRONG, **ASK)

    def by_cookie(self, scope: Scope) -> Person | None:
        found = (self.locks.by_cookie(token) for token in tokens(scope))
        return next(filter(None, found), None)

    def turned_away(self, scope: Scope) -> Response:
        """A browser gets the page to come in by, where it asked for one; a program is told what is missing."""
        wanted = next((v for n, v in scope["headers"] if n == b"accept"), b"")
        if scope["method"] in ("GET", "HEAD") and b"text/html" in wanted:
            return HTMLResponse(login_page.page(scope.get("root_path", "")), 401, ASK)
        return answer(401, *LOCKED, **ASK)

    def refused(self, person: Person, method: str, path: str) -> Response | None:
        """Why this person may not do that, or not so often."""
        least = roles.needed(method, path)
        if not person.may(least):
            words = f"This takes the role {least}, and yours is {person.role}."
            return answer(403, "not_allowed", words, "Ask whoever shared the studio with you.")
        if person.sees_all:
            return None
        rate = self.reads if method in roles.READ else self.changes
        wait = rate.wait_s(person.id)
        return answer(429, *OFTEN, **{"retry-after": str(wait)}) if wait else None

    @contextmanager
    def seated(self, person: Person, uploads: bool) -> Iterator[Response | None]:
        """Room for one more request of theirs, while this lasts; or the answer that there is none."""
        if person.sees_all or person is STRANGER:
            yield None
            return
        with ExitStack() as held:
            places = (self.requests, self.uploads) if uploads else (self.requests,)
            if all(held.enter_context(some.one(person.id)) for some in places):
                yield None
                return
        yield answer(429, *CROWDED, **{"retry-after": "5"})


def tokens(scope: Scope) -> list[str]:
    """Every session token that a request carries."""
    found = []
    for name, value in scope["headers"]:
        if name == b"cookie":
            for part in value.decode("latin-1").split(";"):
                try:
                    cookie = SimpleCookie(part.strip())
                except CookieError:
                    continue
                found += [morsel.value for key, morsel in cookie.items() if key == COOKIE and morsel.value]
    return found[:4]


def address_of(scope: Scope) -> str:
    return (scope.get("client") or ("",))[0]
