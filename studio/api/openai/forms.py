"""Reads what OpenAI's clients send: JSON, or a form with files in it; the files become assets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import partial
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from pipelines.base import Kind
from pipelines.faults import Unsupported
from studio.api.errors import Malformed
from studio.api.letter import check
from studio.api.openai.errors import Refused
from studio.studio import Studio
from studio.types import Asset

CHUNK, LETTER = 1 << 20, 32 << 20
MOST_FILES = 17  # sixteen pictures and a mask
ID = re.compile(r"[0-9a-f]{64}")


class Wish(BaseModel):
    """What a request asks for. Strangers among its fields are let in and not looked at, as that API does."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


W = TypeVar("W", bound=Wish)
Files = dict[str, list[UploadFile]]


async def read(request: Request, wish: type[W]) -> tuple[W, Files]:
    """The wish, and the files that came with it by field. Raises `Malformed`, or pydantic's `ValidationError`."""
    kind = request.headers.get("content-type", "").lower()
    if not kind.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        body = await whole(request)
        check(body, kind)
        try:
            return wish.model_validate(json.loads(body or b"{}")), {}
        except RecursionError:
            raise Malformed("The body is nested too deeply.") from None
        except json.JSONDecodeError as error:
            raise Malformed("The body is not JSON.", str(error)) from None
    try:
        form = await request.form(max_files=MOST_FILES, max_fields=200, max_part_size=CHUNK)
    except MultiPartException as error:
        raise Malformed("The form cannot be read.", error.message) from None
    fields: dict[str, Any] = {}
    files: Files = {}
    for name, value in form.multi_items():
        plain = name.removesuffix("[]")
        if isinstance(value, UploadFile):
            files.setdefault(plain, []).append(value)
        elif value.strip().lower() not in ("", "null"):
            fields[plain] = value
    return wish.model_validate(fields), files


async def whole(request: Request) -> bytes:
    """The body of a letter, which is no place for files. Raises 413."""
    body = bytearray()
    async for data in request.stream():
        body += data
        if len(body) > LETTER:
            raise HTTPException(413)
    return bytes(body)


async def kept(studio: Studio, files: Iterable[UploadFile], kinds: tuple[Kind, ...], param: str) -> list[Asset]:
    """Uploads as assets of the library. Raises `Refused` for what is of another kind."""
    assets = []
    for sent in files:
        try:
            pieces = iter(partial(sent.file.read, CHUNK), b"")
            asset = await run_in_threadpool(studio.library.upload, pieces, sent.filename or "")
        except Unsupported as error:
            raise Refused(f"{param}: {error.message} {error.advice}".strip(), param) from None
        assets.append(of_kind(asset, kinds, param))
    return assets


def of_kind(asset: Asset, kinds: tuple[Kind, ...], param: str) -> Asset:
    if asset.kind not in kinds:
        raise Refused(f"{param}: {asset.name} is {asset.kind}; it takes {' or '.join(kinds)}.", param)
    return asset


def named(studio: Studio, reference: Any, param: str) -> Asset:
    """The asset that a reference object names: `{"file_id": an asset's id}`, or `{"image_url": our own address}`."""
    if isinstance(reference, str):
        try:
            reference = json.loads(reference)
        except ValueError:
            reference = {"file_id": reference}
    said = " ".join(str(v) for v in reference.values()) if isinstance(reference, dict) else ""
    if not (found := ID.search(said)):
        raise Refused(f"{param}: send the file itself, or name one that is here by its asset id.", param)
    return studio.library.get(found[0])
