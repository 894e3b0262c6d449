"""What a film is before it is made, as values: the brief that was given, and the plan that was made of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator

from studio.types import Frozen

Aspect = Literal["16:9", "9:16", "1:1", "4:5", "4:3", "21:9"]
Style = Literal[
    "auto", "cinematic", "poster", "watercolour", "oil", "pastel", "ink", "paper", "neon", "blueprint", "noir",
    "vintage", "pixel",
]  # fmt: skip
Camera = Literal[
    "static", "pan left", "pan right", "tilt up", "tilt down", "dolly in", "dolly out", "orbit", "zoom in", "zoom out",
    "handheld", "drone",
]  # fmt: skip
Language = Literal["auto", "en", "de", "fr", "es", "it"]
Stage = Literal["script", "takes", "film"]
FilmTask = Literal["image", "video", "music", "sound", "speech"]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]

SHAPES: dict[str, tuple[int, int]] = {
    "16:9": (1280, 720), "9:16": (720, 1280), "1:1": (960, 960), "4:5": (864, 1080), "4:3": (1152, 864),
    "21:9": (1512, 648),
}  # fmt: skip
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
CAMERAS: tuple[Camera, ...] = get_args(Camera)
STAGES: tuple[Stage, ...] = get_args(Stage)
TASKS: tuple[FilmTask, ...] = get_args(FilmTask)
MOST_SHOTS = 60
MOST_CAST = 4
FPS = 24


class Brief(Frozen):
    """What was asked for."""

    brief: str = Field(min_length=1, max_length=20_000, description="A sentence, a page or a script")
    seconds: float = Field(30, ge=5, le=300, description="How long the film is to be")
    aspect: Aspect = Field("16:9", description="The picture's shape")
    style: Style = Field("auto", description="How it is painted; auto leaves it to the brief")
    language: Language = Field("auto", description="What is spoken; auto is the brief's own language")
    voice: str = Field(
        "auto", min_length=1, max_length=200, description="Who tells it, as the speech model names voices"
    )
    music: str = Field("auto", max_length=1000, description="What music; auto follows the mood, `none` is none")
    captions: bool = Field(True, description="Show what is said")
    planner: Literal["auto", "built in"] = Field("auto", description="auto asks a language model where one answers")
    models: dict[FilmTask, str] = Field(default_factory=dict, description="Which model makes what: {image, video, ...}")

    @field_validator("brief")
    @classmethod
    def says_something(cls, brief: str) -> str:
        if not brief.strip():
            raise ValueError("a brief needs at least a word")
        return brief.replace("\x00", "")


class Shot(Frozen):
    """One shot: what is told, seen, heard and written meanwhile."""

    id: str = Field(pattern=r"^[a-z0-9]{1,16}$")
    scene: int = Field(0, ge=0, le=1000)
    line: str = Field("", max_length=600, description="What the narrator says")
    prompt: str = Field(min_length=1, max_length=1500, description="What is seen; the film's look is added to it")
    camera: Camera = Field("dolly in", description="How the camera moves")
    seconds: float = Field(ge=1.5, le=60, description="How long it is to last, if its line does not need longer")
    title: str = Field("", max_length=200, description="Words on the picture")
    sound: str = Field("", max_length=300, description="What is heard beneath")
    cast: tuple[Name, ...] = Field((), max_length=MOST_CAST, description="Who and what must look as in other shots")
    seed: Seed = 0
    locked: bool = Field(False, description="Good as it is: nothing makes it anew")


class Plan(Frozen):
    """The film on paper. `look` is part of every picture's prompt: who and where, the light, the palette, the style."""

    title: str = Field(max_length=200)
    logline: str = Field("", max_length=600)
    structure: str = Field("story", max_length=40)
    language: str = Field("en", max_length=10)
    look: str = Field("", max_length=800)
    music: str = Field("", max_length=1000, description="What is played; empty is no music")
    bpm: int = Field(90, ge=40, le=200)
    seed: Seed = 0
    shots: tuple[Shot, ...] = Field(min_length=1, max_length=MOST_SHOTS)
    planner: str = Field("built in", max_length=200, description="Who planned it")

    @property
    def seconds(self) -> float:
        return sum(shot.seconds for shot in self.shots)

    def shot(self, id: str) -> Shot | None:
        return next((shot for shot in self.shots if shot.id == id), None)

    def with_shots(self, shots: Iterable[Shot]) -> Plan:
        return self.model_copy(update={"shots": tuple(shots)})


def description(plan: Plan) -> str:
    """What stands under a film where it is shown: its title, what it is about, and where each scene begins."""
    at, heads = 0.0, list[str]()
    for shot in plan.shots:
        if shot.title:
            heads.append(f"{int(at // 60)}:{int(at % 60):02} {shot.title}")
        at += shot.seconds
    return "\n\n".join(part for part in (plan.title, plan.logline, "\n".join(heads)) if part)
