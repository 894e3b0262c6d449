"""The catalogue, over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from pipelines import catalogue
from pipelines.base import Task
from studio.studio import Studio, describe


def router(studio: Studio) -> APIRouter:
    routes = APIRouter(tags=["models"])

    @routes.get("/models")
    async def models(task: Task | None = None) -> list[dict[str, Any]]:
        """Every model: what it is, what it may be used for, whether it can run here now, and its options."""
        return studio.models(task)

    @routes.get("/models/{model_id}")
    async def model(model_id: str) -> dict[str, Any]:
        return describe(catalogue.find(model_id))

    return routes
