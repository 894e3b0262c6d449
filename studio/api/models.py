"""The catalogue and its weights, over HTTP.

A model of one's own is added by `studio models add`, on the machine itself, and not here: it names a folder of that
machine, and a client that could name one could find out what lies there.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from pipelines import catalogue
from pipelines.base import Task
from studio.studio import Studio
from studio.types import Job
from studio.work.stock import describe

IN_LINE: dict[int | str, dict[str, Any]] = {200: {"model": Job, "description": "The job that does it already"}}


def router(studio: Studio) -> APIRouter:
    routes, stock = APIRouter(tags=["models"]), studio.stock

    @routes.get("/models")
    async def models(task: Task | None = None) -> list[dict[str, Any]]:
        """Every model: what it is, what it may be used for, whether it can run here now, and its options."""
        return await run_in_threadpool(studio.models, task)

    @routes.get("/weights")
    async def weights() -> dict[str, Any]:
        """What all models take on the disk and what is free there, in bytes; what downloads now, and what is wrong in
        models.toml."""
        disk, jobs = await run_in_threadpool(stock.disk), stock.jobs()
        return {**disk, "offline": stock.offline, "jobs": jobs, "faults": catalogue.owned.now().faults}

    @routes.get("/models/{model_id}")
    async def model(model_id: str) -> dict[str, Any]:
        return describe(catalogue.find(model_id))

    @routes.post("/models/{model_id}/download", status_code=202, responses=IN_LINE)
    async def download(model_id: str, response: Response) -> Job:
        """Fetch a model's weights; what has come already is kept. To pause it, cancel the job; to go on, ask again."""
        job, had = stock.download(model_id)
        response.status_code = 200 if had else 202
        return job

    @routes.post("/models/{model_id}/verify", status_code=202, responses=IN_LINE)
    async def verify(model_id: str, response: Response) -> Job:
        """Read every file of a model and hold it against its hash; damaged ones are taken away."""
        job, had = stock.verify(model_id)
        response.status_code = 200 if had else 202
        return job

    @routes.delete("/models/{model_id}/files")
    async def remove(model_id: str) -> dict[str, int]:
        """Take a model's weights off the disk, but for what another model needs. Folders of one's own stay."""
        return {"freed": await run_in_threadpool(stock.remove, model_id)}

    @routes.delete("/models/{model_id}", status_code=204)
    async def forget(model_id: str) -> None:
        """Take a model of one's own out of the list. Its files stay."""
        catalogue.find(model_id)
        stock.forget(model_id)

    return routes
