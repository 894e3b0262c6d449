"""A job as fal's clients see it: its status with the log, and its output in the shape that its endpoint has."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pipelines.faults import Gone
from studio.api.addresses import given, media_at
from studio.api.fal.ledger import Asked
from studio.api.fal.probes import Address, file_of
from studio.types import Asset, Job


class FileTrashed(Gone):
    """The file of a request's answer is in the trash."""


NAMESPACES = ("workflows", "comfy")


def handle(asked: Asked, base: str) -> dict[str, Any]:
    """What every answer about a request carries. Clients are given its id under the first words of its endpoint."""
    parts = asked.endpoint.split("/")
    app = "/".join(parts[: 3 if parts[0] in NAMESPACES else 2])
    here = given(base, f"/fal/queue/{app}/requests/{asked.id}")
    return {
        "request_id": asked.id,
        "response_url": here,
        "status_url": f"{here}/status",
        "cancel_url": f"{here}/cancel",
    }


def queued(asked: Asked, job: Job | None, base: str) -> dict[str, Any]:
    place = (job.position if job else 0) or 0
    return {"status": "IN_QUEUE", **handle(asked, base), "queue_position": place, "logs": None, "metrics": {}}


def status(asked: Asked, job: Job | None, base: str, logs: bool) -> dict[str, Any]:
    """There is no status for a failure: it is COMPLETED, names the error, and the result refuses."""
    said = log(asked, job) if logs else None
    if job is not None and job.status == "queued":
        return queued(asked, job, base) | {"logs": said}
    if job is not None and job.status == "running":
        return {"status": "IN_PROGRESS", **handle(asked, base), "logs": said}
    done = {"status": "COMPLETED", **handle(asked, base), "logs": said, "metrics": {"inference_time": took(job)}}
    if job is not None and job.status != "done":
        error = job.error
        done |= {
            "error": error.message if error else "The request was cancelled.",
            "error_type": error.type if error else "request_cancelled",
        }
    return done


def log(asked: Asked, job: Job | None) -> list[dict[str, Any]]:
    """What was noted when it was read, then what it is at now."""
    begun = datetime.fromtimestamp(asked.at, UTC).isoformat()
    lines = [line(note, "WARN", begun) for note in asked.notes]
    if job is not None and job.status == "running":
        lines.append(line(f"{job.progress:.0%} {job.note}".strip(), "INFO", (job.started or job.created).isoformat()))
    if job is not None and job.error:
        lines.append(line(job.error.message, "ERROR", (job.finished or job.created).isoformat()))
    return lines


def line(message: str, level: str, moment: str) -> dict[str, Any]:
    return {"message": message, "level": level, "source": "USER", "timestamp": moment}


def took(job: Job | None) -> float:
    if job is None or not job.started or not job.finished:
        return 0.0
    return round((job.finished - job.started).total_seconds(), 3)


# --- outputs ---------------------------------------------------------------------------------------------------------


def output(asked: Asked, job: Job | None, base: str) -> dict[str, Any]:
    """The answer of a request that is done."""
    if asked.output is not None or job is None:
        return asked.output or {}

    def address(asset: Asset) -> str:
        return inlined(asset) if asked.said.get("sync_mode") and asset.kind == "image" else media_at(base, asset)

    if not job.assets and asked.shape != "text":
        raise FileTrashed("What was made is in the trash.", "Restore it in the library.")
    made = OUTPUTS[asked.shape](job, address)
    options = job.recipe.options
    if asked.shape not in ("film", "text") and "seed" in options:
        made["seed"] = options["seed"]
    if asked.shape == "images":
        made |= {
            "has_nsfw_concepts": [False] * len(made["images"]),
            "prompt": options.get("prompt", ""),
            "timings": {"inference": took(job)},
        }
    return made | {name: asked.said[name] for name in ("tags", "lyrics") if name in asked.said}


def inlined(asset: Asset) -> str:
    return f"data:{asset.mime};base64,{base64.b64encode(asset.path.read_bytes()).decode()}"


def shown(asset: Asset, address: Address) -> dict[str, Any]:
    """A file with what is known of its kind."""
    more = {name: getattr(asset, name) for name in ("width", "height") if getattr(asset, name)}
    if asset.duration_s:
        more["duration"] = asset.duration_s
    return file_of(asset, address) | more


def first(job: Job, address: Address, *kinds: str) -> dict[str, Any]:
    return shown(next((a for a in job.assets if a.kind in kinds), job.assets[0]), address)


def film(job: Job, address: Address) -> dict[str, Any]:
    poster = next((asset for asset in job.assets if asset.kind == "image"), job.assets[0])
    return {"video_url": address(job.assets[0]), "thumbnail_url": address(poster)}


OUTPUTS: dict[str, Callable[[Job, Address], dict[str, Any]]] = {
    "images": lambda job, address: {"images": [shown(a, address) for a in job.assets if a.kind == "image"]},
    "image": lambda job, address: {"image": first(job, address, "image")},
    "video": lambda job, address: {"video": first(job, address, "video")},
    "audio": lambda job, address: {"audio": first(job, address, "audio")},
    "audio_file": lambda job, address: {"audio_file": first(job, address, "audio")},
    "audio_url": lambda job, address: {"audio_url": first(job, address, "audio")},
    "text": lambda job, address: dict(job.result or {}),
    "film": film,
}
