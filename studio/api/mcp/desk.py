"""The MCP server itself: which tools it has, and the library's files as `homereel://asset/{id}`."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp_types import Resource, ResourceTemplate, ToolAnnotations
from pydantic import AnyUrl
from starlette.concurrency import run_in_threadpool

from pipelines.faults import Fault, Unknown
from studio import __version__
from studio.api.mcp.tools import URI, Tools, about_edits
from studio.studio import Studio
from studio.timeline.model import Timeline

SCHEMA = "homereel://schema/timeline"
LISTED = 100
LARGEST = 64 << 20
ABOUT = (
    "A film studio on this machine. `list_models` says what can be made with; `generate` makes a picture, a shot,"
    " music, a sound or speech, and answers with its job, whose assets are files in the library. `edit_timeline` cuts"
    " assets together, `export_film` writes the film, `make_film` does it from a brief. Files are named by asset id,"
    " everywhere; what a timeline may hold is in homereel://schema/timeline."
)
LOOKS, CHANGES, ENDS = (
    ToolAnnotations(read_only_hint=True, open_world_hint=False),
    ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False),
    ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=False),
)
OFFERED = {  # a tool is a method of Tools, and its entry here
    "list_models": LOOKS,
    "generate": CHANGES,
    "get_job": LOOKS,
    "cancel_job": ENDS,
    "search_library": LOOKS,
    "get_timeline": LOOKS,
    "edit_timeline": ENDS,
    "export_film": CHANGES,
    "make_film": CHANGES,
}


class Desk(MCPServer[Any]):
    def __init__(self, studio: Studio):
        super().__init__("homereel", title="Homereel", version=__version__, instructions=ABOUT, log_level="WARNING")
        logging.getLogger("mcp").setLevel(logging.WARNING)  # it would write down what clients got wrong
        self.studio = studio
        tools = Tools(studio)
        for name, manner in OFFERED.items():
            tool = getattr(tools, name)
            words = inspect.cleandoc(tool.__doc__) + (f"\n\n{about_edits()}" if name == "edit_timeline" else "")
            self.add_tool(worded(tool), description=words, annotations=manner, structured_output=True)

    async def list_resources(self) -> list[Resource]:
        """The newest files; `search_library` finds the others."""
        page = await run_in_threadpool(self.studio.library.list, limit=LISTED)
        shape = Resource(uri=SCHEMA, name="timeline", title="What a timeline may hold", mime_type="application/json")
        return [
            shape,
            *(
                Resource(uri=URI + a.id, name=a.name, title=a.name, mime_type=a.mime, size=a.bytes, description=a.kind)
                for a in page.items
            ),
        ]

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        words = "Any file of the library by its id, whole, in its own MIME type"
        return [ResourceTemplate(uri_template=URI + "{id}", name="asset", title="A file", description=words)]

    async def read_resource(self, uri: AnyUrl | str, context: Any = None) -> Iterable[ReadResourceContents]:
        if str(uri) == SCHEMA:
            return [ReadResourceContents(json.dumps(Timeline.model_json_schema(by_alias=True)), "application/json")]
        asset_id = str(uri).removeprefix(URI)
        try:
            asset = self.studio.library.get(asset_id)
        except Unknown as fault:
            raise ResourceNotFoundError(f"{fault.message} `search_library` finds files.") from None
        except Fault as fault:
            raise ResourceError(f"{fault.message} {fault.advice}") from None
        if asset.bytes > LARGEST or not asset.path.is_file():
            raise ResourceError(f"{asset.name} is too large to be read whole, or lost: fetch {asset.url}, in ranges.")
        data = await run_in_threadpool(asset.path.read_bytes)
        text = asset.kind in ("captions", "lut") or asset.mime == "application/json"
        return [ReadResourceContents(data.decode("utf-8", "replace") if text else data, asset.mime)]


def worded(tool: Callable[..., Any]) -> Callable[..., Any]:
    """The same tool, its faults told to the model in words that it can act on."""

    @wraps(tool)
    async def telling(*given: Any, **named: Any) -> Any:
        try:
            return await tool(*given, **named)
        except Fault as fault:
            raise ToolError(f"{fault.message} {fault.advice}".strip()) from None

    return telling
