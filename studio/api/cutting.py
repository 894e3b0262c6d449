"""The cutting room, over HTTP: one edit at a time, undo, single frames, and the film."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response

from studio.api.jobs import REPLAYED, Key
from studio.api.letter import Letter
from studio.api.projects import IfMatch, shown, version_of
from studio.api.shapes import ProjectShown
from studio.studio import Studio
from studio.timeline.edit import verbs
from studio.timeline.media import check_against
from studio.timeline.model import Timeline
from studio.types import Frozen, Job

JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}, "description": "The picture"}
}


class ExportRequest(Frozen):
    format: str = "mp4"
    preset: str | None = None
    options: dict[str, Any] = {}


def router(studio: Studio) -> APIRouter:
    routes, projects = APIRouter(tags=["projects"], route_class=Letter), studio.projects

    @routes.post("/projects/{project_id}/edits", response_model=ProjectShown)
    def edited(
        project_id: str, given: Annotated[dict[str, Any], Body()], response: Response, if_match: IfMatch = None
    ) -> dict[str, Any]:
        """Make one edit: `{"verb": ..., and what that verb takes}`."""
        version = version_of(if_match)
        before = Timeline.parse(projects.at_version(project_id, version).timeline)
        after, label = verbs.apply(before, given)
        media = studio.library.many(after.assets())
        check_against(after, media)
        return shown(studio, projects.save(project_id, after, if_version=version, label=label), response)

    @routes.post("/projects/{project_id}/undo", response_model=ProjectShown)
    def undo(project_id: str, response: Response, if_match: IfMatch = None) -> dict[str, Any]:
        """Take the last edit back."""
        return shown(studio, projects.undo(project_id, if_version=version_of(if_match)), response)

    @routes.post("/projects/{project_id}/redo", response_model=ProjectShown)
    def redo(project_id: str, response: Response, if_match: IfMatch = None) -> dict[str, Any]:
        return shown(studio, projects.redo(project_id, if_version=version_of(if_match)), response)

    @routes.get("/projects/{project_id}/frames/{n}", response_class=Response, responses=JPEG)
    def still(
        project_id: str,
        n: int,
        width: Annotated[int, Query(ge=64, le=3840)] = 640,
        track: Annotated[int | None, Query(ge=0)] = None,
        at: Annotated[int | None, Query(ge=0)] = None,
        take: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    ) -> Response:
        """One frame of the film as it would be exported, as a JPEG; with `track`, `at` and `take`, as it would be with
        that asset in that clip's place."""
        swap = None if track is None or at is None or take is None else (track, at, take)
        picture = studio.still(project_id, n, width, swap)
        return Response(picture, media_type="image/jpeg", headers={"cache-control": "no-store"})

    @routes.post("/projects/{project_id}/export", status_code=202, responses=REPLAYED)
    def export(
        project_id: str, response: Response, wish: ExportRequest | None = None, idempotency_key: Key = None
    ) -> Job:
        """Have the film written. What is exported is the timeline as it is now."""
        wish = wish or ExportRequest()
        settings = {**wish.options, **({"preset": wish.preset} if wish.preset else {})}
        job, replayed = studio.export(project_id, wish.format, settings=settings, key=idempotency_key)
        response.status_code = 200 if replayed else 202
        return job

    return routes
