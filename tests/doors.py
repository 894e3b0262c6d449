"""The doors, for the abuse suites: at each, how a client names a file or says something. A new door is a new line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx

from test_api import timeline


@dataclass(frozen=True)
class Door:
    """Where a client may put words of its own: in the place of `...` in the path or in what is posted."""

    name: str
    path: str
    body: Any

    def ask(self, client: httpx.Client, value: Any) -> httpx.Response:
        path = self.path.replace("PROJECT", client.project)
        answer = client.post(path, json=filled(self.body, value, client.project), headers=self.headers)
        assert answer.status_code != 429, "or nothing was tried"
        return said(answer) if self.path == MCP else answer

    @property
    def headers(self) -> dict[str, str]:
        return {"accept": "application/json, text/event-stream"} if self.path == MCP else {}


def filled(shape: Any, value: Any, project: str) -> Any:
    """The body with the value in the place of `...`; a function makes of the value what stands there."""
    match shape:
        case dict():
            return {key: filled(one, value, project) for key, one in shape.items()}
        case list():
            return [filled(one, value, project) for one in shape]
        case "PROJECT":
            return project
        case _ if callable(shape):
            return shape(value)
    return value if shape is ... else shape


MCP = "/mcp"


def called(name: str, **arguments: Any) -> dict[str, Any]:
    """A call of an MCP tool."""
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}


def said(answer: httpx.Response) -> httpx.Response:
    """What a tool or a resource said in its stream of events, as REST would have said it."""
    if not answer.headers.get("content-type", "").startswith("text/event-stream"):
        return answer
    told = json.loads(answer.text.rpartition("data: ")[2])
    result = told.get("result", {})
    if "error" in told or result.get("isError"):
        return httpx.Response(422, json=told)
    return httpx.Response(200, json=result.get("structuredContent") or result)


def gradio(*data: Any) -> dict[str, Any]:
    """A call of a Gradio endpoint."""
    return {"data": list(data), "session_hash": "abuse"}


def wish(model: str, **options: Any) -> dict[str, Any]:
    return {"model": model, "options": options}


SMALL = {"width": 256, "height": 256}
KEYFRAME = {"timestamp": 0, "duration": 1000, "url": ...}
# Where a file is named: an asset's id is the only name that is one.
FILES = [
    Door("rest job", "/api/v1/jobs", wish("draft-image", prompt="a fox", source=...)),
    Door("rest film job", "/api/v1/generate", wish("draft-video", prompt="a fox", start=...)),
    Door("rest restoration", "/api/v1/jobs", wish("draft-restore", source=...)),
    Door("rest batch", "/api/v1/jobs/batch", [wish("draft-image", prompt="a fox", source=...)]),
    Door("rest webhook", "/api/v1/jobs", {**wish("draft-image", prompt="a fox", **SMALL), "webhook": ...}),
    Door("rest import", "/api/v1/projects/import", {"asset": ...}),
    Door("rest timeline", "/api/v1/projects", {"timeline": timeline}),
    Door("rest conform", "/api/v1/projects/PROJECT/conform", {"models": {"image": ...}}),
    Door("rest film models", "/api/v1/films", {"brief": "a fox", "until": "script", "models": {"image": ...}}),
    Door("rest zip", "/api/v1/assets/zip", {"ids": [...]}),
    Door("rest trash", "/api/v1/assets/trash", {"ids": [...]}),
    Door("rest sync", "/api/v1/sync/missing", {"ids": [...]}),
    Door("rest assistant", "/api/v1/assistant", {"project": ..., "text": "undo"}),
    Door("rest model", "/api/v1/models", {"id": "mine", "repo": ...}),
    Door("gradio run", "/gradio_api/run/generate_image", gradio("a fox", "draft-image", *[None] * 6, ..., *[None] * 4)),
    Door("gradio call", "/gradio_api/call/generate_image", gradio("a fox", "", *[None] * 6, ..., *[None] * 4)),
    Door("gradio options", "/gradio_api/run/generate_image",
         gradio("a fox", "draft-image", *[None] * 10, {"source": ...})),
    Door("gradio export", "/gradio_api/run/export_film", gradio(..., "mp4", None, None)),
    Door("gradio job", "/gradio_api/run/job", gradio(...)),
    Door("fal picture", "/fal/queue/fal-ai/flux/dev/image-to-image", {"prompt": "a fox", "image_url": ...}),
    Door("fal metadata", "/fal/run/fal-ai/ffmpeg-api/metadata", {"media_url": ...}),
    Door("fal compose", "/fal/queue/fal-ai/ffmpeg-api/compose",
         {"tracks": [{"id": "1", "type": "video", "keyframes": [KEYFRAME]}]}),
    Door("openai video", "/v1/videos", {"prompt": "a fox", "input_reference": ...}),
    Door("mcp picture", MCP, called("generate", task="image", prompt="a fox", model="draft-image",
                                    options={"source": ..., **SMALL})),
    Door("mcp timeline", MCP, called("edit_timeline", timeline=timeline)),
    Door("mcp export", MCP, called("export_film", project=...)),
    Door("mcp job", MCP, called("get_job", id=...)),
    Door("mcp resource", MCP, {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": ...}}),
]  # fmt: skip

# Where something is said: a prompt, a title, a name.
WORDS = [
    Door("rest job", "/api/v1/jobs", wish("draft-image", prompt=...)),
    Door("rest title", "/api/v1/projects", {"title": ...}),
    Door("rest version", "/api/v1/projects/PROJECT/versions", {"name": ...}),
    Door("rest model name", "/api/v1/jobs", {"model": ..., "options": {"prompt": "a fox"}}),
    Door("rest assistant", "/api/v1/assistant", {"project": "PROJECT", "text": ...}),
    Door("rest sync", f"/api/v1/sync/files/{'0' * 64}", {"name": ..., "bytes": 1, "created": "2026-01-01T00:00:00Z"}),
    Door("film brief", "/api/v1/films", {"brief": ..., "until": "script"}),
    Door("gradio prompt", "/gradio_api/call/generate_image", gradio(..., "draft-image", *[None] * 11)),
    Door("gradio model", "/gradio_api/run/generate_image", gradio("a fox", ..., *[None] * 11)),
    Door("fal prompt", "/fal/queue/fal-ai/flux/dev", {"prompt": ...}),
    Door("fal file", "/fal/storage/upload/initiate", {"file_name": ..., "content_type": "image/png"}),
    Door("fal button", "/api/uploadthing", {"files": [{"name": ...}]}),
    Door("openai video", "/v1/videos", {"prompt": ...}),
    Door("openai picture", "/v1/images/generations", {"prompt": "a fox", "size": ...}),
    Door("openai speech", "/v1/audio/speech", {"input": "a fox", "model": "tts-1", "voice": ...}),
    Door("mcp prompt", MCP, called("generate", task="image", prompt=..., model="draft-image", options=SMALL)),
    Door("mcp brief", MCP, called("make_film", brief=..., seconds=1)),  # which is too short: only read, never made
    Door("mcp search", MCP, called("search_library", query=...)),
    Door("mcp edits", MCP, called("edit_timeline", project="PROJECT", title=...)),
]
