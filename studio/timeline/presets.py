"""What an export can be asked for, and what that means to each encoder: tables."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, NamedTuple

from pydantic import Field

from studio.timeline.model import Timeline
from studio.types import Frozen

PresetName = Literal["preview", "small", "standard", "high"]


class ExportSettings(Frozen):
    """How a film is written. What is left out comes from the timeline and the file's suffix."""

    preset: PresetName = Field("standard", description="How large and how fine: preview, small, standard or high")
    height: int | None = Field(None, ge=16, le=8192, description="Height in pixels; the timeline's own when left out")
    codec: Literal["h264", "prores"] | None = Field(None, description="For MOV: H.264, or ProRes to edit further")
    burn_captions: bool = Field(True, description="Draw captions into the picture")
    gif_fps: float = Field(15, ge=1, le=50, description="Frames a second of a GIF, at most")


class Quality(NamedTuple):
    """x264's preset and crf, VP9's crf, AAC's bit rate, and the widest picture."""

    x264: str
    crf: int
    vp9: int
    audio_kbps: int
    widest: int = 8192


QUALITIES: dict[str, Quality] = {
    "preview": Quality("ultrafast", 26, 40, 128, 640),
    "small": Quality("fast", 26, 38, 128, 1280),
    "standard": Quality("veryfast", 20, 32, 192),
    "high": Quality("medium", 17, 26, 256),
}


class Coding(NamedTuple):
    """How pictures become packets: an encoder with its options, and the container its pieces are kept in."""

    encoder: str
    pixels: str
    options: tuple[tuple[str, str], ...]
    piece: str


class Spec(NamedTuple):
    """Everything that decides the bytes of a piece of film but the pictures themselves."""

    width: int
    height: int
    fps: Fraction
    coding: Coding


def coding(name: str, preset: str, fps: Fraction) -> Coding:
    quality = QUALITIES[preset]
    if name == "vp9":
        fast = "8" if preset == "preview" else "5"
        deadline = "realtime" if preset == "preview" else "good"
        chosen = {"deadline": deadline, "cpu-used": fast, "row-mt": "1", "crf": str(quality.vp9), "b": "0"}
        return Coding("libvpx-vp9", "yuv420p", tuple(chosen.items()), "webm")
    if name == "prores":
        return Coding("prores_ks", "yuv422p10le", (("profile", "3"), ("vendor", "apl0")), "mov")
    chosen = {"preset": quality.x264, "crf": str(quality.crf), "g": str(round(fps * 8)), "x264-params": "stitchable=1"}
    return Coding("libx264", "yuv420p", tuple(chosen.items()), "mp4")


def size(timeline: Timeline, settings: ExportSettings) -> tuple[int, int]:
    """The film's width and height in pixels, both even, in the canvas's shape."""
    factor = Fraction(1)
    if settings.height:
        factor = Fraction(settings.height, timeline.height)
    widest = QUALITIES[settings.preset].widest
    if timeline.width * factor > widest:
        factor = Fraction(widest, timeline.width)
    return tuple(max(16, 2 * round(side * factor / 2)) for side in (timeline.width, timeline.height))  # type: ignore[return-value]
