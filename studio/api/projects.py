"""Projects, over HTTP: made, opened, saved whole, put in the trash."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import Field

from pipelines.faults import Invalid
from studio.api.errors import MissingHeader
from studio.api.jobs import REPLAYED, Key, Limit
from studio.api.letter import Letter
from studio.api.shapes import ProjectPage, ProjectShown
from studio.assembly import assemble
from studio.studio import Studio
from studio.timeline.model import Timeline
from studio.timeline.projects import Project
from studio.types import Frozen, Job

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
