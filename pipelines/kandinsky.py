"""Kandinsky 6's super-resolution: draws a stretch of film anew at two or four times its size, in two steps a tile."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from pipelines import compiled
from pipelines.base import Context
from pipelines.diffusion import Diffusion, generator, told
from pipelines.placement import Placement
from pipelines.restoring.job import restored
from pipelines.restoring.options import Restoring, smoothing
from pipelines.restoring.painted import Painted, Tell, in_stretches
from pipelines.restoring.source import Source
from pipelines.upscale import Silent

STRIDE, SIDE = 4, 16
"""What its autoencoder makes one of: frames after the first, and pixels of a side."""


class KandinskyUpscaleOptions(Restoring):
    steps: int = Field(2, ge=1, le=50, title="Steps", description="The distilled checkpoint wants 2")
    renew: float = Field(
        0.7, ge=0.05, le=1, title="Draw anew", description="Noise that is mixed in first: more makes more of it anew"
    )
    smooth: float = smoothing(0)


class KandinskyUpscale(Diffusion):
    """Stretches of 4k + 1 frames go through whole, each tile of them with its neighbours over time."""

    Options = KandinskyUpscaleOptions
    seeded = True

    def settled(self, pipe: Any, place: Placement) -> Any:
        pipe = super().settled(pipe, place)
        if place.kind == "cuda" and place.offload in ("none", "model"):
            compiled.quicken(pipe)  # whether or not it is asked for: without, its attention takes many times the memory
        return pipe

    def run(self, options: KandinskyUpscaleOptions, context: Context) -> Iterator[Path]:
        def restorer(used: dict[str, Any], source: Source, size: tuple[int, int]) -> Painted:
            factor = 4 if size[0] >= 3 * source.seen[0] else 2
            given = roomy(size, factor, self.loaded.transformer_tile_sizes)
            paint = in_stretches(12 * STRIDE + 1, lambda images, tell: self.enlarged(images, factor, options, tell))
            return Painted(
                paint, used, source, size, chunk=40, overlap=4, context=5, given=given,
                deep=False, smooth=options.smooth,
            )  # fmt: skip

        return restored(self, options, context, restorer)

    def enlarged(self, images: list[np.ndarray], factor: int, options: KandinskyUpscaleOptions,
                 tell: Tell) -> list[np.ndarray]:  # fmt: skip
        from PIL import Image

        film = [Image.fromarray(image) for image in images]
        film += film[-1:] * (-(len(film) - 1) % STRIDE)
        with told(self.loaded, Silent(tell)), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="flex_attention called without")  # as it is on a processor
            made = self.loaded(
                video=film, resolution_scale=factor, num_inference_steps=options.steps, lq_noise_scale=options.renew,
                generator=generator(options.seed), output_type="np",
            ).frames[0]  # fmt: skip
        return [np.rint(frame * 255).clip(0, 255).astype(np.uint8) for frame in made[: len(images)]]


def roomy(size: tuple[int, int], factor: int, tiles: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """What a film is to be handed over in to become `size`: in steps of its autoencoder, and as large as a tile."""
    width, height = (side / factor for side in size)
    high, wide = min(tiles, key=lambda tile: abs(tile[1] / tile[0] - width / height))
    larger = max(1.0, wide / factor / width, high / factor / height)
    return up(width * larger), up(height * larger)


def up(side: float) -> int:
    return math.ceil(round(side, 3) / SIDE) * SIDE
