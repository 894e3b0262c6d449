"""The OpenAPI description as programs need it: calls with names to generate a client from, and nothing untrue."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

VERSION = {"type": "string", "pattern": r'^(W/)?"?[0-9]{1,18}"?$', "examples": ['"3"']}


def name_of(route: APIRoute) -> str:
    """A call's name for generated clients: `jobs_submit`."""
    return f"{route.tags[0]}_{route.name}" if route.tags else route.name


def described(app: FastAPI) -> None:
    """Have `app` say of itself what its types alone do not."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            api = plain()
            for methods in api["paths"].values():
                for operation in methods.values():
                    for parameter in operation.get("parameters", []):
                        put_right(parameter)
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def put_right(parameter: dict[str, Any]) -> None:
    """A parameter is there or not, but never null; and a project is never changed without its version."""
    options = [option for option in parameter["schema"].get("anyOf", []) if option != {"type": "null"}]
    if len(options) == 1:
        rest = {key: value for key, value in parameter["schema"].items() if key not in ("anyOf", "default")}
        parameter["schema"] = options[0] | rest
    if parameter["name"] == "If-Match":
        parameter |= {"required": True, "schema": VERSION}
