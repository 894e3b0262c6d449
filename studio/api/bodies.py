"""How much a request may bring, and with which of them files come."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

from studio.api.roles import READ

MB = 2**20
BODY_LIMITS = (  # the first prefix that fits
    ("/api/v1/assets", 16 * 1024 * MB),
    ("/gradio_api/upload", 4 * 1024 * MB),
    ("/login", MB // 16),
    ("/fal/storage/put/", 16 * 1024 * MB),
    ("/fal/files/", 16 * 1024 * MB),
    ("/api/uploadthing/put/", 16 * 1024 * MB),
    ("/api/v1/projects", 8 * MB),  # a film of twenty thousand clips; each step of it is kept
    ("/v1/videos", 1024 * MB),  # films and pictures come in forms there
    ("/v1/images/", 256 * MB),
    ("/", 32 * MB),
)


def limit_of(path: str) -> int:
    return next(most for prefix, most in BODY_LIMITS if path.startswith(prefix))


def length_of(scope: Scope) -> int:
    """How long the body is to be, as far as the client says; it was a number when the request was let in."""
    return int(next((value for name, value in scope["headers"] if name == b"content-length"), b"0"))


def uploads(scope: Scope, path: str) -> bool:
    """Whether a request brings a file, and is over when that has come: those routes take a gigabyte or more."""
    return scope["method"] not in READ and limit_of(path) >= 1024 * MB


def counted(receive: Receive, limit: int) -> Receive:
    """The body as it comes, until it is too long: a client that names no length is stopped there."""
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413)
        return message

    return counting
