"""/v1/videos: shots that are asked for, asked after, fetched, made anew with other words, and put away."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from pipelines import catalogue
from studio.api.openai.errors import Dialect, Refused
from studio.api.openai.forms import Wish, kept, named, of_kind, read
from studio.api.openai.shots import VideoWish, film_of, request_for, shown
from studio.api.served import there
from studio.studio import Studio
from studio.types import GenerationRequest, Job
from studio.work.queue import JobIsOver, UnknownJob
from studio.work.remixes import Remixes

POLL = {"openai-poll-after-ms": "500"}


class RemixWish(Wish):
    prompt: str = Field(min_length=1, max_length=32_000)


def router(studio: Studio) -> APIRouter:
    routes, remixes = APIRouter(prefix="/videos", route_class=Dialect), Remixes(studio.db)

    def video(job: Job) -> JSONResponse:
        return JSONResponse(shown(job, remixes.source(job.id)), headers=POLL)

    def found(video_id: str) -> Job:
        try:
            job = studio.queue.get(video_id.removeprefix("video_"))
        except UnknownJob:
            job = None
        if job is None or job.task != "video" or remixes.hidden(job.id):
            raise Refused(f"No video with id '{video_id[:80]}'.", "video_id", "not_found", 404)
        return job

    @routes.post("")
    async def create(request: Request) -> Response:
        wish, files = await read(request, VideoWish)
        sent = await kept(studio, files.get("input_reference", [])[:1], ("image", "video"), "input_reference")
        if not sent and wish.input_reference:
            asset = await run_in_threadpool(named, studio, wish.input_reference, "input_reference")
            sent = [of_kind(asset, ("image", "video"), "input_reference")]
        asked = await run_in_threadpool(request_for, wish, sent)
        return video((await run_in_threadpool(studio.submit, asked))[0])

    @routes.get("")
    async def every(
        after: Annotated[str | None, Query(max_length=100)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 20,
        order: Literal["asc", "desc"] = "desc",
    ) -> dict[str, Any]:
        """Newest first, or last."""
        start = found(after).id if after else None
        ids, more = remixes.page(limit, start, order == "desc")
        data = [shown(studio.queue.get(job_id), remixes.source(job_id)) for job_id in ids]
        ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {"first_id": None, "last_id": None}
        return {"object": "list", "data": data, "has_more": more, **ends}

    @routes.get("/{video_id}")
    async def one(video_id: str) -> Response:
        return video(found(video_id))

    @routes.get("/{video_id}/content")
    def content(video_id: str, variant: Literal["video", "thumbnail", "spritesheet"] = "video") -> Response:
        """The film, or a picture of it, or pictures of it side by side."""
        film = film_of(found(video_id))
        if variant == "video":
            there(film)
            return FileResponse(film.path, media_type=film.mime, filename=film.name, headers={"etag": f'"{film.id}"'})
        drawn = studio.library.thumbnail if variant == "thumbnail" else studio.library.filmstrip
        return FileResponse(drawn(film.id), media_type="image/webp")

    @routes.delete("/{video_id}")
    def put_away(video_id: str) -> dict[str, Any]:
        """Cancel it if it is still on its way; its file goes to the trash."""
        job = found(video_id)
        try:
            studio.queue.cancel(job.id)
        except JobIsOver:
            job = studio.queue.get(job.id)
        with studio.db.transaction():
            remixes.hide(job.id)
            studio.library.trash(asset.id for asset in job.assets)
        return {"id": f"video_{job.id}", "deleted": True, "object": "video.deleted"}

    @routes.post("/{video_id}/remix")
    async def remix(video_id: str, request: Request) -> Response:
        """The same shot with other words: its model, its seed and all its other options stay."""
        wish, _ = await read(request, RemixWish)
        first = found(video_id)
        film_of(first)
        model = catalogue.find(first.model)
        options = {name: v for name, v in first.recipe.options.items() if name in model.cls.Options.model_fields}
        asked = GenerationRequest(model=model.id, options={**options, "prompt": wish.prompt}, project=first.project)

        def put() -> Job:
            with studio.db.transaction():
                job, _ = studio.submit(asked)
                remixes.note(job.id, first.id)
            return job

        return video(await run_in_threadpool(put))

    return routes
