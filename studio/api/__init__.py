"""The HTTP doors, but for the window itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from pipelines.faults import Unknown
from studio import __version__
from studio.api import (
    assets,
    assistant,
    conform,
    cutting,
    docs,
    errors,
    fal,
    films,
    health,
    jobs,
    line,
    login,
    looks,
    mcp,
    metrics,
    models,
    openai,
    preview,
    projects,
    restoring,
    sharing,
    sync,
    takes,
)
from studio.api.description import described, name_of
from studio.api.entry import Entry
from studio.api.fresh import Fresh
from studio.api.waiting import cleared
from studio.studio import Studio
from studio.timeline.model import Timeline
from studio.types import Asset, GenerationRequest, Job

SCHEMAS: dict[str, type[BaseModel]] = {
    "generation-request": GenerationRequest,
    "job": Job,
    "asset": Asset,
    "timeline": Timeline,
}


REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": errors.Refusal, "description": "Refused, and why"},
    507: {"model": errors.Refusal, "description": "No room is left for it"},
}


class UnknownSchema(Unknown):
    """No schema of that name is published."""


def create(studio: Studio, entry: Entry | None = None) -> FastAPI:
    entry, tools = entry or Entry(studio.locks), mcp.Door(studio)
    app = FastAPI(
        title="Homereel", version=__version__, description=__doc__, lifespan=hosting(studio, tools),
        openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None, responses=REFUSALS,
        generate_unique_id_function=name_of,
    )  # fmt: skip
    errors.install(app)
    for door in (
        models, jobs, line, assets, looks, projects, cutting, preview, takes, films, conform, sync, restoring,
        assistant,
    ):  # fmt: skip
        app.include_router(door.router(studio), prefix="/api/v1")
    app.include_router(health.router(studio))
    app.include_router(login.router(studio, entry))
    app.include_router(sharing.router(studio), prefix="/api/v1")
    app.include_router(metrics.router(studio))

    @app.get("/api/v1/schemas/{name}", tags=["schemas"])
    async def schema(name: str) -> dict[str, Any]:
        """JSON Schema of what goes in and out: generation-request, job, asset or timeline."""
        if name not in SCHEMAS:
            raise UnknownSchema(f"There is no schema {name!r}.", f"Choose one of: {', '.join(SCHEMAS)}.")
        return SCHEMAS[name].model_json_schema(mode="serialization", by_alias=True)

    @app.get("/api/v1/docs", include_in_schema=False)
    async def documentation() -> HTMLResponse:
        return HTMLResponse(docs.page(app.openapi()))

    openai.install(app, studio)
    fal.install(app, studio)
    app.router.routes.append(tools.route)
    described(app)
    app.add_middleware(Fresh, knows=close_off(app))
    openai.close_off(app)
    return app


def close_off(app: FastAPI) -> Callable[[Scope], bool]:
    """What is under /api/, or beside /health, and not there is answered here in our words, whatever the method, and
    not by the window behind us. Says whether one of our own routes takes a request."""
    ours = list(app.routes)

    def taken(scope: Scope) -> bool:
        said = app.openapi()["paths"].get(scope["path"])  # an address without blanks goes before those with some
        if said is not None:
            return scope["method"].lower() in said
        return any(route.matches(scope)[0] is Match.FULL for route in ours)

    class Nowhere:
        """An ASGI app, not a function: then the route takes every method there is."""

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            methods = [m for m in ("GET", "POST", "PUT", "PATCH", "DELETE") if taken({**scope, "method": m})]
            methods += ["HEAD"] if "GET" in methods else []
            status, allow = (405, {"Allow": ", ".join(methods)}) if methods else (404, {})
            await errors.answer(status, *errors.HTTP_WORDS[status], **allow)(scope, receive, send)

    for path in ("/api/{path:path}", "/health", "/metrics", "/login", "/logout"):
        app.router.routes.append(Route(path, Nowhere(), include_in_schema=False))
    return taken


def hosting(studio: Studio, tools: mcp.Door) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Whatever the server's end, the workers go home with it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with tools.open(), cleared(studio):
                yield
        finally:
            studio.close()

    return lifespan
