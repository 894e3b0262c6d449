"""What an export can be asked for: its settings, and the presets that fill them in for a place to show the film."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from studio.timeline.model import Timeline
from studio.types import Frozen

PresetName = Literal[
    "preview", "small", "standard", "high", "youtube-1080p", "youtube-4k", "shorts", "square"
]  # fmt: skip
CodecName = Literal["h264", "hevc", "av1", "vp9", "prores", "prores-4444", "dnxhr"]
CLOCK = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)s?")


class Quality(NamedTuple):
    """x264's and x265's preset, what each encoder is told about fineness (crf), AAC's bit rate, the widest picture."""

    x264: str
    crf: int
    hevc: int
    vp9: int
    av1: int
    audio_kbps: int
    widest: int = 8192


QUALITIES: dict[str, Quality] = {
    "preview": Quality("ultrafast", 26, 30, 40, 48, 128, 640),
    "small": Quality("fast", 26, 28, 38, 42, 128, 1280),
    "standard": Quality("veryfast", 20, 23, 32, 34, 192),
    "high": Quality("medium", 17, 19, 26, 26, 256),
}


class Preset(NamedTuple):
    """What a preset stands for: a quality, the shorter side in pixels, and the shape (width over height), if fixed."""

    quality: str
    side: int | None = None
    shape: Fraction | None = None


PRESETS: dict[str, Preset] = {
    **{name: Preset(name) for name in QUALITIES},
    "youtube-1080p": Preset("high", 1080),
    "youtube-4k": Preset("high", 2160),
    "shorts": Preset("high", 1080, Fraction(9, 16)),
    "square": Preset("high", 1080, Fraction(1)),
}


def moment(said: Any) -> Any:
    """A whole number is a frame; text such as "12.5s", "1:02" or "1:00:02.5" is a time, kept as "12.5s"."""
    if not isinstance(said, str):
        return said
    found = CLOCK.fullmatch(said.strip())
    if not found or len(said) > 20:
        raise ValueError("write a frame's number, or a time such as '12.5s' or '1:02'")
    hours, minutes, seconds = found.groups()
    total = int(hours or 0) * 3600 + int(minutes or 0) * 60 + Fraction(seconds)
    return f"{float(total):g}s"


Moment = Annotated[Annotated[int, Field(strict=True, ge=0, le=20_000_000)] | str, BeforeValidator(moment)]


class ExportSettings(Frozen):
    """How a film is written. What is left out comes from the timeline and the file's suffix."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)

    preset: PresetName = Field("standard", description="How fine, or where it is to be shown")
    height: int | None = Field(None, ge=16, le=8192, description="Height in pixels; the timeline's own when left out")
    codec: CodecName | None = Field(None, description="The suffix's own when left out: H.264, in WebM VP9")
    encoder: Literal["auto", "software", "hardware"] = Field(
        "auto",
        description="auto: the graphics chip for HEVC, AV1 and more than 1080p, where a test shows that it works",
    )
    start: Moment | None = Field(None, alias="from", description='The first frame, or a time such as "12.5s"')
    end: Moment | None = Field(None, alias="to", description="Where to stop: the frame, or the time, after the last")
    at: Moment | None = Field(None, description="Which frame a PNG, JPEG or WebP shows; the first when left out")
    poster: Moment | None = Field(None, description="Also write this frame as a JPEG beside the film")
    chapters: bool = Field(True, description="Write the timeline's markers as chapters")
    burn_captions: bool = Field(True, description="Draw captions into the picture")
    soft_captions: bool = Field(False, description="Captions as a track of the film that players can show or hide")
    loudness_lufs: float | None = Field(None, ge=-60, le=-5, description="In LUFS; the film's own when left out")
    gif_fps: float = Field(15, ge=1, le=50, description="Frames a second of a GIF, at most")

    @model_validator(mode="after")
    def forward(self) -> ExportSettings:
        if type(self.start) is type(self.end) and self.start is not None and seconds(self.start) >= seconds(self.end):
            raise ValueError(f"to ({self.end}) must come after from ({self.start})")
        return self

    @property
    def quality(self) -> Quality:
        return QUALITIES[PRESETS[self.preset].quality]


def seconds(at: Any) -> float:
    """A moment's number, whatever it counts."""
    return float(str(at).removesuffix("s"))


def frame_at(at: int | str, fps: Fraction) -> int:
    """The frame a moment names."""
    return at if isinstance(at, int) else round(Fraction(at.removesuffix("s")) * fps)


def framed(timeline: Timeline, settings: ExportSettings) -> Timeline:
    """The timeline as loud as is asked, on a canvas of the preset's shape, as high or as wide as it was: fit and
    placement do the rest."""
    if settings.loudness_lufs is not None:
        timeline = timeline.model_copy(update={"loudness_lufs": settings.loudness_lufs})
    shape = PRESETS[settings.preset].shape
    if shape is None or Fraction(timeline.width, timeline.height) == shape:
        return timeline
    short = min(timeline.width, timeline.height)
    width, height = (short, short / shape) if shape <= 1 else (short * shape, short)
    return timeline.model_copy(update={"width": even(width), "height": even(height)})


def size(timeline: Timeline, settings: ExportSettings) -> tuple[int, int]:
    """The film's width and height in pixels, both even, in the canvas's shape."""
    factor, side = Fraction(1), PRESETS[settings.preset].side
    if settings.height:
        factor = Fraction(settings.height, timeline.height)
    elif side:
        factor = Fraction(side, min(timeline.width, timeline.height))
    if max(timeline.width, timeline.height) * factor > settings.quality.widest:
        factor = Fraction(settings.quality.widest, max(timeline.width, timeline.height))
    return even(timeline.width * factor), even(timeline.height * factor)


def even(side: float | Fraction) -> int:
    return max(16, 2 * round(side / 2))
