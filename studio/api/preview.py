"""The preview of a project, over HTTP: its pieces as they are painted, and its sound."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from pipelines.faults import Unknown
from studio.api.letter import Letter
from studio.api.shapes import Preview
from studio.studio import Studio
from studio.timeline.model import Timeline
from studio.types import Asset

Width = Annotated[int, Query(ge=64, le=1920)]
LONGEST_S = 30
PAGES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}
WAV: dict[int | str, dict[str, Any]] = {200: {"content": {"audio/wav": {"schema": {"type": "string"}}}}}


class NoSuchPiece(Unknown):
    """The film is not made of that piece any more."""


def router(studio: Studio) -> APIRouter:
    routes, folder = APIRouter(tags=["projects"], route_class=Letter), studio.home / "cache" / "preview"

    def film(project_id: str) -> tuple[Timeline, dict[str, Asset], int]:
        """A project's timeline, the media it is made of, and its version."""
        project = studio.projects.get(project_id)
        timeline = Timeline.parse(project.timeline)
        return timeline, studio.library.many(timeline.assets()), project.version

    @routes.get("/projects/{project_id}/preview", response_model=Preview)
    def plan(project_id: str, width: Width = 640) -> dict[str, Any]:
        """The pieces of the film, in order, each with the key it is fetched by; the same key is the same pictures."""
        from studio.timeline.export import flipbook
        from studio.timeline.export.segments import sound_key

        timeline, media, version = film(project_id)
        found = flipbook.pieces(timeline, media, width)
        return {
            "version": version,
            "fps": f"{timeline.fps.numerator}/{timeline.fps.denominator}",
            "frames": timeline.frames,
            "size": flipbook.size(timeline, width),
            "sound": sound_key(timeline, media, "preview"),
            "pieces": [piece._asdict() for piece in found],
        }

    @routes.get("/projects/{project_id}/preview/{key}", response_class=StreamingResponse, responses=PAGES)
    def piece(project_id: str, key: str, width: Width = 640) -> StreamingResponse:
        """A piece's pictures as JPEGs, each after its length (four bytes, big-endian; 0: the one before once more)."""
        from studio.timeline.export import flipbook
        from studio.timeline.export.export import ready

        timeline, media, _ = film(project_id)
        wanted = next((one for one in flipbook.pieces(timeline, media, width) if one.key == key), None)
        if wanted is None:
            raise NoSuchPiece("The film has no such piece any more.", "Ask for the preview again.")
        ready(timeline, media)
        pages = flipbook.pages(timeline, media, wanted, width, folder, studio.easel)
        return StreamingResponse(
            pages, media_type="application/octet-stream", headers={"cache-control": "private, max-age=86400, immutable"}
        )

    @routes.get("/projects/{project_id}/sound", response_class=Response, responses=WAV)
    def sound(
        project_id: str, start: Annotated[int, Query(ge=0)] = 0, frames: Annotated[int, Query(ge=1, le=7200)] = 120
    ) -> Response:
        """The mix from a frame on, as a WAV file of at most 30 s; before it is brought to its loudness."""
        from studio.timeline.export import flipbook
        from studio.timeline.export.export import ready

        timeline, media, _ = film(project_id)
        ready(timeline, media)
        end = min(start + min(frames, int(LONGEST_S * timeline.fps)), timeline.frames)
        samples = flipbook.sound(timeline, media, min(start, end), end)
        return Response(flipbook.wav(samples), media_type="audio/wav", headers={"cache-control": "no-store"})

    return routes
