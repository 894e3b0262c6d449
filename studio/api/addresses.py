"""Absolute addresses of ours, as whoever asks reaches us."""

from __future__ import annotations

from starlette.requests import Request

from studio.api.roles import signable
from studio.api.signing import seal, signed
from studio.types import Asset


def base_of(request: Request) -> str:
    """The studio's own address as this client wrote it: scheme, host and the path it is mounted under."""
    root = request.scope.get("root_path", "").rstrip("/")
    return f"{request.url.scheme}://{request.headers['host']}{root}"


def given(base: str, path: str) -> str:
    """The one place where an address is given out: a path of ours under the studio's own address. Of a locked studio,
    a file's or an upload's is signed, so that it opens by itself."""
    secret = seal()
    opens = secret and (signable("GET", path) or signable("PUT", path))
    return f"{base}{signed(path, secret) if secret and opens else path}"


def media_at(base: str, asset: Asset) -> str:
    """Where an asset's file is, for whoever reaches the studio at `base`."""
    return given(base, asset.url)


def media_url(request: Request, asset: Asset) -> str:
    """Where the asset's file is, as an address on the host that this request was sent to."""
    return media_at(base_of(request), asset)
