"""The catalogue and its weights, over HTTP.

A model of one's own is added here from the hub alone. A folder is added by `studio models add` on the machine that it
lies on: a client that could name paths could find out what lies there.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from pipelines import catalogue
from pipelines.base import Task
from studio.api.shapes import Freed, ModelShown, Weights
from studio.doctor import Check, examine
from studio.studio import Studio
from studio.types import Frozen, Job
from studio.work.stock import describe

IN_LINE: dict[int | str, dict[str, Any]] = {200: {"model": Job, "description": "The job that does it already"}}


class NewModel(Frozen):
    """A model of the hub that is to be one of one's own."""

    id: str = Field(max_length=64, description="What it is to be called: a-z 0-9 . _ -")
    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", max_length=200, description="Its name on the hub: maker/model")
    task: Task | None = Field(None, description="What it makes, where its files do not say")
    family: str = Field("", max_length=200, description="Which pipeline reads it, where its files do not say")
    title: str = Field("", max_length=100, description="Its name in the window")
    base: str = Field("", max_length=64, description="For a LoRA: the model that it changes")


def router(studio: Studio) -> APIRouter:
    routes, stock = APIRouter(tags=["models"]), studio.stock

    @routes.get("/models", response_model=list[ModelShown])
    async def models(task: Task | None = None) -> list[dict[str, Any]]:
        """Every model: what it is, what it may be used for, whether it can run here now, and its options."""
        return await run_in_threadpool(studio.models, task)

    @routes.post("/models", status_code=201, response_model=ModelShown)
    async def add(new: NewModel) -> dict[str, Any]:
        """Add a model of the hub as one of one's own; which family reads it is told from its files."""
        said = new.model_dump(include={"task", "family", "title", "base"})
        return describe(await run_in_threadpool(lambda: stock.add(new.id, new.repo, local=False, **said)))

    @routes.get("/doctor")
    async def doctor() -> list[Check]:
        """What this machine has of what the studio needs, each with what to do where it is missing. Takes seconds."""
        return await run_in_threadpool(examine, studio.settings)

    @routes.get("/weights", response_model=Weights)
    async def weights() -> dict[str, Any]:
        """What all models take on the disk and what is free there, in bytes; what downloads now, and what is wrong in
        models.toml."""
        disk, jobs = await run_in_threadpool(stock.disk), stock.jobs()
        return {**disk, "offline": stock.offline, "jobs": jobs, "faults": catalogue.owned.now().faults}

    @routes.get("/models/{model_id}", response_model=ModelShown)
    async def model(model_id: str) -> dict[str, Any]:
        """One model."""
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

    @routes.delete("/models/{model_id}/files", response_model=Freed)
    async def remove(model_id: str) -> dict[str, int]:
        """Take a model's weights off the disk, but for what another model needs. Folders of one's own stay."""
        return {"freed": await run_in_threadpool(stock.remove, model_id)}

    @routes.delete("/models/{model_id}", status_code=204)
    async def forget(model_id: str) -> None:
        """Take a model of one's own out of the list. Its files stay."""
        catalogue.find(model_id)
        stock.forget(model_id)

    return routes
