"""The nouns of the studio, in the order data flows: request, recipe, job, asset."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, computed_field

from pipelines.base import Kind

JobStatus = Literal["queued", "running", "done", "failed", "cancelled"]
FINISHED = ("done", "failed", "cancelled")
T = TypeVar("T")


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    return secrets.token_hex(8)


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Page(Frozen, Generic[T]):
    """Some of a list, newest first; `next` goes into `before` for what follows."""

    items: list[T]
    next: str | None = None


class GenerationRequest(Frozen):
    """What someone asked for, at any door."""

    model: str = Field(max_length=200, description="A model's id, as /api/v1/models lists them")
    options: dict[str, Any] = Field(
        default_factory=dict, description="That model's options; what is left out gets its default"
    )
    project: str | None = Field(None, max_length=64, description="The project it is for")
    priority: int = Field(0, ge=-10, le=10, description="Higher goes first")
    webhook: str | None = Field(None, max_length=4000, description="An http or https address to tell when it is over")


class Recipe(Frozen):
    """What will really run: every default filled in, every seed picked. Same recipe, same bytes."""

    model: str
    revision: str
    options: dict[str, Any]


class Asset(Frozen):
    """One file in the library. Its id is the SHA-256 of its bytes."""

    id: str
    kind: Kind
    name: str
    mime: str
    bytes: int
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    duration_s: float | None = None
    sound: bool = Field(False, description="A video that has a sound track")
    recipe: Recipe | None = None
    tags: tuple[str, ...] = ()
    starred: bool = False
    created: datetime = Field(default_factory=now)
    path: Path = Field(exclude=True, repr=False)
    """Where the file is on this machine: absolute, and never told to a client."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def url(self) -> str:
        return f"/api/v1/assets/{self.id}/file"


class JobError(Frozen):
    type: str
    message: str
    advice: str = ""


class Job(Frozen):
    """One recipe's way through the queue."""

    id: str = Field(default_factory=new_id)
    task: str
    model: str
    status: JobStatus = "queued"
    progress: float = 0
    note: str = ""
    eta_s: float | None = None
    error: JobError | None = None
    recipe: Recipe
    assets: tuple[Asset, ...] = ()
    position: int | None = Field(None, description="How many jobs run before it, while it is queued")
    priority: int = 0
    attempts: int = 0
    retry_of: str | None = None
    project: str | None = None
    maker: str = Field("", exclude=True, repr=False)
    """Whose it is: a person's id. Nothing that clients are told."""
    result: dict[str, Any] | None = None
    created: datetime = Field(default_factory=now)
    started: datetime | None = None
    finished: datetime | None = None

    @property
    def over(self) -> bool:
        return self.status in FINISHED
