"""The OpenAI-compatible door at /v1: programs written for that API make pictures, voices and shots here instead.

It ignores what it does not know, as that API's servers do, and refuses in that API's words.
"""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from starlette.routing import Route

from studio.api.openai import images, models, speech, unserved, videos, voices
from studio.studio import Studio

ROOMS = (models, images, speech, voices, videos)


def install(app: FastAPI, studio: Studio) -> None:
    """Its routes. They stand in no OpenAPI description of ours: their description is OpenAI's."""
    routes = APIRouter(prefix="/v1", include_in_schema=False)
    for room in ROOMS:
        routes.include_router(room.router(studio))
    app.include_router(routes)


def close_off(app: FastAPI) -> None:
    """What is under /v1 and not there is answered in its words, too."""
    for path in ("/v1", "/v1/{path:path}"):
        app.router.routes.append(Route(path, unserved.Unserved(), include_in_schema=False))
