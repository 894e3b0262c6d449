"""Whether the studio can work: `/health` for programs that watch it, `/api/v1/status` for the window's header."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from pipelines.device import devices, reading
from studio.api.shapes import Busy, Health
from studio.people import STRANGER, asking
from studio.studio import Studio

UNWELL: dict[int | str, dict[str, Any]] = {
    200: {"model": Health},
    503: {"model": Health, "description": "The same, `status` saying why no job can run"},
}


def router(studio: Studio) -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get("/health", responses=UNWELL)
    async def health() -> JSONResponse:
        """200 with `"status": "ok"`, or 503 with the reason why no job can run."""
        found = studio.health()
        if asking() is STRANGER:
            found = {"status": found["status"]}
        return JSONResponse(found, 200 if found["status"] == "ok" else 503)

    @routes.get("/api/v1/status", response_model=Busy)
    async def status() -> dict[str, Any]:
        """What runs, how much waits, and how full the device is."""
        device = devices(studio.settings.device)[0]
        now = await run_in_threadpool(reading, device)  # which may ask a program
        return {
            "queue": {**studio.queue.counts(), "paused": studio.queue.paused},
            "running": [job.model_dump(mode="json") for job in studio.queue.running(8)],
            "device": {
                "title": device.title,
                "memory_gb": now.memory_gb,
                "used_gb": now.used_gb,
                "celsius": now.celsius,
                "busy": now.busy,
            },
            "disk": studio.disk(),
        }

    return routes
