"""POST /v1/images/generations, /edits and /variations: pictures, in one answer or as they come."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from pipelines import catalogue
from pipelines.base import Model
from studio.api.addresses import media_url
from studio.api.openai.errors import Dialect, NotMade, Refused, told
from studio.api.openai.forms import Files, kept, read
from studio.api.openai.models import meant
from studio.api.openai.prints import Finish, Print, about, filed, printed
from studio.api.openai.wishes import ImageWish, VariationWish, chosen, requests_for
from studio.studio import Studio
from studio.types import Asset, GenerationRequest, Job
from studio.work.glimpses import Glimpses

A_WEEK_S = 7 * 24 * 3600
NOT_COUNTED = {
    "input_tokens": 0,
    "input_tokens_details": {"image_tokens": 0, "text_tokens": 0},
    "output_tokens": 0,
    "total_tokens": 0,
}


def router(studio: Studio) -> APIRouter:
    routes = APIRouter(prefix="/images", route_class=Dialect)

    @routes.post("/generations")
    async def generations(request: Request) -> Response:
        wish, _ = await read(request, ImageWish)
        model = await run_in_threadpool(lambda: meant(wish.model, "image") or catalogue.default("image"))
        return await answered(studio, request, wish, model, {}, "image_generation")

    @routes.post("/edits")
    async def edits(request: Request) -> Response:
        wish, files = await read(request, ImageWish)
        given = await pictures(studio, files)
        model = await run_in_threadpool(chosen, wish.model, given)
        return await answered(studio, request, wish, model, given, "image_edit")

    @routes.post("/variations")
    async def variations(request: Request) -> Response:
        wish, files = await read(request, VariationWish)
        given = await pictures(studio, files)
        model = await run_in_threadpool(chosen, wish.model, given)
        return await answered(studio, request, wish, model, given, "image_edit")

    return routes


async def pictures(studio: Studio, files: Files) -> dict[str, Any]:
    """The uploads as a model's options: the first picture is changed, the others are looked at, the mask says where."""
    images = await kept(studio, files.get("image", []), ("image",), "image")
    masks = await kept(studio, files.get("mask", [])[:1], ("image",), "mask")
    if not images:
        raise Refused("Missing required parameter: 'image', a file of the form.", "image", "missing_required_parameter")
    options: dict[str, Any] = {"source": images[0].id}
    if images[1:]:
        options["references"] = tuple(asset.id for asset in images[1:])
    return options | ({"mask": masks[0].id} if masks else {})


async def answered(
    studio: Studio, request: Request, wish: ImageWish, model: Model, given: dict[str, Any], event: str
) -> Response:
    finish, watched = wish.finish, bool(wish.stream and wish.partial_images)
    jobs = await run_in_threadpool(put, studio, requests_for(wish, model, given), watched)
    if wish.stream:
        pages = as_they_come(studio, jobs, finish, wish.partial_images or 0, event)
        return StreamingResponse(pages, media_type="text/event-stream", headers={"cache-control": "no-store"})
    data = []
    for job in jobs:
        asset, made = await finished(studio, job, finish)
        if wish.response_format == "url":
            kept = await run_in_threadpool(filed, studio.library, asset, made, finish.format)
            data.append({"url": media_url(request, kept)})
        else:
            data.append({"b64_json": made.b64})
    created = int(jobs[0].created.timestamp())
    return JSONResponse({"created": created, "data": data, **about(made, finish), "usage": NOT_COUNTED})


def put(studio: Studio, asked: list[GenerationRequest], watched: bool) -> list[Job]:
    """The jobs, all of them or none; `watched` ones leave glimpses from their very start."""
    with studio.db.transaction():
        jobs = studio.submit_all(asked)
        for job in jobs if watched else []:
            Glimpses(studio.home, job.id).open()
    return jobs


async def finished(studio: Studio, job: Job, finish: Finish) -> tuple[Asset, Print]:
    """The picture of a job once it is over. Raises `NotMade`."""
    job = await studio.settled(job.id, timeout_s=A_WEEK_S)
    if job.status != "done":
        raise NotMade(job)
    return job.assets[0], await run_in_threadpool(printed, job.assets[0].path, finish)


async def as_they_come(studio: Studio, jobs: list[Job], finish: Finish, most: int, event: str) -> AsyncIterator[str]:
    """Server-sent events: what can be seen of each picture on its way, then the picture."""
    try:
        for job in jobs:
            created = int(job.created.timestamp())
            n = 0
            async for path in Glimpses(studio.home, job.id).follow(partial(studio.queue.is_over, job.id), most):
                seen = await run_in_threadpool(printed, path, finish)
                said = {"b64_json": seen.b64, "partial_image_index": n, "created_at": created, **about(seen, finish)}
                yield event_of(f"{event}.partial_image", said)
                n += 1
            _, made = await finished(studio, job, finish)
            said = {"b64_json": made.b64, "created_at": created, **about(made, finish), "usage": NOT_COUNTED}
            yield event_of(f"{event}.completed", said)
    except NotMade as error:
        yield event_of("error", json.loads(bytes(told(error).body)))
    finally:
        for job in jobs:
            Glimpses(studio.home, job.id).close()


def event_of(type: str, said: dict[str, Any]) -> str:
    return f"event: {type}\ndata: {json.dumps({'type': type, **said})}\n\n"
