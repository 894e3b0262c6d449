"""fal's storage: files on their way in, whole or in parts, from a browser or from Python; and the files themselves."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel, Field

from pipelines.faults import DiskFull, TooLarge
from studio.api.addresses import base_of, given
from studio.api.fal.refusals import Speaking
from studio.api.fal.slots import MOST_PARTS, Slots
from studio.api.served import served
from studio.library.intake import SPARE_BYTES
from studio.library.store import Library
from studio.types import Asset

MOST_PART = 1 << 30
Number = Annotated[int, InPath(ge=1, le=MOST_PARTS)]


class Announced(BaseModel):
    file_name: str = Field("", max_length=2000)
    content_type: str = Field("", max_length=300)


class Part(BaseModel):
    partNumber: int = Field(ge=1, le=MOST_PARTS)


class Parts(BaseModel):
    parts: list[Part] = Field(max_length=MOST_PARTS)


def router(slots: Slots) -> APIRouter:
    routes, library = APIRouter(route_class=Speaking, include_in_schema=False), slots.library

    @routes.post("/fal/storage/upload/initiate")
    @routes.post("/fal/storage/upload/initiate-multipart")
    def initiate(request: Request, file: Announced) -> dict[str, str]:
        slot, base = slots.begin(file.file_name), base_of(request)
        return {"upload_url": given(base, slot.upload), "file_url": given(base, slot.path)}

    @routes.put("/fal/storage/put/{id}")
    async def put(request: Request, id: str) -> dict[str, Any]:
        slot = slots.get(id)
        asset = slots.filled(slot, await whole(request, library, slot.name))
        return {"url": given(base_of(request), slot.path), "asset": asset.id}

    @routes.put("/fal/storage/put/{id}/{number}")
    @routes.put("/fal/files/{id}/{name}/multipart/{upload}/{number}")
    async def put_part(request: Request, response: Response, id: str, number: Number) -> dict[str, Any]:
        etag = await one_part(request, library, slots.part(slots.get(id), number))
        response.headers["etag"] = etag
        return {"partNumber": number, "etag": etag}

    @routes.post("/fal/storage/put/{id}/complete")
    @routes.post("/fal/files/{id}/{name}/multipart/{upload}/complete")
    async def complete(request: Request, id: str, given_parts: Parts) -> dict[str, str]:
        slot = slots.get(id)
        numbers = [part.partNumber for part in given_parts.parts]
        await asyncio.to_thread(slots.joined, slot, numbers)
        return {"url": given(base_of(request), slot.path)}

    # --- as the Python client does it -----------------------------------------------------------------------------

    @routes.post("/fal/storage/auth/token")
    def token(request: Request) -> dict[str, str]:
        """Where uploads go, and with what: the credential that this very request came with."""
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        expires = datetime.now(UTC) + timedelta(hours=1)
        return {
            "token": key or "local",
            "token_type": kind or "Bearer",
            "base_url": given(base_of(request), "/fal"),
            "expires_at": expires.isoformat(),
        }

    @routes.post("/fal/files/upload")
    async def upload(request: Request) -> dict[str, str]:
        slot = slots.begin(named(request))
        slots.filled(slot, await whole(request, library, slot.name))
        return {"access_url": given(base_of(request), slot.path)}

    @routes.post("/fal/files/upload/multipart")
    def upload_parts(request: Request) -> dict[str, str]:
        slot = slots.begin(named(request))
        return {"access_url": f"{base_of(request)}{slot.path}", "uploadId": slot.id}  # the client writes on behind it

    @routes.post("/fal/tokens")
    @routes.post("/fal/tokens/")
    def short_token() -> JSONResponse:
        """For addresses that carry their credential: here they carry it in themselves, so this one opens nothing."""
        return JSONResponse("local")

    @routes.head("/fal/files/{id}/{name:path}")
    @routes.get("/fal/files/{id}/{name:path}")
    def file(id: str) -> FileResponse:
        slot = slots.get(id)
        found = served(library.get(slot.asset or ""), download=False)
        found.headers["cross-origin-resource-policy"] = "cross-origin"  # nobody can guess the address: who has it may
        return found

    return routes


def named(request: Request) -> str:
    return unquote(request.headers.get("x-fal-file-name", ""))


async def whole(request: Request, library: Library, name: str) -> Asset:
    """A body as a file in the library. Whatever goes wrong, a client that leaves included, leaves nothing behind."""
    with library.intake(name) as intake:
        async for chunk in request.stream():
            intake.write(chunk)
        return await asyncio.to_thread(intake.finish)


async def one_part(request: Request, library: Library, kept: Path) -> str:
    """A body as a part of a file, kept until the others have come: its hash."""
    digest, size, fresh = hashlib.sha256(), 0, kept.with_name(f"{kept.name}.{id(request)}")
    if shutil.disk_usage(library.tmp).free < SPARE_BYTES:
        raise DiskFull("The disk is almost full.", "Make room, or empty the trash, and try again.")
    try:
        with fresh.open("xb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > MOST_PART:
                    raise TooLarge(f"A part is larger than {MOST_PART >> 20} MB.", "Send smaller ones.")
                digest.update(chunk)
                file.write(chunk)
        fresh.replace(kept)
    finally:
        fresh.unlink(missing_ok=True)
    return f'"{digest.hexdigest()}"'
