"""Another take in its place, over HTTP; and the versions of a project to go back to."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from studio import takes
from studio.api.letter import Letter
from studio.api.projects import IfMatch, shown, version_of
from studio.api.shapes import ProjectShown, Takes
from studio.studio import Studio
from studio.timeline.versions import Version, Versions
from studio.types import Frozen, Job
from studio.work.delivery import Deliveries


class Name(Frozen):
    name: str = Field(min_length=1, max_length=200)


def router(studio: Studio) -> APIRouter:
    routes = APIRouter(tags=["projects"], route_class=Letter)
    deliveries, versions = Deliveries(studio.db, studio.library), Versions(studio.db, studio.projects)

    @routes.post("/projects/{project_id}/takes", status_code=202)
    def ask_for_take(project_id: str, wish: takes.TakeRequest, response: Response, if_match: IfMatch = None) -> Job:
        """Have another take made for a clip, or something for a gap. When the job is done it is put there by itself,
        wherever that is by then; the earlier take is kept among the clip's takes."""
        job, project = takes.ask(studio, project_id, wish, if_version=version_of(if_match))
        response.headers["etag"] = f'"{project.version}"'
        return job

    @routes.get("/projects/{project_id}/takes", response_model=Takes)
    def takes_on_their_way(project_id: str, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> dict[str, Any]:
        """The takes asked for, newest first: where they go, what became of them, and their jobs."""
        found = deliveries.of(project_id, limit)
        return {"items": [one.model_dump(mode="json") | {"job": studio.queue.get(one.job)} for one in found]}

    @routes.get("/projects/{project_id}/versions")
    def versions_of(project_id: str, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> dict[str, list[Version]]:
        """Every kept step and every named version, newest first."""
        return {"items": versions.list(project_id, limit)}

    @routes.post("/projects/{project_id}/versions", status_code=201)
    def name_version(project_id: str, given: Name) -> Version:
        """Keep the project as it is now under a name."""
        return versions.name(project_id, given.name)

    @routes.post("/projects/{project_id}/versions/{version_id}/restore", response_model=ProjectShown)
    def restore_version(
        project_id: str, version_id: str, response: Response, if_match: IfMatch = None
    ) -> dict[str, Any]:
        """Go back to a version, as one step that undo takes back."""
        project = versions.restore(project_id, version_id, if_version=version_of(if_match))
        return shown(studio, project, response)

    @routes.delete("/projects/{project_id}/versions/{version_id}", status_code=204, response_class=Response)
    def forget_version(project_id: str, version_id: str) -> None:
        """Give a name up."""
        versions.forget(project_id, version_id)

    return routes
