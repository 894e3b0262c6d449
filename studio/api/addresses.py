"""Addresses given out to programs: whole ones, which they can open from where they are."""

from __future__ import annotations

from starlette.requests import Request

from studio.types import Asset


def media_url(request: Request, asset: Asset) -> str:
    """Where the asset's file is, as an address on the host that this request was sent to."""
    root = request.scope.get("root_path", "")
    return f"{request.url.scheme}://{request.headers['host']}{root}{asset.url}"
