"""The API's documentation as one page, drawn from its own OpenAPI description: nothing is fetched to show it."""

from __future__ import annotations

import json
from html import escape
from typing import Any


def page(api: dict[str, Any]) -> str:
    parts = [f"<h2>{escape(tag)}</h2>" + "".join(rows) for tag, rows in sections(api).items()]
    title = f"{escape(api['info']['title'])} API {escape(api['info']['version'])}"
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style>
<main><h1>{title}</h1><p>For programs: <a href="openapi.json">openapi.json</a>.</p>{"".join(parts)}</main>"""


def sections(api: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation.get("tags", ["other"])[0], []).append(entry(api, path, method, operation))
    return found


def entry(api: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> str:
    about = escape(operation.get("description") or operation.get("summary", ""))
    takes = [f"<tr><td><code>{escape(p['name'])}</code><td>{escape(p['in'])}<td>{kind(p['schema'])}" for p in
             operation.get("parameters", [])]  # fmt: skip
    body = operation.get("requestBody", {}).get("content", {})
    shapes = [f"<p>Body: {escape(mime)}</p><pre>{shape(api, part['schema'])}</pre>" for mime, part in body.items()]
    table = f"<table>{''.join(takes)}</table>" if takes else ""
    name = f"<summary><b>{method.upper()}</b> <code>{escape(path)}</code> <span>{about}</span></summary>"
    return f"<details>{name}{table}{''.join(shapes)}</details>"


def kind(schema: dict[str, Any]) -> str:
    kinds = [option.get("type", "") for option in schema.get("anyOf", [schema])]
    choices: list[Any] = schema.get("enum") or next((o["enum"] for o in schema.get("anyOf", []) if "enum" in o), [])
    return escape(" | ".join(map(str, choices)) or " or ".join(k for k in kinds if k and k != "null"))


def shape(api: dict[str, Any], schema: dict[str, Any]) -> str:
    """A body's schema, references followed once."""
    schema = next((option for option in schema.get("anyOf", []) if "$ref" in option), schema)
    if "$ref" in schema:
        schema = api["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return escape(json.dumps(schema.get("properties", schema), indent=2))


STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem } h2 { margin-top: 2rem; text-transform: capitalize }
details { border-top: 1px solid #8884; padding: .5rem 0 } summary { cursor: pointer }
summary b { font: 600 13px monospace }
summary span { opacity: .75 } td { padding: .1rem 1rem .1rem 0 }
pre { overflow: auto; background: #8881; padding: 1rem }
"""
