"""Wan 2.1 and 2.2: shots from words, from a picture, and between two. https://github.com/Wan-Video/Wan2.2, Apache-2.0.

Its frames are 4 x k + 1; its decoder works in float32, as its makers have it. The A14B models of 2.2 are two networks,
one for the first steps and one for the last, which diffusers puts to work by itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from pipelines.base import Media
from pipelines.diffusion import opened
from pipelines.placement import Placement
from pipelines.shortcuts import Shortened
from pipelines.video import (
    Ending,
    FromPicture,
    Guided,
    Negative,
    Prompted,
    Shot,
    Shots,
    Sized16,
    Sized32,
    Starting,
    Stepped,
    duration,
    native,
)


class Timed(Shortened, Guided, Stepped):
    duration_s: float = duration(5, 10)
    fps: int = native(16)


class WordsOptions(Timed, Negative, Sized16, Prompted): ...


class PictureOptions(Timed, Negative, Sized16, FromPicture, Prompted): ...


class TwoPicturesOptions(Timed, Negative, Sized16, Ending, FromPicture, Prompted): ...


class BetweenOptions(TwoPicturesOptions):
    end: Annotated[Path, Media("image")] = Field(title="End", description="The last picture")


class EitherOptions(Timed, Negative, Sized32, Starting, Prompted):
    fps: int = native(24)


class Wan(Shots):
    """From words alone: the T2V models."""

    packages = (*Shots.packages, "ftfy")
    Options = WordsOptions

    def bring(self, folder: Path, place: Placement) -> Any:
        import torch
        from diffusers import AutoencoderKLWan

        vae = AutoencoderKLWan.from_pretrained(
            folder, subfolder="vae", dtype=torch.float32, local_files_only=True, use_safetensors=True
        )
        pipe = opened(folder, place, vae=vae)
        return self.settled(pipe, place)

    def make(self, options: Any, shot: Shot) -> tuple[Any, None]:
        first = shot.start or next(iter(shot.past), None)
        if first is None:
            return self.asked(self.other("WanPipeline"), options, shot).frames[0], None
        ends = {"last_image": shot.end} if shot.end else {}
        pipe = self.other("WanImageToVideoPipeline")
        return self.asked(pipe, options, shot, image=first, **ends).frames[0], None


class WanPicture(Wan):
    """From a picture: the I2V models of 2.1."""

    Options = PictureOptions  # type: ignore[assignment]


class WanPictures(Wan):
    """From a picture, and to another where one is given: the I2V model of 2.2."""

    Options = TwoPicturesOptions  # type: ignore[assignment]


class WanBetween(Wan):
    """From one picture to another: the FLF2V model of 2.1."""

    Options = BetweenOptions  # type: ignore[assignment]


class WanEither(Wan):
    """From words or from a picture: the TI2V model of 2.2, at 24 frames a second."""

    Options = EitherOptions  # type: ignore[assignment]
