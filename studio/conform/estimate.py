"""What a batch of recipes would cost here: time by what earlier jobs took, room on the disk, memory, and licences."""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Sequence
from typing import Any

from pipelines import catalogue, weights
from pipelines.base import Model, Status, Task
from pipelines.device import devices
from studio.db import Db
from studio.studio import Studio
from studio.types import Asset, Frozen, Recipe

LOOKED_AT = 20
"""Earlier jobs of a model that its pace is read from, at most."""


class Need(Frozen):
    """What one model of a batch asks for. `seconds` is None where it never ran here; memory and downloads in GB. What
    does not fit the device waits in main memory, at the price of time."""

    id: str
    title: str
    task: Task
    takes: int
    licence: str
    commercial: bool
    status: Status
    why: str
    link: str
    vram_gb: float
    fits: bool
    download_gb: float
    seconds: float | None


class Estimate(Frozen):
    """`seconds` is None as long as one of the models never ran here."""

    models: list[Need]
    seconds: float | None
    disk_bytes: int
    free_bytes: int
    memory_gb: float
    device: str
    device_gb: float


def estimate(studio: Studio, wanted: Sequence[tuple[Recipe, Task, Asset]]) -> Estimate:
    """Of (recipe, task, a take of the same shape and length) each."""
    device, needs = devices(studio.settings.device)[0], list[Need]()
    for id in dict.fromkeys(recipe.model for recipe, _, _ in wanted):
        mine = [(recipe, task) for recipe, task, _ in wanted if recipe.model == id]
        needs.append(need(studio.db, catalogue.find(id), mine, device.memory_gb))
    times = [one.seconds for one in needs]
    return Estimate(
        models=needs,
        seconds=None if None in times else round(sum(t for t in times if t is not None), 1),
        disk_bytes=sum(size(asset) for _, _, asset in wanted),
        free_bytes=shutil.disk_usage(studio.home).free,
        memory_gb=max((one.vram_gb for one in needs), default=0),
        device=device.title,
        device_gb=round(device.memory_gb, 1),
    )


def need(db: Db, model: Model, mine: Sequence[tuple[Recipe, Task]], memory_gb: float) -> Need:
    status, why = model.status()
    left = 0.0
    if model.repo and status != "ready":
        now = weights.state(model)
        left = max(0.0, (now.total or model.size_gb * 1e9) - now.have) / 1e9
    pace = pace_of(db, model.id)
    seconds = None if pace is None else round(sum(pace * units(task, recipe.options) for recipe, task in mine), 1)
    return Need(
        id=model.id, title=model.title, task=model.task, takes=len(mine), licence=model.licence,
        commercial=model.commercial, status=status, why=why, link=model.link, vram_gb=model.vram_gb,
        fits=model.vram_gb <= memory_gb, download_gb=round(left, 2), seconds=seconds,
    )  # fmt: skip


def pace_of(db: Db, model: str) -> float | None:
    """Seconds for a unit of this model's work, as its latest jobs took; None when it never ran here."""
    rows = db.all(
        "select task, recipe ->> '$.options' as options, finished - started as took from job"
        " where model = ? and status = 'done' and started is not null and task not in ('download', 'verify')"
        " order by n desc limit ?",
        *(model, LOOKED_AT),
    )
    found = [row["took"] / units(row["task"], json.loads(row["options"])) for row in rows]
    return statistics.median(found) if found else None


def units(task: str, options: dict[str, Any]) -> float:
    """How much work a recipe is, for one and the same model: pixels, seconds or letters, times steps."""
    steps = float(options.get("steps") or 1)
    pixels = float(options.get("width") or 1) * float(options.get("height") or 1)
    if task == "image":
        return pixels * steps
    if task == "video":
        return pixels * float(options.get("duration_s") or 1) * float(options.get("fps") or 1) * steps
    return steps * float(options.get("duration_s") or max(1, len(str(options.get("text") or ""))))


def size(asset: Asset) -> int:
    """Bytes that a take like this one takes: photographs and real shots are less even than drafts."""
    if asset.kind in ("image", "video") and asset.width and asset.height:
        pixels = asset.width * asset.height
        return round(pixels * 2 if asset.kind == "image" else pixels * (asset.duration_s or 1) * 0.4)
    return asset.bytes
