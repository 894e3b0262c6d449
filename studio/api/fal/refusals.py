"""Refusals as fal's clients read them: `detail`, which for a field at fault is a list that names it, and its type."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from pipelines.faults import Conflict, Fault, Gone, Invalid, OutOfMemory, Unavailable, Unsupported
from studio.api import errors
from studio.types import JobError

FIELD = re.compile(r"([a-zA-Z_][\w.\[\]]{0,80}): (.+)", re.DOTALL)
AT_FAULT = (Invalid, Conflict, Gone, Unavailable, Unsupported, OutOfMemory)
"""All of them 422: clients would send a 409 again and again, and take a 5xx for a passing trouble."""


class Speaking(APIRoute):
    """A route whose refusals are in fal's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def speaking(request: Request) -> Response:
            try:
                return await handle(request)
            except Fault as fault:
                return of_fault(fault)
            except RequestValidationError as error:
                where = [{"loc": list(e["loc"]), "msg": e["msg"], "type": e["type"]} for e in error.errors()]
                return refusal(422, where, "invalid")
            except HTTPException as error:
                words = errors.HTTP_WORDS.get(error.status_code, ("error", str(error.detail), ""))
                return refusal(error.status_code, words[1], words[0])

        return speaking


def of_fault(fault: Fault) -> JSONResponse:
    status = 422 if isinstance(fault, AT_FAULT) else errors.status_of(fault)
    return refusal(status, detail_of(status, fault.type, fault.message, fault.advice), fault.type)


def of_job(error: JobError | None) -> JSONResponse:
    """What a failed job's result is: there is no status for it, so this is where a client learns of it."""
    if error is None:
        return refusal(422, "The request was cancelled.", "request_cancelled")
    return refusal(422, detail_of(422, error.type, error.message, error.advice), error.type)


def detail_of(status: int, type: str, message: str, advice: str) -> Any:
    said = f"{message} {advice}".strip()
    if status != 422:
        return said
    field = FIELD.fullmatch(message)
    where, why = (field[1].split("."), field[2]) if field else ([], message)
    return [{"loc": ["body", *where], "msg": f"{why} {advice}".strip(), "type": type, "input": None}]


def refusal(status: int, detail: Any, type: str, /, **more: Any) -> JSONResponse:
    said = detail if isinstance(detail, str) else "; ".join(str(finding["msg"]) for finding in detail)
    body = {"detail": detail, "message": said, "error_type": type, **more}
    return JSONResponse(body, status, headers={"x-fal-error-type": type})


class Nowhere:
    """Whatever else is asked under fal's addresses, with whatever method: an ASGI app takes them all."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await refusal(404, "There is nothing at this address, or not with that method.", "not_found")(
            scope, receive, send
        )


nowhere = Nowhere()
