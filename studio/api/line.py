"""The line of jobs, over HTTP: what runs and waits, pause and resume, who was told, and what was asked before."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from studio.api.jobs import Limit
from studio.api.letter import Letter
from studio.api.shapes import Line, Paused
from studio.studio import Studio


def router(studio: Studio) -> APIRouter:
    routes, queue = APIRouter(tags=["jobs"], route_class=Letter), studio.queue

    @routes.get("/queue", response_model=Line)
    async def line() -> dict[str, Any]:
        """What runs, then what waits, in the order it will run."""
        return {"items": queue.line(), "paused": queue.paused, "counts": queue.counts()}

    @routes.post("/queue/pause", response_model=Paused)
    async def pause() -> dict[str, bool]:
        queue.pause()
        return {"paused": True}

    @routes.post("/queue/resume", response_model=Paused)
    async def resume() -> dict[str, bool]:
        queue.resume()
        return {"paused": False}

    @routes.get("/webhooks")
    async def webhooks(limit: Limit = 50) -> dict[str, Any]:
        """The latest calls to the addresses that jobs were asked to tell, newest first, and how they went."""
        return {"items": studio.webhooks.of(limit)}

    @routes.get("/prompts")
    async def prompts(task: str, limit: Limit = 50) -> list[str]:
        """What was asked of this task before, the latest first, each once."""
        return studio.history(task, limit)

    return routes
