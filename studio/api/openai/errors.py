"""Refusals in OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`.

Its clients send a request again after 408, 409, 429 and 5xx. What would fail again is therefore never told by one of
those.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from pipelines.catalogue import UnknownModel
from pipelines.faults import Conflict, Fault, Invalid, Unavailable
from studio.api.errors import GONE, HTTP_WORDS, status_of
from studio.types import Job

BAD = "invalid_request_error"


class Refused(Fault):
    """A request that this door itself turns down, naming the parameter."""

    def __init__(self, message: str, param: str | None = None, code: str | None = "invalid_value", status: int = 400):
        super().__init__(message)
        self.param, self.code, self.status = param, code, status


class NotMade(Fault):
    """The job that was waited for came to nothing."""

    def __init__(self, job: Job):
        error = job.error
        super().__init__(error.message if error else f"The job was {job.status}.", error.advice if error else "")
        self.code = error.type if error else job.status


class Dialect(APIRoute):
    """A route whose refusals are in OpenAI's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def speaking(request: Request) -> Response:
            try:
                return await handle(request)
            except (Fault, RequestValidationError, ValidationError, HTTPException, ClientDisconnect) as error:
                return told(error)

        return speaking


def told(error: Exception) -> JSONResponse:
    """What went wrong, as a client of that API reads it."""
    match error:
        case Refused():
            return answer(error.status, error.message, error.param, error.code)
        case NotMade():
            return answer(422, f"{error.message} {error.advice}".strip(), None, error.code, "generation_error")
        case UnknownModel():
            return answer(404, f"{error.message} {error.advice}", "model", "model_not_found")
        case Unavailable():
            return answer(400, f"{error.message} {error.advice}", "model", "model_not_ready")
        case Fault():
            status = 400 if isinstance(error, Invalid | Conflict) else status_of(error)
            return answer(status, f"{error.message} {error.advice}".strip(), None, error.type)
        case ValidationError() | RequestValidationError():
            found = error.errors()[0]
            place = found["loc"][isinstance(error, RequestValidationError) :]  # which says first where it stood
            param = ".".join(map(str, place)) or None
            missing = found["type"] == "missing"
            words = f"Missing required parameter: '{param}'." if missing else f"{param}: {found['msg']}"
            return answer(400, words, param, "missing_required_parameter" if missing else "invalid_value")
        case HTTPException():
            code, message, _ = HTTP_WORDS.get(error.status_code, ("error", str(error.detail), ""))
            return answer(error.status_code, message, None, code, headers=error.headers)
    return answer(400, GONE[2], None, GONE[1])


def answer(
    status: int, message: str, param: str | None, code: str | None, type: str = BAD, headers: Any = None
) -> JSONResponse:
    body = {"error": {"message": message, "type": type, "param": param, "code": code}}
    return JSONResponse(body, status, headers=headers)
