"""OpenAI's Video, as our jobs are: what is asked for as a request of ours, and a job as it is shown there."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from pipelines import catalogue
from pipelines.base import Model
from studio.api.openai import sizes
from studio.api.openai.errors import Refused
from studio.api.openai.forms import Wish
from studio.api.openai.models import meant
from studio.types import Asset, GenerationRequest, Job

STATUS = {"queued": "queued", "running": "in_progress", "done": "completed", "failed": "failed", "cancelled": "failed"}
OURS = ("negative_prompt", "seed", "fps", "steps", "guidance")


class VideoWish(Wish):
    prompt: str = Field(min_length=1, max_length=32_000)
    model: str | None = Field(None, max_length=200)
    seconds: float | None = Field(None, gt=0, le=3600)
    size: str | None = Field(None, max_length=40)
    input_reference: Any = None
    seed: int | None = Field(None, ge=-1, le=2**32 - 1)
    fps: int | None = None
    negative_prompt: str | None = None
    steps: int | None = None
    guidance: float | None = None


def film_of(job: Job) -> Asset:
    film = next((asset for asset in job.assets if asset.kind == "video"), None)
    if film is None:
        raise Refused(f"Video 'video_{job.id}' is {STATUS[job.status]}: there is no film yet.", "video_id", "not_ready")
    return film


def request_for(wish: VideoWish, given: list[Asset]) -> GenerationRequest:
    """A picture that is sent is the shot's first one; a film, what the shot goes on from."""
    lead = {"start" if asset.kind == "image" else "source": asset.id for asset in given}
    model = meant(wish.model, "video") or able_to(lead)
    takes = model.schema()["properties"]
    if lacking := sorted(lead.keys() - takes.keys()):
        raise Refused(f"input_reference: {model.id} takes no {lacking[0]}.", "input_reference")
    options: dict[str, Any] = {"prompt": wish.prompt, **lead}
    options |= {name: value for name in OURS if name in takes and (value := getattr(wish, name)) is not None}
    if wish.seconds is not None:
        options["duration_s"] = wish.seconds
    if size := sizes.read(wish.size):
        options |= sizes.sides_for(takes, size)
    return GenerationRequest(model=model.id, options=options)


def able_to(lead: dict[str, str]) -> Model:
    """The first ready model that takes what was sent, a real one where there is one."""
    if not lead:
        return catalogue.default("video")
    able = [m for m in catalogue.for_task("video") if lead.keys() <= m.cls.Options.model_fields.keys()]
    ready = [m for m in able if m.status()[0] == "ready"]
    if not ready:
        kind = "picture" if "start" in lead else "film"
        raise Refused(f"No model that is ready here begins with a {kind}.", "input_reference", "model_not_ready")
    return min(ready, key=lambda model: model.draft)


def shown(job: Job, source: str | None) -> dict[str, Any]:
    """A job as OpenAI's Video. Its size and length are those that are made."""
    options = job.recipe.options
    film = next((asset for asset in job.assets if asset.kind == "video"), None)
    width, height = (film.width, film.height) if film else (options.get("width"), options.get("height"))
    seconds = options.get("duration_s") or (film.duration_s if film else 0) or 0
    wrong = (
        {"code": job.error.type, "message": f"{job.error.message} {job.error.advice}".strip()} if job.error else None
    )
    if job.status == "cancelled":
        wrong = {"code": "cancelled", "message": "It was cancelled."}
    return {
        "id": f"video_{job.id}",
        "object": "video",
        "model": job.model,
        "status": STATUS[job.status],
        "progress": round(job.progress * 100),
        "created_at": int(job.created.timestamp()),
        "completed_at": int(job.finished.timestamp()) if job.finished and job.status == "done" else None,
        "expires_at": None,
        "seconds": f"{seconds:g}",
        "size": f"{width}x{height}" if width and height else "auto",
        "prompt": options.get("prompt"),
        "error": wrong,
        "remixed_from_video_id": f"video_{source}" if source else None,
    }
