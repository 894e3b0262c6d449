"""What restoring needs beside its jobs, over HTTP: a file's condition, its frames to compare, clips exchanged."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from studio import restoring
from studio.api.letter import Letter
from studio.api.projects import IfMatch, shown, version_of
from studio.library.condition import condition
from studio.studio import Studio
from studio.types import Frozen

JPEG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {"schema": {"type": "string"}}}}}


class Exchange(Frozen):
    use: restoring.Side


def router(studio: Studio) -> APIRouter:
    routes = APIRouter(tags=["restoring"], route_class=Letter)

    @routes.get("/assets/{asset_id}/condition")
    def report(asset_id: str, response: Response) -> dict[str, Any]:
        """What is the matter with a film or a picture: noise, blocks, interlacing, blur, lost and repeated frames,
        clipping, loudness; in numbers and in words, and the settings that would help."""
        found = condition(studio.library, asset_id)
        response.headers["cache-control"] = "private, max-age=3600"
        return found

    @routes.get("/assets/{asset_id}/frame", response_class=Response, responses=JPEG)
    def frame(
        asset_id: str,
        t: Annotated[float, Query(ge=0, le=86400, allow_inf_nan=False)] = 0,
        width: Annotated[int, Query(ge=64, le=3840)] = 1280,
    ) -> Response:
        """What it shows `t` seconds from its first frame, as a JPEG of that width."""
        picture = restoring.frame(studio, asset_id, t, width)
        return Response(picture, media_type="image/jpeg", headers={"cache-control": "private, max-age=86400"})

    @routes.post("/projects/{project_id}/restored")
    def exchange(project_id: str, wish: Exchange, response: Response, if_match: IfMatch = None) -> dict[str, Any]:
        """Exchange every clip that has one for its restored one, or every restored one for its original: one edit."""
        project = restoring.exchange(studio, project_id, wish.use, if_version=version_of(if_match))
        return shown(studio, project, response)

    return routes
