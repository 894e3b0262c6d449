"""The doors, for the abuse suites: at each, how a client names a file or says something. A new door is a new line."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from test_api import timeline

SONG = "the-canary-sings"


@dataclass(frozen=True)
class Door:
    """Where a client may put words of its own: `body(value)` is what it posts there."""

    name: str
    path: str
    body: Callable[[Any], Any]


def gradio(*data: Any) -> Callable[[Any], Any]:
    """A call of a Gradio endpoint, the value in the place of `...`."""
    return lambda value: {"data": [value if given is ... else given for given in data], "session_hash": "abuse"}


def wish(model: str, **options: Any) -> Callable[[Any], Any]:
    return lambda value: {"model": model, "options": {k: value if v is ... else v for k, v in options.items()}}


# Where a file is named: an asset's id is the only name that is one.
FILES = [
    Door("rest job", "/api/v1/jobs", wish("draft-image", prompt="a fox", source=...)),
    Door("rest film job", "/api/v1/generate", wish("draft-video", prompt="a fox", start=...)),
    Door("rest batch", "/api/v1/jobs/batch", lambda value: [wish("draft-image", prompt="a fox", source=...)(value)]),
    Door("rest import", "/api/v1/projects/import", lambda value: {"asset": value}),
    Door("rest timeline", "/api/v1/projects", lambda value: {"timeline": timeline(value)}),
    Door("rest zip", "/api/v1/assets/zip", lambda value: {"ids": [value]}),
    Door("rest trash", "/api/v1/assets/trash", lambda value: {"ids": [value]}),
    Door("rest model", "/api/v1/models", lambda value: {"id": "mine", "repo": value}),
    Door("gradio run", "/gradio_api/run/generate_image", gradio("a fox", "draft-image", *[None] * 6, ..., *[None] * 4)),
    Door("gradio call", "/gradio_api/call/generate_image", gradio("a fox", "", *[None] * 6, ..., *[None] * 4)),
    Door("gradio options", "/gradio_api/run/generate_image",
         lambda value: gradio("a fox", "draft-image", *[None] * 10, ...)({"source": value})),
    Door("gradio export", "/gradio_api/run/export_film", gradio(..., "mp4", None, None)),
    Door("gradio job", "/gradio_api/run/job", gradio(...)),
    Door("fal picture", "/fal/queue/fal-ai/flux/dev/image-to-image", lambda v: {"prompt": "a fox", "image_url": v}),
    Door("fal metadata", "/fal/run/fal-ai/ffmpeg-api/metadata", lambda value: {"media_url": value}),
    Door("openai video", "/v1/videos", lambda value: {"prompt": "a fox", "input_reference": value}),
]  # fmt: skip

# Where something is said: a prompt, a title, a name.
WORDS = [
    Door("rest job", "/api/v1/jobs", wish("draft-image", prompt=...)),
    Door("rest title", "/api/v1/projects", lambda value: {"title": value}),
    Door("rest model name", "/api/v1/jobs", lambda value: {"model": value, "options": {"prompt": "a fox"}}),
    Door("gradio prompt", "/gradio_api/call/generate_image", gradio(..., "draft-image", *[None] * 11)),
    Door("gradio model", "/gradio_api/run/generate_image", gradio("a fox", ..., *[None] * 11)),
    Door("fal prompt", "/fal/queue/fal-ai/flux/dev", lambda value: {"prompt": value}),
    Door("openai video", "/v1/videos", lambda value: {"prompt": value}),
    Door("film brief", "/api/v1/films", lambda value: {"brief": value, "until": "script"}),
]


@contextmanager
def canary_listener() -> Iterator[tuple[int, list[str]]]:
    """A server of this machine that nothing has any business with: its port, and what was asked of it."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SONG.encode())

        do_HEAD = do_POST = do_PUT = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    listener = ThreadingHTTPServer(("0.0.0.0", 0), Listener)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        yield listener.server_address[1], asked
    finally:
        listener.shutdown()
        listener.server_close()
