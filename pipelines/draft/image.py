"""The draft picture model: paints what the prompt says, in layers, on any machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import cv2
import numpy as np
from PIL import Image
from pydantic import Field

from pipelines import canvas
from pipelines.base import Context, Media, Options, Pipeline
from pipelines.draft.painting.camera import Pose
from pipelines.draft.painting.painter import paint
from pipelines.draft.painting.pictures import read_picture
from pipelines.draft.painting.reading import read
from pipelines.draft.painting.repaint import repaint
from pipelines.draft.painting.scene import Scene
from pipelines.faults import DiskFull
from pipelines.glimpse import show
from pipelines.pictures import Masked

Style = Literal[
    "auto",
    "cinematic",
    "poster",
    "watercolour",
    "oil",
    "pastel",
    "ink",
    "paper",
    "neon",
    "blueprint",
    "noir",
    "vintage",
    "pixel",
]


class Painted(Options):
    prompt: str = Field(min_length=1, max_length=4000, title="Prompt", description="What is to be seen")
    negative_prompt: str = Field("", max_length=4000, title="Leave out", description="What is not to be seen")
    width: int = Field(1280, ge=256, le=2048, multiple_of=8, title="Width", description="In pixels")
    height: int = Field(720, ge=256, le=2048, multiple_of=8, title="Height", description="In pixels")
    style: Style = Field("auto", title="Style", description="How it is painted; auto reads it from the prompt")
    source: Annotated[Path | None, Media("image")] = Field(None, title="Source", description="A picture to repaint")
    strength: float = Field(0.6, ge=0, le=1, title="Strength", description="How far to go from the source")


class DraftImageOptions(Masked, Painted): ...


class DraftImage(Pipeline):
    Options = DraftImageOptions

    def run(self, options: DraftImageOptions, context: Context) -> Iterator[Path]:
        """One PNG of 8-bit RGB."""
        context.progress(0.05, "reading the prompt")
        said = read(options.prompt, options.negative_prompt)
        if options.source:
            source = read_picture(options.source, options.width, options.height)
            context.progress(0.3, "repainting the picture")
            picture = repaint(source, said, options.seed, options.style, options.strength)
            if options.mask:
                picture = within(options.mask, source, picture)
        else:
            scene = paint(said, options.width, options.height, options.seed, options.style)
            context.progress(0.7, "putting the layers together")
            for share in (0.3, 0.6):
                show(context, partial(so_far, scene, share))
            picture = scene.frame(Pose(), 0.0)
        context.progress(0.9, "writing the picture")
        path = context.workdir / "picture.png"
        if not cv2.imwrite(str(path), picture, [cv2.IMWRITE_PNG_COMPRESSION, 1]):
            raise DiskFull("The picture could not be written.", "Make room on the disk, then try again.")
        context.progress(1.0, "done")
        yield path


def so_far(scene: Scene, share: float) -> np.ndarray:
    """The picture when only that share of its layers, the far ones, is painted."""
    return replace(scene, layers=scene.layers[: max(1, round(share * len(scene.layers)))]).frame(Pose(), 0.0)


def within(mask: Path, source: np.ndarray, painted: np.ndarray) -> np.ndarray:
    """The source as it was, but where the mask is white."""
    old, new = (Image.fromarray(picture) for picture in (source, painted))
    return np.asarray(canvas.laid_over(old, new, canvas.mask(mask, old.size)))
