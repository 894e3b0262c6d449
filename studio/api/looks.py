"""What there is to see and hear of an asset, over HTTP: its bytes, what is drawn of it, what it is made of."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, PlainTextResponse

from studio.api.letter import Letter
from studio.api.served import FOREVER, binary, served
from studio.api.shapes import Beats, Waveform
from studio.studio import Studio
from studio.timeline.manifest import Manifest, credits, manifest

PART = {
    206: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}, "description": "The range asked for"}
}
BYTES = binary("*/*", "The file, in its own type") | PART
WEBP = binary("image/webp", "A picture")
TEXT = binary("text/plain", "The credits")


def router(studio: Studio) -> APIRouter:
    routes, library = APIRouter(tags=["assets"], route_class=Letter), studio.library

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
