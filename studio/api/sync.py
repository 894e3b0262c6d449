"""The door for another studio's `studio sync`: what is here, and what comes from there."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from fastapi.concurrency import run_in_threadpool

from studio.api.letter import Letter
from studio.studio import Studio
from studio.sync.ledger import Ledger, Listed, Listing, Merged, Sheet
from studio.sync.parcels import Label, Parcels
from studio.types import Asset, Frozen


class Wanted(Frozen):
    ids: Annotated[list[str], Body(max_length=10_000)]


def router(studio: Studio) -> APIRouter:
    routes, ledger, parcels = APIRouter(tags=["sync"], route_class=Letter), Ledger(studio), Parcels(studio.library)

    @routes.get("/sync")
    def projects() -> dict[str, Any]:
        """Which studio this is, and its projects."""
        parcels.tidy()
        return {"studio": ledger.me(), "projects": [one.model_dump() for one in ledger.listed()]}

    @routes.get("/sync/projects/{project_id}")
    def sheet(project_id: str) -> Sheet:
        """A project, with the times at which its items became what they are."""
        return ledger.sheet(project_id)

    @routes.put("/sync/projects/{project_id}")
    def keep(project_id: str, merged: Merged) -> Listed:
        """The film that both studios have from now on; 412 when it was changed here since `if_version`."""
        project = ledger.keep(project_id, merged)
        return Listed(id=project.id, title=project.title, version=project.version)

    @routes.post("/sync/missing")
    def missing(wanted: Wanted) -> dict[str, int]:
        """Which of these files are not here, and how many bytes of each have come already."""
        return parcels.missing(wanted.ids)

    @routes.put("/sync/files/{asset_id}", openapi_extra=PIECE)
    async def piece(asset_id: str, request: Request, offset: Annotated[int, Query(ge=0)]) -> dict[str, int]:
        """A piece of a file, which begins at `offset`; 409 when that is not where the last one ended."""
        data = await request.body()
        return {"have": await run_in_threadpool(parcels.append, asset_id, offset, data)}

    @routes.post("/sync/files/{asset_id}", status_code=201)
    def finish(asset_id: str, label: Label) -> Asset:
        """All of it is here: into the library with it, if it is what its hash says."""
        return parcels.finish(asset_id, label)

    @routes.get("/projects/{project_id}/conflicts")
    def conflicts(project_id: str) -> list[Listing]:
        """What two studios changed differently: which was kept, and what the other had."""
        return ledger.conflicts(project_id)

    return routes


PIECE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
