"""HunyuanVideo 1.5: shots from words or from a picture, at 24 frames a second.
https://github.com/Tencent-Hunyuan/HunyuanVideo-1.5

Its frames are 4 x k + 1. Beginning with a picture it chooses a size of its own in that shape, and the shot is brought
to the one asked for.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from pipelines.shortcuts import Shrunken
from pipelines.video import (
    LEFT_OUT,
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


class WordsOptions(Shrunken, Guided, Stepped, Negative, Sized16, Prompted):
    width: Side16 = side("Width", 848, 16)
    duration_s: float = duration(5, 10)
    fps: int = native(24)
    steps: int = Field(50, ge=2, le=100, title="Steps", description="More take longer, and are finer up to a point")
    guidance: float = Field(6, ge=1, le=20, title="Guidance", description="How closely the words are followed")


class PictureOptions(WordsOptions, FromPicture): ...


class Hunyuan(Shots):
    """From words. Its guidance lies in a part of its own."""

    Options = WordsOptions

    def make(self, options: Any, shot: Shot) -> tuple[Any, None]:
        pipe = self.loaded
        pipe.guider = pipe.guider.new(guidance_scale=options.guidance)
        return self.asked(pipe, options, shot, guidance_scale=LEFT_OUT, **self.given(shot)).frames[0], None

    def given(self, shot: Shot) -> dict[str, Any]:
        return {}


class HunyuanPicture(Hunyuan):
    """From a picture."""

    Options = PictureOptions

    def given(self, shot: Shot) -> dict[str, Any]:
        return {"image": shot.start or shot.past[0], "width": LEFT_OUT, "height": LEFT_OUT}
