"""Projects, over HTTP: their timelines, one edit at a time or whole, undo, single frames, and export."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Query, Response
from pydantic import Field

from pipelines.faults import Invalid
from studio.api.errors import MissingHeader
from studio.api.jobs import REPLAYED, Key, Limit
from studio.api.letter import Letter
from studio.api.shapes import ProjectPage, ProjectShown
from studio.assembly import assemble
from studio.studio import Studio
from studio.timeline.edit import verbs
from studio.timeline.media import check_against
from studio.timeline.model import Timeline
from studio.timeline.projects import Project
from studio.types import Frozen, Job

JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}, "description": "The picture"}
}
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The version you have, as the ETag said it")]


class NewProject(Frozen):
    title: str = ""
    timeline: dict[str, Any] | None = None
    assets: list[str] | None = Field(
        None, max_length=2000, description="Instead of a timeline: files to lay one after the other, sounds on a row"
    )


class SavedProject(Frozen):
    title: str | None = None
    timeline: dict[str, Any] | None = None


class ImportRequest(Frozen):
    asset: str = Field(max_length=200, description="The uploaded file's asset id")


class ExportRequest(Frozen):
    format: str = "mp4"
    preset: str | None = None
    options: dict[str, Any] = {}


def router(studio: Studio) -> APIRouter:
    routes, projects = APIRouter(tags=["projects"], route_class=Letter), studio.projects

    @routes.get("/projects", response_model=ProjectPage)
    def every(limit: Limit = 50, before: str | None = None, trashed: bool = False) -> dict[str, Any]:
        """Newest first, without their timelines."""
        found = projects.list(limit=limit + 1, before=before, trashed=trashed)
        items = [project.model_dump(mode="json", exclude={"timeline"}) for project in found[:limit]]
        return {"items": items, "next": items[-1]["id"] if len(found) > limit else None}

    @routes.post("/projects", status_code=201, response_model=ProjectShown)
    def create(response: Response, given: NewProject | None = None) -> dict[str, Any]:
        given = given or NewProject()
        if given.assets is not None and given.timeline is not None:
            raise Invalid("A project is made of a timeline or of files, not of both.", "Leave one of them out.")
        if given.assets is not None:
            return shown(studio, assemble(studio, given.assets, given.title), response)
        return shown(studio, projects.create(given.title, given.timeline), response)

    @routes.post("/projects/sample", status_code=201, response_model=ProjectShown)
    def open_sample(response: Response) -> dict[str, Any]:
        """A small finished project to look at and play with."""
        from studio.sample import sample

        return shown(studio, sample(studio), response)

    @routes.post("/projects/import", status_code=202, responses=REPLAYED)
    def open_file(given: ImportRequest, response: Response, idempotency_key: Key = None) -> Job:
        """Make a project of a project zip, an .otio file or a timeline that was uploaded as an asset; the job's result
        names it. Media it speaks of is found in the zip, or in the library by id or by file name."""
        job, replayed = studio.open_file(given.asset, key=idempotency_key)
        response.status_code = 200 if replayed else 202
        return job

    @routes.get("/projects/{project_id}", response_model=ProjectShown)
    def one(project_id: str, response: Response) -> dict[str, Any]:
        return shown(studio, projects.get(project_id), response)

    @routes.put("/projects/{project_id}", response_model=ProjectShown)
    def save(project_id: str, given: SavedProject, response: Response, if_match: IfMatch = None) -> dict[str, Any]:
        """Replace the timeline, the title or both. 412 when someone else saved since the version in `If-Match`."""
        version = version_of(if_match)
        saved = projects.save(project_id, given.timeline, if_version=version, title=given.title)
        return shown(studio, saved, response)

    @routes.delete("/projects/{project_id}", status_code=204, response_class=Response)
    def trash(project_id: str, if_match: IfMatch = None) -> None:
        """Into the trash, from where it can come back."""
        projects.trash(project_id, if_version=version_of(if_match))

    @routes.post("/projects/{project_id}/restore", response_model=ProjectShown)
    def restore(project_id: str, response: Response) -> dict[str, Any]:
        return shown(studio, projects.restore(project_id), response)

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


def shown(studio: Studio, project: Project, response: Response) -> dict[str, Any]:
    """A project as clients see it; its version is the ETag."""
    response.headers["etag"] = f'"{project.version}"'
    missing = studio.missing(Timeline.parse(project.timeline))
    if missing:  # which may come back without a new version
        response.headers["cache-control"] = "no-store"
    return project.model_dump(mode="json") | {"missing": missing}


def version_of(if_match: str | None) -> int:
    """The version a client builds on. Without one it cannot know what it would overwrite."""
    if if_match is None:
        raise MissingHeader("A project is changed with an If-Match header.", "Send the ETag the project came with.")
    if not (said := re.fullmatch(r'(?:W/)?"?([0-9]{1,18})"?', if_match.strip())):
        raise Invalid("If-Match is not a version.", 'Send the ETag the project came with, such as "3".')
    return int(said[1])
