"""The contract every model keeps: options in, media files out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.faults import Invalid

Kind = Literal["image", "video", "audio", "captions", "midi", "project", "lut"]
Task = Literal["image", "video", "music", "sound", "speech", "restore"]
Status = Literal["ready", "not_downloaded", "needs_package", "needs_gpu", "needs_server"]


class Context(Protocol):
    """What a pipeline may ask of whoever runs it."""

    workdir: Path
    """An empty folder of its own; what is yielded lies in it. Where the context has a `cache`, what lies there under a
    name of its own outlives this attempt, for the next one to go on from."""

    def progress(self, fraction: float, note: str = "") -> None:
        """Say how far along it is, 0 to 1, in words a person reads. Raises `Cancelled` when the job has been stopped:
        call it at least once a second, and let that exception through."""


@dataclass(frozen=True)
class Media:
    """Marks an option that takes a file: `start: Annotated[Path | None, Media("image")] = None`.

    Requests and recipes name the file by asset id; `run` is given the path. A tuple of paths takes several.
    """

    kind: Kind | tuple[Kind, ...]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return (self.kind,) if isinstance(self.kind, str) else self.kind


class Options(BaseModel):
    """What a model can be asked for, declared once: tab, REST schema, CLI flag and recipe all come from these."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    seed: int = Field(-1, ge=-1, le=2**32 - 1, description="Same seed, same result; -1 picks one", title="Seed")

    @classmethod
    def media(cls) -> dict[str, Media]:
        """The options that take files, by name."""
        return {n: m for n, f in cls.model_fields.items() for m in f.metadata if isinstance(m, Media)}


@dataclass(frozen=True)
class Model:
    """One entry of the catalogue: facts about a model, and the pipeline that runs it. Memory and sizes are in GB."""

    id: str
    title: str
    task: Task
    pipeline: str
    repo: str = ""
    revision: str = "main"
    licence: str = ""
    commercial: bool = True
    vram_gb: float = 0
    size_gb: float = 0
    link: str = ""
    draft: bool = False
    files: tuple[str, ...] = ()
    """Which files of the repository are wanted, as patterns; `!` leaves out. None: what its layout says."""
    also: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Other repositories that it needs files of, and which, as in `files`: `{"google-t5/t5-large": ()}`."""
    gated: bool = False
    """Whether a person has to accept the licence at `link` before the hub gives it out."""
    hashes: dict[str, str] = field(default_factory=dict)
    """SHA-256 of each wanted file in a format that can run code; one without is neither fetched nor loaded."""
    nodes: dict[str, str] = field(default_factory=dict)
    """For a ComfyUI workflow, where an option goes that is not found by itself: `{"prompt": "6.text"}`."""
    defaults: dict[str, Any] = field(default_factory=dict)

    @property
    def cls(self) -> type[Pipeline]:
        module, name = self.pipeline.split(":")
        return getattr(import_module(module), name).fitted(self)

    def options(self, /, **given: Any) -> Options:
        """What was asked for on top of this model's own defaults. Raises `Invalid`, naming the option."""
        try:
            return self.cls.Options(**{**self.defaults, **given})
        except ValidationError as error:
            raise Invalid(
                faults_of(error, self.id), f"`{self.id}` takes: {', '.join(self.cls.Options.model_fields)}."
            ) from None

    @property
    def needs_files(self) -> bool:
        """Whether words are not enough for it: a picture to change, a film to restore."""
        fields = self.cls.Options.model_fields
        return any(fields[name].is_required() for name in self.cls.Options.media())

    def status(self) -> tuple[Status, str]:
        """Whether it can run here now, and when not, why and what to do."""
        return self.cls.status(self)

    def schema(self) -> dict[str, Any]:
        """JSON Schema of its options, with this model's defaults in it."""
        schema = self.cls.Options.model_json_schema()
        for name, value in self.defaults.items():
            schema["properties"][name]["default"] = value
        for name, mark in self.cls.Options.media().items():
            schema["properties"][name]["x-media"] = list(mark.kinds)
        return schema


class Pipeline(ABC):
    """A family of models that run the same way. Heavy imports belong inside `load`."""

    Options: type[Options] = Options

    def __init__(self, model: Model):
        self.model = model

    told: Mapping[str, Any] = MappingProxyType({})
    """What the last run has to say beside its files: it becomes the job's result, and its `tags` go onto the takes,
    and its `options` into the recipe of the file that is yielded next, where that differs from what was asked. To be
    set before that file is yielded."""

    @classmethod
    def fitted(cls, model: Model) -> type[Pipeline]:
        """The family as this model needs it: where what may be asked for depends on the entry, with Options of its
        own."""
        return cls

    @classmethod
    def status(cls, model: Model) -> tuple[Status, str]:
        """Whether `model` can run here now, told without importing anything heavy."""
        return "ready", ""

    on_device: ClassVar[bool] = False
    """Whether it needs a device, and so waits for the worker that has one."""
    build: str = ""
    """How the weights are to be loaded, where options decide that: what `build_for` said."""

    @classmethod
    def build_for(cls, options: Any) -> str:
        """What of these options decides how the weights are loaded; jobs that differ in it share no loaded pipeline."""
        return ""

    @property
    def held_gb(self) -> float:
        """Device memory that it holds while it is loaded."""
        return self.model.vram_gb

    def load(self) -> None:
        """Bring the weights onto the device."""

    @abstractmethod
    def run(self, options: Any, context: Context) -> Iterator[Path]:
        """Make the media, yielding each file once it is whole; the first one is the take, what follows goes with it.

        The files' suffixes say what they are. The same options, seed included, make the same bytes on one machine.
        """

    def unload(self) -> None:
        """Give the memory back."""

    def shrink(self) -> bool:
        """Hold less on the device from the next `load` on, at the price of time; False when there is no less."""
        return False


def faults_of(error: ValidationError, what: str) -> str:
    """Pydantic's findings in one sentence: which field, what is wrong with it."""
    findings = (
        f"{'.'.join(map(str, e['loc'])) or what}: {e['msg'].removeprefix('Value error, ')}"
        for e in error.errors(include_url=False, include_input=False)
    )
    return "; ".join(list(findings)[:5])
