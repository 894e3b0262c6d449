"""What every model that restores can be asked for, and the size that comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pipelines.base import Media, Options

Size = Literal["same", "2x", "4x", "720p", "1080p", "4K"]
HEIGHTS = {"720p": 720, "1080p": 1080, "4K": 2160}
FACTORS = {"same": 1.0, "2x": 2.0, "4x": 4.0}
Fields = Literal["auto", "off", "frames", "fields", "film"]
Rate = Literal["same", "24", "25", "30", "48", "50", "60"]
Quality = Literal["small", "good", "best"]
MOST = 8192
"""Pixels of the longer side that are made at most."""


def worded(said: object) -> object:
    """A rate as a number is as good as one in words."""
    return str(said) if isinstance(said, int) else said


class Restoring(Options):
    """The options in common. A value of -1 is measured: as much as the clip needs."""

    source: Annotated[Path, Media(("video", "image"))] = Field(
        title="Source", description="The film or picture to be restored"
    )
    size: Size = Field("2x", title="Size", description="How large it becomes, its shape kept")
    deinterlace: Fields = Field(
        "auto",
        title="Deinterlace",
        description="auto measures; frames keeps the rate, fields doubles it, film takes 3:2 pulldown back to 24",
    )
    stabilise: float = Field(
        0, ge=0, le=1, title="Stabilise", description="How calm the camera becomes; its edges are cut by that"
    )
    fps: Annotated[Rate, BeforeValidator(worded)] = Field(
        "same", title="Frame rate", description="Frames in between are made from the motion around them"
    )
    mend: bool = Field(
        False, title="Mend motion", description="Frames that are missing, or only repeat the one before, are made anew"
    )
    sound: Literal["keep", "clean", "none"] = Field(
        "keep", title="Sound", description="keep leaves it as it is; clean takes noise, clicks and clipping out of it"
    )
    from_s: float = Field(0, ge=0, le=86400, title="From", description="Seconds into the clip")
    duration_s: float = Field(0, ge=0, le=86400, title="Duration", description="In seconds; 0 is to the end")
    quality: Quality = Field("good", title="Quality", description="How finely the film is written, and how large it is")


def smoothing(usual: float) -> Any:
    """The field of models that make each frame, or stretch, for itself."""
    return Field(
        usual, ge=0, le=1, title="Smooth over time", description="How much of the flicker between frames is taken out"
    )


def sized(seen: tuple[int, int], size: Size) -> tuple[int, int]:
    """Even sides in pixels for a picture that is seen as `seen`: a factor, or a shorter side of 720, 1080 or 2160."""
    width, height = seen
    factor = HEIGHTS[size] / min(width, height) if size in HEIGHTS else FACTORS[size]
    factor = min(factor, MOST / max(width, height))
    return even(width * factor), even(height * factor)


def even(side: float) -> int:
    return max(2, round(side / 2) * 2)
