"""CogVideoX: six seconds at 8 frames a second, from words or from a picture. https://github.com/zai-org/CogVideo

What its decoder gives back are 8 x k + 1 frames. The model that begins with a picture learned one size and one length;
what is over is left out.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from pipelines.shortcuts import Shortened
from pipelines.video import (
    FromPicture,
    Guided,
    Negative,
    Prompted,
    Shot,
    Shots,
    Side16,
    Sized16,
    Stepped,
    duration,
    native,
    side,
)


class Timed(Shortened, Guided, Stepped):
    duration_s: float = duration(6, 6)
    fps: int = native(8)
    steps: int = Field(50, ge=2, le=100, title="Steps", description="More take longer, and are finer up to a point")
    guidance: float = Field(6, ge=1, le=20, title="Guidance", description="How closely the words are followed")


class WordsOptions(Timed, Negative, Sized16, Prompted):
    width: Side16 = side("Width", 720, 16)


class PictureOptions(Timed, Negative, FromPicture, Prompted): ...


class CogVideo(Shots):
    """From words: CogVideoX 2b and 5b, and 1.5."""

    Options = WordsOptions
    stride = 8

    def make(self, options: Any, shot: Shot) -> tuple[Any, None]:
        first = shot.start or next(iter(shot.past), None)
        given = {"image": first} if first else {}
        return self.asked(self.loaded, options, shot, **given).frames[0], None


class CogVideoPicture(CogVideo):
    """From a picture, 49 frames of 720x480: CogVideoX 5b I2V."""

    Options = PictureOptions  # type: ignore[assignment]

    def size(self, options: Any) -> tuple[int, int]:
        learnt, scale = self.loaded.transformer.config, self.loaded.vae_scale_factor_spatial
        return learnt.sample_width * scale, learnt.sample_height * scale

    def length(self, frames: int) -> int:
        return max(super().length(frames), self.loaded.transformer.config.sample_frames)
