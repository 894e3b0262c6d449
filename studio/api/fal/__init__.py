"""The door for programs that speak fal.ai's language: queue, run, storage, the proxy's address, and the cutting room.

It translates: requests become the studio's own jobs and assets, `ids.py` says which of fal's endpoints is which model.
"""

from __future__ import annotations

from fastapi import FastAPI
from starlette.routing import Route

from studio.api.fal import queue, storage, uploadthing
from studio.api.fal.desk import Desk
from studio.api.fal.proxy import Proxy
from studio.api.fal.refusals import nowhere
from studio.api.fal.slots import Slots
from studio.studio import Studio


def install(app: FastAPI, studio: Studio) -> None:
    slots = Slots(studio.db, studio.library)
    for door in (storage.router(slots), uploadthing.router(slots), queue.router(Desk(studio, slots))):
        app.include_router(door)
    for path in ("/api/fal", "/api/fal/proxy"):
        app.router.routes.append(Route(path, Proxy(app), include_in_schema=False))
    for path in ("/fal/{path:path}", "/fal-ai/{path:path}"):
        app.router.routes.append(Route(path, nowhere, include_in_schema=False))
