"""One table from what went wrong to what a client is told. Nothing a client sends ends anywhere else."""

from __future__ import annotations

import errno
import logging
import sqlite3

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from pipelines.faults import (
    Conflict,
    DiskFull,
    Fault,
    Gone,
    Invalid,
    OutOfMemory,
    Stale,
    TooLarge,
    TooMany,
    Unavailable,
    Unknown,
    Unsupported,
)

log = logging.getLogger(__name__)


class MissingHeader(Fault):
    """A header that this change must carry is not there."""


class Malformed(Fault):
    """The request cannot be read at all."""


class Wrong(BaseModel):
    type: str
    message: str
    advice: str


class Refusal(BaseModel):
    """What every refusal looks like."""

    error: Wrong


STATUS: dict[type[Fault], int] = {
    Malformed: 400,
    Unknown: 404,
    Conflict: 409,
    Unavailable: 409,
    Gone: 410,
    Stale: 412,
    TooLarge: 413,
    Unsupported: 415,
    Invalid: 422,
    MissingHeader: 428,
    TooMany: 429,
    DiskFull: 507,
    OutOfMemory: 507,
}
HTTP_WORDS = {
    400: ("malformed", "The request cannot be read.", "See /api/v1/docs for what it should look like."),
    404: ("not_found", "There is nothing at this address.", "See /api/v1/docs for what there is."),
    413: ("too_large", "That is more than can be sent here.", "Send less at once."),
    416: ("range_not_satisfiable", "The file has no such range.", "Ask for a range inside it."),
    405: ("method_not_allowed", "This address does not take that method.", "See /api/v1/docs for what it takes."),
}


GONE = (400, "client_left", "The request ended before its body did.", "Send it again.")


def status_of(fault: Fault) -> int:
    return next(STATUS[kind] for kind in type(fault).__mro__ if kind in STATUS)


def answer(status: int, type: str, message: str, advice: str = "", **headers: str) -> JSONResponse:
    body = {"error": {"type": type, "message": message, "advice": advice}}
    return JSONResponse(body, status, headers=headers or None)


def refusal(fault: Fault) -> JSONResponse:
    """What a client is told of a fault of theirs, or of the machine's."""
    later = {"retry-after": str(fault.wait_s)} if isinstance(fault, TooMany) else {}
    return answer(status_of(fault), fault.type, fault.message, fault.advice, **later)


def install(app: FastAPI) -> None:
    @app.exception_handler(Fault)
    async def fault(request: Request, error: Fault) -> JSONResponse:
        return refusal(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        findings = [f"{'.'.join(map(str, e['loc'][1:])) or e['loc'][0]}: {e['msg']}" for e in error.errors()]
        if any(e["type"] == "json_invalid" for e in error.errors()):
            return answer(400, "malformed", "The body is not JSON.", findings[0])
        return answer(422, "invalid", "; ".join(findings[:5]), "See /api/v1/docs for what it should look like.")

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        words = HTTP_WORDS.get(error.status_code, ("error", str(error.detail), ""))
        return answer(error.status_code, *words, **(error.headers or {}))

    @app.exception_handler(OSError)
    @app.exception_handler(sqlite3.OperationalError)
    async def disk(request: Request, error: Exception) -> JSONResponse:
        full = (getattr(error, "errno", None), getattr(error, "sqlite_errorcode", None))
        if full[0] in (errno.ENOSPC, errno.EDQUOT) or full[1] == sqlite3.SQLITE_FULL:
            return answer(507, "disk_full", "The disk is full.", "Make room, or empty the trash, and send it again.")
        raise error

    @app.exception_handler(ClientDisconnect)
    async def left(request: Request, error: ClientDisconnect) -> JSONResponse:
        return answer(*GONE)  # which nobody hears

    @app.exception_handler(Exception)
    async def ours(request: Request, error: Exception) -> JSONResponse:
        return answer(500, "internal", "This is a fault in the studio.", "The studio's log has the details.")
