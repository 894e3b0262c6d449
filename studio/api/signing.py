"""Addresses that open by themselves, for a while: a file's for who cannot send a key, an upload's for one file.

The signature covers the path, the end, and in whose name it was given out. What else stands in the query is free.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from studio.locks import Locks
from studio.people import asking

_seal: ContextVar[Locks | None] = ContextVar("seal", default=None)


@contextmanager
def sealing(locks: Locks) -> Iterator[None]:
    """Within this, addresses that are given out are signed while these locks are on. They are asked only then: most
    requests give none out."""
    token = _seal.set(locks)
    try:
        yield
    finally:
        _seal.reset(token)


def seal() -> bytes | None:
    """What an address is to be signed with; nothing while the house stands open."""
    locks = _seal.get()
    return locks.seal if locks else None


def signed(path: str, secret: bytes, valid_s: int = 86400) -> str:
    """The path (and query) with the end of its validity and a signature: whoever has it acts as who is asking now."""
    parts, expires, by = urlsplit(path), str(int(time.time()) + valid_s), asking().id
    mark = urlencode({"expires": expires, "by": by, "signature": stamp(unquote(parts.path), expires, by, secret)})
    return f"{parts.path}?{parts.query}&{mark}" if parts.query else f"{parts.path}?{mark}"


def is_signed(path: str, query: str, secret: bytes, *, below: bool = False) -> bool:
    """Whether this path is signed and has not ended. With `below`, one signed for a folder opens what is in it: an
    upload comes in parts, `.../1`, `.../2`, `.../complete`."""
    said = parse_qs(query)
    expires, by, given = (said.get(name, [""])[-1] for name in ("expires", "by", "signature"))
    if not (expires.isascii() and expires.isdecimal() and len(expires) < 12) or int(expires) < time.time():
        return False
    path = unquote(path)
    paths = [path, *(path.rsplit("/", n)[0] for n in range(1, 4))] if below else [path]
    return any(hmac.compare_digest(stamp(one, expires, by, secret), given) for one in paths if one.count("/") > 1)


def signer(query: str) -> str:
    """The id of whoever a signed address was given out for: it opens what they may see and do."""
    return parse_qs(query).get("by", [""])[-1]


def stamp(path: str, expires: str, by: str, secret: bytes) -> str:
    return hmac.new(secret, f"{path}\n{expires}\n{by}".encode(), hashlib.sha256).hexdigest()
