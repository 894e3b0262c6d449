"""Diffusers' upscalers: Stable Diffusion x4, which paints detail into each picture, and LTX's, which enlarges the
latents of a stretch of film at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from pipelines.base import Context
from pipelines.diffusion import Diffusion, generator, opened, told
from pipelines.placement import Placement, settle
from pipelines.restoring.job import restored
from pipelines.restoring.options import Restoring, smoothing
from pipelines.restoring.painted import Painted, Shown, Tell, in_stretches
from pipelines.restoring.source import Source
from pipelines.restoring.tiles import tiled


class StableUpscaleOptions(Restoring):
    prompt: str = Field("", max_length=4000, title="Prompt", description="What is seen, where a word helps")
    steps: int = Field(20, ge=2, le=100, title="Steps", description="More take longer, and are finer up to a point")
    guidance: float = Field(4, ge=1, le=20, title="Guidance", description="How closely the words are followed")
    invent: int = Field(
        20, ge=0, le=350, title="Invent", description="Noise that is laid over it first: more makes more of it anew"
    )
    tile: int = Field(
        256,
        ge=64,
        le=1024,
        multiple_of=64,
        title="Tile",
        description="Pixels of a side done at once; smaller takes less memory",
    )
    smooth: float = smoothing(0.5)


class StableUpscale(Diffusion):
    """Four times as large. Each tile of each frame is drawn with the same noise."""

    Options = StableUpscaleOptions
    seeded = True

    def run(self, options: StableUpscaleOptions, context: Context) -> Iterator[Path]:
        def paint(pictures: Iterator[Shown], tell: Tell) -> Iterator[Shown]:
            for one in pictures:
                through = tiled(one.image, options.tile, 4, lambda tile: self.drawn(tile, options, tell), tell)
                yield one._replace(image=through)

        return restored(self, options, context, lambda used, source, size: Painted(
            paint, used, source, size, chunk=20, overlap=3, context=5, deep=False, smooth=options.smooth))  # fmt: skip

    def drawn(self, tile: np.ndarray, options: StableUpscaleOptions, tell: Tell) -> np.ndarray:
        """(h, w, 3) float32 of 0..1 to four times that."""
        import torch

        height, width = tile.shape[:2]
        padded = np.pad(tile, ((0, -height % 64), (0, -width % 64), (0, 0)), mode="edge")
        image = torch.from_numpy(padded.transpose(2, 0, 1).copy())[None]
        with told(self.loaded, Silent(tell)):
            made = self.loaded(
                prompt=options.prompt, image=image, num_inference_steps=options.steps, output_type="np",
                guidance_scale=options.guidance, noise_level=options.invent, generator=generator(options.seed),
            ).images[0]  # fmt: skip
        return made[: height * 4, : width * 4].astype(np.float32)


class Silent:
    """A context for the steps within a frame: the engine says how far the film is."""

    workdir = Path()

    def __init__(self, tell: Tell):
        self.tell = tell

    def progress(self, fraction: float, note: str = "") -> None:
        self.tell()


class LtxUpscaleOptions(Restoring):
    smooth: float = smoothing(0)


STRIDE, SIDE = 8, 32
"""What LTX's autoencoder makes one of: frames after the first, and pixels of a side."""


class LtxUpscale(Diffusion):
    """Twice as large, in stretches of 8k + 1 frames that go through whole."""

    Options = LtxUpscaleOptions
    seeded = True

    def bring(self, folder: Path, place: Placement) -> Any:
        pipe = opened(folder, replace(place, dtype="float32"))  # it hands its autoencoder nothing else
        settle(pipe, place)
        return pipe

    def run(self, options: LtxUpscaleOptions, context: Context) -> Iterator[Path]:
        def restorer(used: dict[str, Any], source: Source, size: tuple[int, int]) -> Painted:
            given = (up(size[0] / 2), up(size[1] / 2))
            paint = in_stretches(6 * STRIDE + 1, lambda images, _: self.enlarged(images, options.seed))
            return Painted(
                paint, used, source, size, chunk=40, overlap=4, context=5, given=given, deep=False,
                smooth=options.smooth,
            )  # fmt: skip

        return restored(self, options, context, restorer)

    def enlarged(self, images: list[np.ndarray], seed: int) -> list[np.ndarray]:
        from PIL import Image

        height, width = images[0].shape[:2]
        film = [Image.fromarray(image) for image in images]
        film += film[-1:] * (-(len(film) - 1) % STRIDE)
        made = self.loaded(
            video=film, height=height, width=width, generator=generator(seed), output_type="np"
        ).frames[0]  # fmt: skip
        return [np.rint(frame * 255).clip(0, 255).astype(np.uint8) for frame in made[: len(images)]]


def up(side: float) -> int:
    return max(SIDE, -(-round(side) // SIDE) * SIDE)
