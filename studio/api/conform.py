"""From draft to final, over HTTP: the plan, the job, and what came of it, clip by clip."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from studio.api.jobs import REPLAYED, Key
from studio.api.letter import Letter
from studio.api.projects import shown
from studio.conform import ask, made, plan
from studio.conform.plan import Finals, Plan
from studio.studio import Studio
from studio.types import Frozen, Job

Name = Annotated[str | None, Query(max_length=200)]


class ConformRequest(Frozen):
    models: Finals


class Choice(Frozen):
    use: Literal["draft", "final"]


def router(studio: Studio) -> APIRouter:
    routes = APIRouter(tags=["projects"], route_class=Letter)

    @routes.post("/projects/{project_id}/conform", status_code=202, responses=REPLAYED)
    def conform(project_id: str, wish: ConformRequest, response: Response, idempotency_key: Key = None) -> Job:
        """Have every draft take made again by the chosen models. Each comes into its draft's place by itself, and the
        draft is kept among the clip's takes; where a voice takes longer or shorter, the cut goes with it."""
        job, replayed = ask.ask(studio, project_id, wish.models, key=idempotency_key)
        response.status_code = 200 if replayed else 202
        return job

    @routes.get("/projects/{project_id}/conform/plan")
    def planned(
        project_id: str, image: Name = None, video: Name = None, music: Name = None, sound: Name = None,
        speech: Name = None,
    ) -> Plan:  # fmt: skip
        """What these models would make, how long it would take and how much room; nothing is changed."""
        return plan.plan(studio, project_id, Finals(image=image, video=video, music=music, sound=sound, speech=speech))

    @routes.get("/projects/{project_id}/conform")
    def came_of_it(project_id: str) -> dict[str, Any]:
        """Every draft with its final: how far it is, and which of the two plays."""
        return {"items": made.made(studio, project_id)}

    @routes.post("/projects/{project_id}/conform/{draft}")
    def choose(project_id: str, draft: str, choice: Choice, response: Response) -> dict[str, Any]:
        """Keep the final, or go back to the draft, in every place of it."""
        return shown(studio, made.choose(studio, project_id, draft, choice.use), response)

    return routes
