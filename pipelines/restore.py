"""Networks that make single pictures large and clean, of every architecture that spandrel reads: Real-ESRGAN, SwinIR,
HAT, DAT and the rest. One's own .safetensors is enough. Films go through frame by frame, smoothed over time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from pipelines import kin
from pipelines.base import Context
from pipelines.faults import BrokenWeights, OutOfMemory, Unsupported, ran_out
from pipelines.placement import Placement
from pipelines.restoring.job import restored
from pipelines.restoring.options import Restoring, smoothing
from pipelines.restoring.painted import Painted, Shown, Tell
from pipelines.restoring.tiles import tiled
from pipelines.weighted import Weighted

if TYPE_CHECKING:
    import numpy as np

LEAST_TILE = 64


class UpscaleOptions(Restoring):
    tile: int = Field(
        512,
        ge=64,
        le=4096,
        multiple_of=16,
        title="Tile",
        description="Pixels of a side done at once; smaller takes less memory",
    )
    smooth: float = smoothing(0.3)


class NotAnUpscaler(Unsupported):
    """A checkpoint that spandrel reads, and that does something else."""


class Upscale(Weighted):
    """A film as MP4, a picture as PNG. Where the network's factor is not the one asked for, Lanczos does the rest."""

    Options = UpscaleOptions
    packages: ClassVar[tuple[str, ...]] = ("torch", "spandrel")

    def bring(self, folder: Path, place: Placement) -> Any:
        import spandrel

        try:
            with warnings.catch_warnings(action="ignore"):  # what torch will think of its architectures one day
                kin.registry()
                network = spandrel.ModelLoader("cpu").load_from_file(checkpoint(folder))
        except spandrel.UnsupportedModelError:
            raise NotAnUpscaler(f"{self.model.title} is of an architecture that spandrel does not read.",
                                "Choose one of Real-ESRGAN, SwinIR, HAT, DAT or the like.") from None  # fmt: skip
        if not isinstance(network, spandrel.ImageModelDescriptor) or network.purpose == "FaceSR":
            raise NotAnUpscaler(
                f"{self.model.title} does {network.purpose}, which needs more than a picture.", "Choose an upscaler."
            )
        return network.to(place.device, precision(network, place)).eval()

    def run(self, options: UpscaleOptions, context: Context) -> Iterator[Path]:
        network = Network(self.loaded, options.tile)
        return restored(self, options, context, lambda used, source, size: Painted(
            network.paint, used, source, size, smooth=options.smooth))  # fmt: skip


class Network:
    """Pictures through a loaded network, tile by tile."""

    def __init__(self, network: Any, tile: int):
        self.network, self.tile = network, tile if worth_tiling(network) else 1 << 20

    def paint(self, pictures: Iterator[Shown], tell: Tell) -> Iterator[Shown]:
        for one in pictures:
            yield one._replace(image=self.through(one.image, tell))

    def through(self, image: np.ndarray, tell: Tell) -> np.ndarray:
        """A picture through the network; where the device has not room enough, in smaller tiles from then on."""
        while True:
            try:
                return tiled(image, self.tile, self.network.scale, self.asked, tell)
            except Exception as error:
                if not ran_out(error) or self.tile <= LEAST_TILE:
                    raise
            if not worth_tiling(self.network):
                raise OutOfMemory("This network takes pictures whole, and this one does not fit.", "Try it smaller.")
            self.tile = max(LEAST_TILE, min(self.tile, max(image.shape[:2])) // 2)

    def asked(self, tile: np.ndarray) -> np.ndarray:
        """(h, w, 3) float32 of 0..1 to the same, larger by the network's factor. One of a single channel sees grey."""
        import numpy as np
        import torch

        network = self.network
        given = torch.from_numpy(np.ascontiguousarray(tile.transpose(2, 0, 1)))[None].to(network.device, network.dtype)
        if network.input_channels == 1:
            given = given.mul(torch.tensor([0.299, 0.587, 0.114], device=given.device).view(1, 3, 1, 1)).sum(1, True)
        with torch.inference_mode():
            made = network(given).float().clamp(0, 1)
        made = made.expand(-1, 3, -1, -1) if made.shape[1] == 1 else made[:, :3]
        return made[0].permute(1, 2, 0).cpu().numpy()


def worth_tiling(network: Any) -> bool:
    return str(getattr(network.tiling, "name", "SUPPORTED")) == "SUPPORTED"


def checkpoint(folder: Path) -> Path:
    """The one .safetensors. Raises `BrokenWeights` when there are none, or several."""
    if folder.is_file():
        return folder
    found = sorted(folder.rglob("*.safetensors"))
    if len(found) != 1:
        raise BrokenWeights(f"{folder.name} has {len(found)} .safetensors, and one is wanted.", "Name the file itself.")
    return found[0]


def precision(network: Any, place: Placement) -> Any:
    """The device's own precision where the network bears it."""
    import torch

    wanted = getattr(torch, place.dtype)
    bears = {torch.float16: network.supports_half, torch.bfloat16: network.supports_bfloat16}
    return wanted if bears.get(wanted, False) else torch.float32
