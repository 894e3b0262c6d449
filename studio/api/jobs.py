"""Jobs, over HTTP: submit, look, follow, cancel, retry, reorder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from studio.api.letter import Letter
from studio.api.shapes import Event
from studio.studio import Studio
from studio.types import Frozen, GenerationRequest, Job, JobStatus, Page

Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255, min_length=1)]
REPLAYED: dict[int | str, dict[str, Any]] = {200: {"model": Job, "description": "The job that this key made before"}}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": Event.model_json_schema()}}, "description": "One Job each"}
}
Limit = Annotated[int, Query(ge=1, le=200)]


class Place(Frozen):
    before: str | None = Field(None, max_length=64, description="A waiting job's id")


def router(studio: Studio) -> APIRouter:
    routes, queue = APIRouter(tags=["jobs"], route_class=Letter), studio.queue

    async def submit(request: GenerationRequest, response: Response, idempotency_key: Key = None) -> Job:
        """Put a request in line. It is safe on disk when this answers; the same Idempotency-Key is the same job."""
        job, replayed = studio.submit(request, key=idempotency_key)
        response.status_code = 200 if replayed else 202
        return job

    routes.post("/jobs", status_code=202, responses=REPLAYED)(submit)
    routes.post("/generate", status_code=202, operation_id="generate", responses=REPLAYED)(submit)

    @routes.post("/jobs/batch", status_code=202)
    async def batch(requests: Annotated[list[GenerationRequest], Body(min_length=1, max_length=1000)]) -> list[Job]:
        """Put several requests in line; when one of them is at fault, none."""
        return studio.submit_all(requests)

    async def jobs(
        status: JobStatus | None = None, task: str | None = None, limit: Limit = 50, before: str | None = None
    ) -> Page[Job]:
        """Newest first; `next` goes into `before` for what follows."""
        return queue.page(status=status, task=task, limit=limit, before=before)

    routes.get("/jobs")(jobs)
    routes.get("/history", operation_id="history")(jobs)

    @routes.get("/jobs/{job_id}")
    async def job(job_id: str) -> Job:
        return queue.get(job_id)

    @routes.get("/jobs/{job_id}/events", response_class=StreamingResponse, responses=STREAM)
    async def events(job_id: str) -> StreamingResponse:
        """Server-sent events: one Job each, whenever it changes, ending with the one in its last state."""
        queue.get(job_id)
        return StreamingResponse(follow(job_id), media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def follow(job_id: str) -> AsyncIterator[str]:
        said, quiet = "", 0
        while True:
            job = queue.get(job_id)
            now = job.model_dump_json()
            quiet = 0 if job.model_dump_json(exclude={"eta_s"}) != said else quiet + 1
            if quiet == 0:
                said = job.model_dump_json(exclude={"eta_s"})
                yield f"data: {now}\n\n"
            elif quiet % 60 == 0:
                yield ": still here\n\n"
            if job.over:
                return
            await asyncio.sleep(0.25)

    @routes.post("/jobs/{job_id}/cancel")
    async def cancel(job_id: str) -> Job:
        """It is cancelled when this answers; 409 when it was over already."""
        return queue.cancel(job_id)

    @routes.post("/jobs/{job_id}/retry", status_code=202)
    async def retry(job_id: str) -> Job:
        """The same recipe again, as a new job that names this one in `retry_of`."""
        return studio.retry(job_id)

    @routes.post("/jobs/{job_id}/move")
    async def move(job_id: str, place: Place | None = None) -> Job:
        """Put a waiting job before another one, or, with no `before`, at the end."""
        return queue.move(job_id, place.before if place else None)

    return routes
