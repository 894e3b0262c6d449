"""The library, over HTTP: upload, search, tag, take away, trash."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field, StrictBool

from pipelines.base import Kind
from studio.api.jobs import Limit
from studio.api.letter import Letter
from studio.api.served import binary, there
from studio.api.shapes import Emptied, Restored, Trashed
from studio.api.upload import receive
from studio.studio import Studio
from studio.types import Asset, Frozen, Page

ZIP = binary("application/zip", "The files")


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

    return routes


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
