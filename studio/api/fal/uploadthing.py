"""UploadThing, as far as video-starter-kit's file button speaks it: announce, look, send."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from pipelines.faults import Invalid
from studio.api.addresses import base_of, given
from studio.api.fal.refusals import Speaking
from studio.api.fal.slots import Slots
from studio.api.upload import receive

KINDS = ("image", "video", "audio")


class File(BaseModel):
    name: str = Field("", max_length=2000)


class Announced(BaseModel):
    files: list[File] = Field(min_length=1, max_length=100)


def router(slots: Slots) -> APIRouter:
    routes = APIRouter(route_class=Speaking, include_in_schema=False)

    @routes.get("/api/uploadthing")
    def config() -> list[dict[str, Any]]:
        kinds = {kind: {"maxFileSize": "8GB", "maxFileCount": 100, "minFileCount": 1} for kind in KINDS}
        return [{"slug": "fileUploader", "config": kinds}]

    @routes.post("/api/uploadthing")
    def announce(request: Request, given_files: Announced, actionType: str = "upload") -> list[dict[str, Any]]:
        if actionType != "upload":
            raise Invalid("actionType: Input should be 'upload'", "")
        begun = [slots.begin(file.name) for file in given_files.files]
        base = base_of(request)
        return [
            {"url": given(base, f"/api/uploadthing/put/{slot.id}"), "key": slot.id, "name": slot.name, "customId": None}
            for slot in begun
        ]

    @routes.head("/api/uploadthing/put/{id}")
    def look(id: str) -> Response:
        """How much of it is here already: nothing, since a file comes whole or not at all."""
        slots.get(id)
        return Response(headers={"x-ut-range-start": "0"})

    @routes.put("/api/uploadthing/put/{id}")
    async def put(request: Request, id: str) -> dict[str, Any]:
        slot = slots.get(id)
        asset = await receive(request, slots.library)
        await asyncio.to_thread(slots.filled, slot, asset)
        url = given(base_of(request), slot.path)
        return {"url": url, "appUrl": url, "ufsUrl": url, "fileHash": asset.id, "serverData": None}

    return routes
