"""RIFE, by Z. Huang et al. (2022): a network that finds the motion between two frames, and makes those in between.
One's own checkpoint of version 4.26 heavy as .safetensors; https://github.com/hzwer/Practical-RIFE"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator, Field

from pipelines.base import Context
from pipelines.faults import BrokenWeights
from pipelines.placement import Placement
from pipelines.restore import checkpoint
from pipelines.restoring import between
from pipelines.restoring.enlarge import enlarged
from pipelines.restoring.graph import Frame
from pipelines.restoring.job import restored
from pipelines.restoring.options import Rate, Restoring, Size, worded
from pipelines.restoring.prepare import PACE, finished, heard, prepared
from pipelines.restoring.source import BT709, Source
from pipelines.weighted import Weighted

STEPS = [16, 8, 4, 2, 1]
"""How much smaller the frames are in which motion is looked for, one after the other."""
WIDE = 1280
"""Pixels of the shorter side from which all of that is done at half the size."""
EDGE = 128
"""What padded sides are a multiple of."""


class RifeOptions(Restoring):
    size: Size = Field("same", title="Size", description="How large it becomes, its shape kept")
    fps: Annotated[Rate, BeforeValidator(worded)] = Field(
        "60", title="Frame rate", description="Frames in between are made by the network"
    )


class Rife(Weighted):
    """A film as MP4. Frames that are there stay as they are."""

    Options = RifeOptions
    packages: ClassVar[tuple[str, ...]] = ("torch", "cccv")

    def bring(self, folder: Path, place: Placement) -> Any:
        from cccv.arch import IFNet
        from safetensors.torch import load_file

        network = IFNet()
        held = {name.removeprefix("module."): tensor for name, tensor in load_file(checkpoint(folder)).items()}
        lacking = network.load_state_dict(held, strict=False).missing_keys
        if lacking:
            raise BrokenWeights(
                f"{self.model.title} lacks {len(lacking)} of RIFE's tensors, {lacking[0]} among them.",
                "Choose a checkpoint of version 4.26 heavy.",
            )
        return network.to(place.device).eval()

    def run(self, options: RifeOptions, context: Context) -> Iterator[Path]:
        return restored(self, options, context, lambda used, source, size: Whole(
            used, source, size, between=Between(self.loaded, self.place.device, source.matrix == BT709)))  # fmt: skip


class Whole:
    """The engine's restorer: frames made whole and brought to their size, and nothing else done to them."""

    chunk, overlap, context, batch = 60, 2, 5, 0

    def __init__(self, used: dict[str, Any], source: Source, size: tuple[int, int], between: Any):
        self.used, self.source, self.size, self.between = used, source, size, between
        self.pace = PACE.get(used["deinterlace"], Fraction(1))

    def ahead(self, *_: Any) -> None: ...

    def restored(self, frames: Iterator[Any], tell: Callable[[], None]) -> Iterator[Any]:
        source, used, deep = self.source, self.used, self.source.depth > 8
        whole = prepared(
            heard(frames, tell), source, used["deinterlace"], used["first_field"], finished(source, source.seen, deep)
        )
        return enlarged(whole, source, self.size, deep)


class Between:
    """What was seen at a time between two frames. The network sees red, green and blue, and moves the frames' own
    samples, so that colours stay what they are."""

    def __init__(self, network: Any, device: str, hd: bool):
        self.network, self.device = network, device
        self.red, self.blue = (1.5748, 1.8556) if hd else (1.402, 1.772)
        self.share = (0.2126, 0.0722) if hd else (0.299, 0.114)

    def __call__(self, a: Frame, b: Frame, pts: int) -> Frame:
        import torch

        share = (pts - a.pts) / (b.pts - a.pts)
        if between.cut(a, b):
            return Frame(pts, (a if share < 0.5 else b).planes)
        high, wide = a.planes[0].shape
        slower = 2 if min(high, wide) >= WIDE else 1
        with torch.inference_mode():
            pair = torch.cat([self.seen(frame) for frame in (a, b)], 1)
            made = self.network(pair, share, [step * slower for step in STEPS])[0, 3:, :high, :wide]
            luma, chroma = made[:1], torch.nn.functional.avg_pool2d(made[1:], 2, ceil_mode=True)
        most = most_of(a)
        found = [plane.cpu().numpy() for plane in (*luma, *chroma)]
        planes = tuple(np.rint(p * most).clip(0, most).astype(a.planes[0].dtype) for p in found)
        return Frame(pts, planes)

    def seen(self, frame: Frame) -> Any:
        """(1, 6, h, w) of 0..1, padded: red, green, blue, and the samples themselves."""
        import torch

        most = most_of(frame)
        luma, *chroma = (torch.from_numpy(p.astype(np.float32) / most).to(self.device) for p in frame.planes)
        high, wide = luma.shape
        u, v = (c.repeat_interleave(2, 0).repeat_interleave(2, 1)[:high, :wide] for c in chroma)
        y, cb, cr = (luma - 16 / 255) * 255 / 219, (u - 128 / 255) * 255 / 224, (v - 128 / 255) * 255 / 224
        red, blue = y + self.red * cr, y + self.blue * cb
        green = (y - self.share[0] * red - self.share[1] * blue) / (1 - sum(self.share))
        picture = torch.stack([*(c.clamp(0, 1) for c in (red, green, blue)), luma, u, v])[None]
        return torch.nn.functional.pad(picture, (0, -wide % EDGE, 0, -high % EDGE), mode="replicate")


def most_of(frame: Frame) -> int:
    return 255 if frame.planes[0].dtype == np.uint8 else 1023
