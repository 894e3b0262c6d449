"""The assistant, over HTTP: ask, look, answer, stop, take back; and what was said and done about a project."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from fastapi.responses import PlainTextResponse
from pydantic import Field

from studio.api.letter import Letter
from studio.director.agent import Assistant
from studio.director.memory import Memory
from studio.director.turns import Turn
from studio.studio import Studio
from studio.types import Frozen

TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


class Request(Frozen):
    project: str = Field(max_length=64)
    text: str = Field(min_length=1, max_length=2000)


def router(studio: Studio) -> APIRouter:
    routes, assistant = APIRouter(tags=["assistant"], route_class=Letter), Assistant(studio)

    @routes.post("/assistant", status_code=202)
    def ask(request: Request) -> Turn:
        """Begin with a request; look at it until its state is neither `thinking` nor `asking`."""
        return assistant.ask(request.project, request.text)

    @routes.get("/assistant/{request_id}")
    def look(request_id: str) -> Turn:
        return assistant.get(request_id)

    @routes.post("/assistant/{request_id}/answer")
    def answer(request_id: str, yes: Annotated[bool, Body(embed=True)]) -> Turn:
        """Say yes or no to what it asks; 409 when it asks nothing."""
        return assistant.answer(request_id, yes)

    @routes.post("/assistant/{request_id}/stop")
    def stop(request_id: str) -> Turn:
        """Do nothing more for this request, and stop its jobs."""
        return assistant.stop(request_id)

    @routes.post("/assistant/{request_id}/undo")
    def undo(request_id: str) -> Turn:
        """Take the whole request back; 409 when there is nothing to take back."""
        return assistant.undo(request_id)

    @routes.get("/projects/{project_id}/memory")
    def memory(
        project_id: str,
        q: Annotated[str, Query(max_length=300)] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> dict[str, Any]:
        """What was said and done, the latest last, with `q` what holds all its words; and the last request as it is."""
        project = studio.projects.get(project_id)
        return {"items": Memory(studio.home, project.id).entries(limit, q), "turn": assistant.turns.latest(project.id)}

    @routes.get("/projects/{project_id}/memory/summary", response_class=Response, responses=TEXT)
    def summary(project_id: str) -> Response:
        """The session as Markdown."""
        project = studio.projects.get(project_id)
        return PlainTextResponse(Memory(studio.home, project.id).summary(project.title))

    return routes
