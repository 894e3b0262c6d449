"""What the API answers with where it is no noun of its own: for the OpenAPI description, and held against it.

A shape may have more than it says: programs take what they know, and what is added later does not break them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipelines.base import Status, Task
from studio.types import Job
from studio.work.delivery import Delivery


class Shape(BaseModel):
    model_config = ConfigDict(extra="allow")


class Files(Shape):
    """A model's files on this machine, in bytes."""

    have: int
    total: int
    complete: bool
    own_folder: bool


class ModelShown(Shape):
    """A model of the catalogue."""

    id: str
    title: str
    task: Task
    licence: str
    commercial: bool = Field(description="Whether what it makes may be sold")
    vram_gb: float
    size_gb: float
    status: Status
    why: str = Field(description="Why it cannot run here now, and what to do; empty when it can")
    draft: bool
    gated: bool
    own: bool = Field(description="Added by the user")
    repo: str
    link: str
    files: Files
    options: dict[str, Any] = Field(description="JSON Schema of its options")


class Weights(Shape):
    """What the models take on the disk, and what is free there, in bytes."""

    used: int
    free: int
    offline: bool
    jobs: list[Job]
    faults: list[str]


class Freed(Shape):
    freed: int


class ProjectShown(Shape):
    """A project; `timeline` is as /api/v1/schemas/timeline says, `missing` the assets it names that are not there."""

    id: str
    title: str
    timeline: dict[str, Any]
    version: int
    can_undo: bool
    can_redo: bool
    undo_label: str
    redo_label: str
    created: datetime
    updated: datetime
    missing: list[str]


class ProjectListed(Shape):
    id: str
    title: str
    version: int
    created: datetime
    updated: datetime


class ProjectPage(Shape):
    """Newest first; `next` goes into `before` for what follows."""

    items: list[ProjectListed]
    next: str | None


class TakePromised(Delivery):
    """A take on its way, and its job."""

    job: Job  # type: ignore[assignment]


class Takes(Shape):
    items: list[TakePromised]


class Line(Shape):
    """What runs, then what waits."""

    items: list[Job]
    paused: bool
    counts: dict[str, int]


class Paused(Shape):
    paused: bool


class Trashed(Shape):
    trashed: list[str]


class Restored(Shape):
    restored: list[str]


class Emptied(Shape):
    """What was deleted for good, and what stays in the trash because a project, or a waiting job, speaks of it."""

    projects: int
    deleted: int
    freed: int = Field(description="In bytes")
    kept: int


class Waveform(Shape):
    per_second: float
    peaks: list[float]


class Beats(Shape):
    bpm: float | None
    beats: list[float]


class Piece(Shape):
    key: str


class Preview(Shape):
    version: int
    fps: str
    frames: int
    size: tuple[int, int]
    sound: str
    pieces: list[Piece]


class Health(Shape):
    status: str = Field(description='"ok", or why no job can run')
    version: str
    uptime_s: float
    devices: list[dict[str, Any]]
    workers: list[dict[str, Any]]
    models: dict[str, int]
    queue: dict[str, int | bool]
    disk: dict[str, float]


class Busy(Shape):
    queue: dict[str, int | bool]
    running: list[Job]
    device: dict[str, Any]
    disk: dict[str, float]


class Event(Shape):
    """A server-sent event: `data` is a Job."""

    data: str
    event: Literal["message"] = "message"
