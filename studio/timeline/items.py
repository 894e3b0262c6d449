"""What lies on a track: clips, gaps, titles, captions, and the transitions between them."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, field_validator

from studio.timeline.values import (
    COMPRESSORS,
    DENOISES,
    EQS,
    TITLE_STYLES,
    TRANSITIONS,
    Fade,
    Frames,
    Gain,
    Piece,
    Ratio,
    Rectangle,
    Slot,
)


class Motion(Piece):
    """How the seen rectangle `[x, y, w, h]` of the source picture (fractions of it) moves over an item's length."""

    start: Rectangle = Field((0, 0, 1, 1), alias="from")
    end: Rectangle = Field((0, 0, 1, 1), alias="to")
    ease: Literal["linear", "in", "out", "in-out"] = "linear"

    @field_validator("start", "end")
    @classmethod
    def inside(cls, r: Rectangle) -> Rectangle:
        x, y, w, h = r
        if not (w >= 0.01 and h >= 0.01 and x >= 0 and y >= 0 and x + w <= 1 + 1e-6 and y + h <= 1 + 1e-6):
            raise ValueError("a rectangle [x, y, w, h] must lie inside the picture, which is [0, 0, 1, 1]")
        return r


class Placed(Piece):
    """Where something painted lies: `position` is its centre in fractions of the canvas, `rotation` clockwise."""

    position: tuple[float, float] = (0.5, 0.5)
    scale: float = Field(1.0, gt=0, le=100)
    rotation: float = Field(0.0, ge=-3600, le=3600)
    opacity: float = Field(1.0, ge=0, le=1)
    blend: Literal["normal", "multiply", "screen", "add", "overlay", "lighten", "darken"] = "normal"

    @field_validator("position")
    @classmethod
    def near(cls, at: tuple[float, float]) -> tuple[float, float]:
        if max(map(abs, at)) > 100:
            raise ValueError("a position is in fractions of the canvas: [0.5, 0.5] is its middle")
        return at


class Sounding(Piece):
    """What sound is put through, in this order; a track's come after those of the clip that lies on it."""

    denoise: Literal[DENOISES] | None = None  # type: ignore[valid-type]
    eq: Literal[EQS] | None = None  # type: ignore[valid-type]
    compressor: Literal[COMPRESSORS] | None = None  # type: ignore[valid-type]


class Colour(Piece):
    """How a clip's colours are changed: exposure in stops, the others from -1 to 1 with 0 for as it is; then, where one
    is named, a look-up table: the asset of a .cube file."""

    exposure: float = Field(0.0, ge=-6, le=6)
    contrast: float = Field(0.0, ge=-1, le=1)
    saturation: float = Field(0.0, ge=-1, le=1)
    temperature: float = Field(0.0, ge=-1, le=1)
    lut: str | None = Field(None, min_length=1, max_length=200)


class Take(Piece):
    """Media that played in a clip's place before, and from where: what is needed to go back to it."""

    asset: str = Field(min_length=1, max_length=200)
    offset: int = Field(0, alias="in", strict=True, ge=0, le=20_000_000)


class Clip(Placed, Sounding):
    """Some frames of one asset: picture, sound or both. `in` is in timeline frames from the media's start.

    At frame n the media time is (in + n x speed) / fps. `reverse` plays the same stretch backwards; `loop` starts the
    media over when it ends; `freeze` holds its last frame; speed 0 holds the first. `crop` cuts the picture's edges
    away (left, top, right, bottom, in fractions of it) and leaves the rest where it was.
    """

    type: Literal["clip"] = "clip"
    asset: str = Field(min_length=1, max_length=200)
    offset: int = Field(0, alias="in", strict=True, ge=0, le=20_000_000)
    frames: Frames
    fit: Literal["cover", "contain", "stretch", "none"] = "cover"
    crop: Rectangle = (0, 0, 0, 0)
    motion: Motion | None = None
    colour: Colour | None = None
    speed: Ratio = Field(Fraction(1), ge=0, le=100)
    loop: bool = False
    freeze: bool = False
    reverse: bool = False
    gain_db: Gain = 0
    fade_in: Fade = 0
    fade_out: Fade = 0
    pan: float = Field(0.0, ge=-1, le=1)
    pitch: Literal["keep", "follow"] = "keep"
    muted: bool = False
    takes: tuple[Take, ...] = Field((), max_length=200, description="The other takes of its place, oldest first")
    slot: Slot | None = Field(None, description="What a take that is still being made knows this place by")

    @field_validator("crop")
    @classmethod
    def leaves_some(cls, r: Rectangle) -> Rectangle:
        left, top, right, bottom = r
        if min(r) < 0 or left + right > 0.99 or top + bottom > 0.99:
            raise ValueError("crop is [left, top, right, bottom], from 0, and must leave some of the picture")
        return r


class Gap(Piece):
    """Nothing, for a while: clear, and silent."""

    type: Literal["gap"] = "gap"
    frames: Frames
    slot: Slot | None = Field(None, description="What a take that is still being made knows this place by")


class Title(Placed):
    """Words over the picture, drawn in one of the title styles."""

    type: Literal["title"] = "title"
    text: str = Field(min_length=1, max_length=2000)
    style: Literal[TITLE_STYLES] = "lower-third"  # type: ignore[valid-type]
    frames: Frames
    fade_in: Fade = 0
    fade_out: Fade = 0


class Caption(Piece):
    """What is being said. `words` are `[text, first frame, end frame]` from the caption's own start."""

    type: Literal["caption"] = "caption"
    text: str = Field(min_length=1, max_length=2000)
    frames: Frames
    words: tuple[tuple[str, Fade, Fade], ...] = Field((), max_length=1000)


class Transition(Piece):
    """Stands between two items and plays the last `frames` of the one and the first of the other together."""

    type: Literal["transition"] = "transition"
    name: Literal[TRANSITIONS] = "dissolve"  # type: ignore[valid-type]
    frames: Frames


Item = Annotated[Clip | Gap | Title | Caption | Transition, Field(discriminator="type")]
HOLDS = {"video": (Clip, Gap, Title, Transition), "audio": (Clip, Gap, Transition), "captions": (Caption, Gap)}
