"""fal's queue and fal's sync run: submit, status, its stream, result, cancel; and run, with and without a stream."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from studio.api.addresses import base_of
from studio.api.fal import answers, refusals
from studio.api.fal.desk import Desk
from studio.api.fal.ledger import Asked
from studio.api.fal.refusals import Speaking
from studio.types import Job
from studio.work.queue import JobIsOver

LOOK_S, HEARTBEAT_S = 0.2, 5.0
STREAM = {"cache-control": "no-store", "x-accel-buffering": "no"}
ON = ("1", "true", "yes", "on")


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(route_class=Speaking, include_in_schema=False)

    @routes.post("/fal/queue/{endpoint:path}")
    async def submit(request: Request, endpoint: str) -> Response:
        asked = await desk.take(request, endpoint)
        _, job = desk.find(asked.id)
        body = answers.queued(asked, job, base_of(request))
        return Confirming(desk, asked, request, JSONResponse(body, headers=told(asked)))

    @routes.get("/fal/queue/{endpoint:path}/requests/{id}/status")
    async def status(request: Request, id: str, logs: str = "0") -> Response:
        asked, job = desk.find(id)
        body = answers.status(asked, job, base_of(request), logs.lower() in ON)
        return JSONResponse(body, headers=told(asked))

    @routes.get("/fal/queue/{endpoint:path}/requests/{id}/status/stream")
    async def stream(request: Request, id: str, logs: str = "0") -> Response:
        asked, _ = desk.find(id)
        events = follow(desk, id, base_of(request), logs.lower() in ON)
        return StreamingResponse(events, media_type="text/event-stream", headers=STREAM | told(asked))

    @routes.get("/fal/queue/{endpoint:path}/requests/{id}")
    async def result(request: Request, id: str) -> Response:
        asked, job = desk.find(id)
        if job is not None and not job.over:
            return refusals.refusal(400, "Request is still in progress", "request_in_progress")
        return await ended(asked, job, base_of(request))

    @routes.put("/fal/queue/{endpoint:path}/requests/{id}/cancel")
    async def cancel(id: str) -> Response:
        asked, job = desk.find(id)
        with suppress(JobIsOver):
            if job is not None:
                desk.studio.queue.cancel(job.id)
                return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202, headers=told(asked))
        return refusals.refusal(400, "The request is already over.", "already_completed", status="ALREADY_COMPLETED")

    @routes.post("/fal/run/{endpoint:path}/stream")
    async def run_streaming(request: Request, endpoint: str) -> Response:
        asked = await desk.take(request, endpoint)
        desk.answered(asked, request, True)
        events = outcome(desk, asked, base_of(request))
        return StreamingResponse(events, media_type="text/event-stream", headers=STREAM | told(asked))

    @routes.post("/fal/run/{endpoint:path}")
    async def run(request: Request, endpoint: str) -> Response:
        """Waits until it is done. A client that leaves loses nothing: it may ask again, or look in the library."""
        asked = await desk.take(request, endpoint)
        until, pause = time.monotonic() + start_within(request), 0.05
        while not desk.over(asked):
            if await request.is_disconnected():
                break
            if time.monotonic() > until and (job := desk.find(asked.id)[1]) and job.status == "queued":
                return Confirming(desk, asked, request, too_late(desk, job))
            await asyncio.sleep(pause)
            pause = min(0.5, pause * 1.1)
        asked, job = desk.find(asked.id)
        over = job is None or job.over
        answer = await ended(asked, job, base_of(request)) if over else Response(status_code=202)
        return Confirming(desk, asked, request, answer)

    @routes.post("/fal-ai/{endpoint:path}")
    async def run_plainly(request: Request, endpoint: str) -> Response:
        return await run(request, f"fal-ai/{endpoint}")

    return routes


class Confirming(Response):
    """An answer, and a note whether there was still somebody to hear it."""

    def __init__(self, desk: Desk, asked: Asked, request: Request, answer: Response):
        self.desk, self.asked, self.request, self.answer = desk, asked, request, answer
        self.background = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        got = not await self.request.is_disconnected()
        self.desk.answered(self.asked, self.request, got)
        await self.answer(scope, receive, send)


def told(asked: Asked) -> dict[str, str]:
    """The headers that go with every answer about a request."""
    return {"x-fal-request-id": asked.id} | ({"x-homereel-model": asked.model} if asked.model else {})


async def ended(asked: Asked, job: Job | None, base: str) -> Response:
    if job is not None and job.status != "done":
        refusal = refusals.of_job(job.error)
        refusal.headers.update(told(asked))
        return refusal
    return JSONResponse(await asyncio.to_thread(answers.output, asked, job, base), headers=told(asked))


async def follow(desk: Desk, id: str, base: str, logs: bool) -> AsyncIterator[str]:
    """A status whenever it changes, the last one COMPLETED. Of the log each line comes once: clients add them up."""
    last: tuple[Any, ...] = ()
    sent, quiet = set[str](), time.monotonic()
    while True:
        asked, job = desk.find(id)
        now = answers.status(asked, job, base, logs)
        fresh = [line for line in now["logs"] or () if line["message"] not in sent]
        sent |= {line["message"] for line in fresh}
        if fresh or (now["status"], now.get("queue_position")) != last:
            last, quiet = (now["status"], now.get("queue_position")), time.monotonic()
            yield f"data: {json.dumps(now | {'logs': fresh if logs else None})}\n\n"
        elif time.monotonic() - quiet > HEARTBEAT_S:
            quiet = time.monotonic()
            yield ": still here\n\n"
        if now["status"] == "COMPLETED":
            return
        await asyncio.sleep(LOOK_S)


async def outcome(desk: Desk, asked: Asked, base: str) -> AsyncIterator[str]:
    """The output as the one event of a stream; ours is known only once it is whole."""
    quiet = time.monotonic()
    while not desk.over(asked):
        if time.monotonic() - quiet > HEARTBEAT_S:
            quiet = time.monotonic()
            yield ": still here\n\n"
        await asyncio.sleep(LOOK_S)
    answer = await ended(*desk.find(asked.id), base)
    yield f"data: {bytes(answer.body).decode()}\n\n"


def start_within(request: Request) -> float:
    """The seconds a client gives us to begin, if it says so."""
    said = request.headers.get("x-fal-request-timeout", "")
    return float(said) if said.replace(".", "", 1).isdecimal() and len(said) < 10 else float("inf")


def too_late(desk: Desk, job: Job) -> Response:
    with suppress(JobIsOver):
        desk.studio.queue.cancel(job.id)
    refusal = refusals.refusal(504, "It did not begin within the time that was given.", "startup_timeout")
    refusal.headers["x-fal-request-timeout-type"] = "user"
    return refusal
