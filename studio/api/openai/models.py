"""GET /v1/models: what can be made with here now; and which of ours is meant by the names that OpenAI's have."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from pipelines import catalogue
from pipelines.base import Model, Task
from studio.api.openai.errors import Dialect, Refused
from studio.studio import Studio

THEIRS: dict[Task, re.Pattern[str]] = {  # what programs send that were never told of another model
    "image": re.compile(r"(dall-e|gpt-image|chatgpt-image)"),
    "speech": re.compile(r"(tts-1|gpt-4o(-mini)?-tts|gpt-audio)"),
    "video": re.compile(r"sora"),
}


def router(studio: Studio) -> APIRouter:
    routes, born = APIRouter(route_class=Dialect), int(studio.born)

    @routes.get("/models")
    async def models() -> dict[str, Any]:
        ready = await run_in_threadpool(lambda: [m.id for m in catalogue.models() if m.status()[0] == "ready"])
        return {"object": "list", "data": [shown(model_id, born) for model_id in ready]}

    @routes.get("/models/{model_id}")
    async def model(model_id: str) -> dict[str, Any]:
        return shown(catalogue.find(model_id).id, born)

    return routes


def shown(model_id: str, created: int) -> dict[str, Any]:
    return {"id": model_id, "object": "model", "created": created, "owned_by": "local"}


def meant(said: str | None, task: Task) -> Model | None:
    """The model named, or None where it is ours to choose: no name, or one of OpenAI's own for this task.

    Raises `UnknownModel`, and `Refused` for one that makes something else."""
    if not said or THEIRS[task].match(said):
        return None
    model = catalogue.find(said)
    if model.task != task:
        raise Refused(f"{model.id} makes {model.task}, not {task}.", "model")
    return model
