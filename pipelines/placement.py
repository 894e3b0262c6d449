"""Where a model's weights go, and in which precision: chosen from what the device has free when the model is loaded.

Nothing here changes what a model makes but by rounding; what does (fp8, cached steps) is an option of its own, in the
recipe (shortcuts.py).
"""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from pipelines import compiled, neighbours, weights
from pipelines.base import Model
from pipelines.device import GB, Device, devices

Offload = Literal["none", "model", "group", "sequential"]
RUNGS: tuple[Offload, ...] = get_args(Offload)
"""From all on the device to almost nothing: what is not at work, part by part or layer by layer, is in main memory."""
FITS: dict[Offload, float] = {"none": 1.15, "model": 0.7, "group": 0.25, "sequential": 0}
"""Free memory that each needs, as a share of the weights."""


@dataclass(frozen=True)
class Placement:
    """`device` and `dtype` are torch's names; `tiling` decodes large pictures piece by piece."""

    device: str
    dtype: str
    offload: Offload = "none"
    tiling: bool = False

    @property
    def kind(self) -> str:
        return self.device.partition(":")[0]

    def tighter(self) -> Placement | None:
        """The same with less on the device; None when there is no less."""
        if self.kind != "cuda" or self.offload == RUNGS[-1]:
            return None
        return replace(self, offload=RUNGS[RUNGS.index(self.offload) + 1], tiling=True)


def choose(model: Model, wanted: str | None = None, share: float = 1) -> Placement:
    """Where to put `model`, or the `share` of it that its build needs, now: the worker's own device, in the precision
    it computes best, with no more left in main memory than must be. STUDIO_OFFLOAD decides instead where it is
    set. Imports torch."""
    device = devices(wanted or os.environ.get("STUDIO_DEVICE", "auto"))[0]
    if device.kind == "cpu":
        return Placement("cpu", "float32")
    if device.kind == "mps":
        return Placement("mps", "bfloat16", tiling=True)
    needed, free = needed_gb(model) * share, free_gb(device)
    if needed * FITS["none"] > free and neighbours.let_go():
        free = free_gb(device)
    offload = os.environ.get("STUDIO_OFFLOAD", "auto")
    chosen: Offload = offload if offload in RUNGS else fitting(needed, free)
    return Placement(device.name, best_dtype(device), chosen, tiling=chosen != "none")


def fitting(needed_gb: float, free_gb: float) -> Offload:
    """The quickest way that fits."""
    return next(rung for rung in RUNGS if needed_gb * FITS[rung] <= free_gb)


def needed_gb(model: Model) -> float:
    """What its weights take: as its entry says, else as much as they take on the disk."""
    return model.vram_gb or weights.state(model).have / GB


def free_gb(device: Device) -> float:
    """What the device has free now, in GB, within what STUDIO_VRAM_GB allows."""
    import torch

    free = torch.cuda.mem_get_info(device.name)[0] / GB
    allowed = float(os.environ.get("STUDIO_VRAM_GB") or free + held_gb(device.name))
    return min(free, allowed - held_gb(device.name))


def held_gb(device: str) -> float:
    """What this process holds on the device."""
    import torch

    return torch.cuda.memory_allocated(device) / GB if device.startswith("cuda") else 0.0


def best_dtype(device: Device) -> str:
    import torch

    return "bfloat16" if torch.cuda.get_device_capability(device.name) >= (8, 0) else "float16"


def settle(pipe: Any, place: Placement) -> None:
    """Put a diffusers pipeline where it was decided to go."""
    import torch

    if place.offload == "none":
        pipe.to(place.device)
    elif place.offload == "model":
        pipe.enable_model_cpu_offload(device=place.device)
    elif place.offload == "group":
        pipe.enable_group_offload(torch.device(place.device), offload_type="leaf_level", use_stream=True)
    else:
        pipe.enable_sequential_cpu_offload(device=place.device)
    vae = getattr(pipe, "vae", None)
    if place.tiling and vae is not None and hasattr(vae, "enable_tiling"):
        vae.enable_tiling()
    if place.kind == "cuda" and place.offload == "none" and compiled.wanted():
        compiled.quicken(pipe)


def sweep() -> None:
    """Give memory that nothing holds any more back to the device."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()
