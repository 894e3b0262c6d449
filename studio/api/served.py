"""Files of the library as they are served: with ranges, a type of their own, and nothing that could be run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from pipelines.faults import Gone
from studio.types import Asset

FOREVER = "private, max-age=31536000, immutable"  # an id is the hash of the bytes: they never change
SHOWN_INLINE = ("image/png", "image/jpeg", "image/webp", "image/gif", "video/", "audio/", "text/vtt")


def binary(mime: str, about: str) -> dict[int | str, dict[str, Any]]:
    """How an answer that is a file is described."""
    return {200: {"content": {mime: {"schema": {"type": "string", "format": "binary"}}}, "description": about}}


class FileLost(Gone):
    """The library's folder has lost a file that its rows still name."""


class Served(FileResponse):
    """A file whose unanswerable ranges are refused in our words."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def worded(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                where = {k.decode(): v.decode() for k, v in message["headers"] if k == b"content-range"}
                raise HTTPException(message["status"], headers=where)
            await send(message)

        await super().__call__(scope, receive, worded)


def there(asset: Asset) -> Asset:
    """Raises `FileLost` when the asset's file is not where it was put."""
    if not asset.path.is_file():
        raise FileLost(f"The file of {asset.name} is gone from the library's folder.", "Upload it, or make it, again.")
    return asset


def served(asset: Asset, download: bool, copy: Path | None = None) -> FileResponse:
    """A file from the library, or a signed copy of it: shown only when it is of a kind that can do no harm, else
    saved."""
    there(asset)
    inline = asset.mime.startswith(SHOWN_INLINE) and not download
    alone = {"content-security-policy": "sandbox; default-src 'none'"}  # should a browser ever run it: without us
    headers = {"cache-control": FOREVER, "etag": f'"{asset.id}{"-signed" if copy else ""}"'} | alone
    disposition = "inline" if inline else "attachment"
    return Served(
        copy or asset.path,
        media_type=asset.mime,
        filename=asset.name,
        content_disposition_type=disposition,
        headers=headers,
    )
