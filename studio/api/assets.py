"""The library, over HTTP: upload, look, search, serve, tag, trash."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, PlainTextResponse, StreamingResponse
from pydantic import Field, StrictBool
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from pipelines.base import Kind
from pipelines.faults import Gone
from studio.api.jobs import Limit
from studio.api.letter import Letter
from studio.api.shapes import Beats, Emptied, Restored, Trashed, Waveform
from studio.api.upload import receive
from studio.studio import Studio
from studio.timeline.manifest import Manifest, credits, manifest
from studio.types import Asset, Frozen, Page

FOREVER = "private, max-age=31536000, immutable"  # an id is the hash of the bytes: they never change
SHOWN_INLINE = ("image/png", "image/jpeg", "image/webp", "image/gif", "video/", "audio/", "text/vtt")


def binary(mime: str, about: str) -> dict[int | str, dict[str, Any]]:
    """How an answer that is a file is described."""
    return {200: {"content": {mime: {"schema": {"type": "string", "format": "binary"}}}, "description": about}}


PART = {
    206: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}, "description": "The range asked for"}
}
BYTES = binary("*/*", "The file, in its own type") | PART
WEBP, ZIP = binary("image/webp", "A picture"), binary("application/zip", "The files")
TEXT = binary("text/plain", "The credits")


class Ids(Frozen):
    ids: list[str] = Field(min_length=1, max_length=10_000)


class Changes(Frozen):
    """What a person may change about an asset. What is left out stays as it is."""

    name: str | None = None
    tags: list[str] | None = None
    starred: StrictBool | None = None


def router(studio: Studio) -> APIRouter:
    routes, library = APIRouter(tags=["assets"], route_class=Letter), studio.library

    @routes.post("/assets", status_code=201, openapi_extra=UPLOAD)
    async def upload(request: Request) -> Asset:
        """Send one file, as multipart field `file`. The same bytes again are the same asset."""
        return await receive(request, library)

    @routes.get("/assets")
    async def assets(
        kind: Kind | None = None,
        q: Annotated[str | None, Query(max_length=1000)] = None,
        tag: str | None = None,
        starred: bool | None = None,
        model: str | None = None,
        trashed: bool = False,
        limit: Limit = 50,
        before: str | None = None,
    ) -> Page[Asset]:
        """Newest first; `q` finds words of the name, the prompt and the tags."""
        return library.list(
            kind=kind, q=q, tag=tag, starred=starred, model=model, trashed=trashed, limit=limit, before=before
        )

    @routes.post("/assets/zip", response_class=StreamingResponse, responses=ZIP)
    def download(wish: Ids) -> StreamingResponse:
        """Several files in one zip."""
        for asset_id in wish.ids:
            there(library.get(asset_id))
        named = {"content-disposition": 'attachment; filename="homereel.zip"'}
        return StreamingResponse(library.zip(wish.ids), media_type="application/zip", headers=named)

    @routes.post("/assets/trash", response_model=Trashed)
    async def trash_many(wish: Ids) -> dict[str, Any]:
        """Into the trash, from where they can come back."""
        library.trash(wish.ids)
        return {"trashed": wish.ids}

    @routes.post("/assets/restore", response_model=Restored)
    async def restore_many(wish: Ids) -> dict[str, Any]:
        """Out of the trash."""
        library.restore(wish.ids)
        return {"restored": wish.ids}

    @routes.delete("/trash")
    def empty(older_than_s: Annotated[float, Query(ge=0, le=1e9)] = 0) -> Emptied:
        """Delete for good what is in the trash, projects and files, or what has been there so long. A file that a
        project outside the trash speaks of stays."""
        return Emptied(**studio.empty_trash(older_than_s))

    @routes.get("/assets/{asset_id}")
    async def asset(asset_id: str) -> Asset:
        return library.get(asset_id)

    @routes.patch("/assets/{asset_id}")
    async def change(asset_id: str, changes: Changes) -> Asset:
        """Rename, tag or star it."""
        return library.change(asset_id, **changes.model_dump(exclude_unset=True))

    @routes.delete("/assets/{asset_id}")
    async def trash(asset_id: str) -> Asset:
        """Into the trash; `restore` takes it out again."""
        found = library.get(asset_id)
        library.trash([asset_id])
        return found

    @routes.post("/assets/{asset_id}/restore")
    async def restore(asset_id: str) -> Asset:
        library.restore([asset_id])
        return library.get(asset_id)

    @routes.head("/assets/{asset_id}/file", response_class=FileResponse, include_in_schema=False)
    @routes.get("/assets/{asset_id}/file", response_class=FileResponse, responses=BYTES)
    async def file(asset_id: str, download: bool = False, credentials: bool = False) -> FileResponse:
        """The bytes; ranges are served. `download` gives them as an attachment with the asset's name, `credentials` a
        copy that carries a signed C2PA manifest, where the file was made here and its form can hold one."""
        asset = library.get(asset_id)
        return served(asset, download, await run_in_threadpool(studio.credited, asset) if credentials else None)

    routes.get("/files/{asset_id}", response_class=FileResponse, operation_id="file", responses=BYTES)(file)

    @routes.get("/assets/{asset_id}/thumbnail", response_class=FileResponse, responses=WEBP)
    def thumbnail(asset_id: str) -> FileResponse:
        """A small picture of it, at most 480 px wide."""
        picture = library.thumbnail(asset_id)
        damaged = picture.name.endswith(".damaged.webp")  # it may be mended
        return FileResponse(picture, headers={"cache-control": "no-cache" if damaged else FOREVER})

    @routes.get("/assets/{asset_id}/waveform", response_model=Waveform)
    def waveform(asset_id: str, response: Response) -> dict[str, Any]:
        """Its loudness over time: peaks of 0 to 1, 20 a second."""
        response.headers["cache-control"] = FOREVER
        return library.waveform(asset_id)

    @routes.get("/assets/{asset_id}/beats", response_model=Beats)
    def beats(asset_id: str, response: Response) -> dict[str, Any]:
        """Its tempo, and the seconds at which its beats fall."""
        response.headers["cache-control"] = FOREVER
        return library.beats(asset_id)

    @routes.get("/assets/{asset_id}/manifest")
    def told(asset_id: str) -> Manifest:
        """What an exported film is made of: every clip's hash, model, revision, seed, licence and recipe. `studio
        export --from-manifest` makes the film again from it."""
        return manifest(library.get(asset_id), library.many)

    @routes.get("/assets/{asset_id}/credits", response_class=Response, responses=TEXT)
    def credited(asset_id: str) -> Response:
        """An exported film's credits: the models it was made by, with their licences."""
        return PlainTextResponse(credits(manifest(library.get(asset_id), library.many)))

    @routes.get("/assets/{asset_id}/filmstrip", response_class=FileResponse, responses=WEBP)
    def filmstrip(asset_id: str) -> FileResponse:
        """A film's pictures side by side: 24, evenly spaced over its length, 72 px high."""
        return FileResponse(library.filmstrip(asset_id), headers={"cache-control": FOREVER})

    return routes


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


UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
