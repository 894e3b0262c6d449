"""Where a model's weights go, and in which precision: chosen from what the device has free when the model is loaded."""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.base import Model
from pipelines.device import Device, devices

Offload = Literal["none", "model", "sequential"]
ROOM = 1.15
"""What a model takes while it runs, for each GB of its weights."""


@dataclass(frozen=True)
class Placement:
    """`device` and `dtype` are torch's names; `offload` is what waits in main memory: nothing, the parts that are not
    at work (`model`), or all but the layer that is (`sequential`); `tiling` decodes large pictures piece by piece."""

    device: str
    dtype: str
    offload: Offload = "none"
    tiling: bool = False


def choose(model: Model, wanted: str | None = None) -> Placement:
    """Where to put `model` now: the worker's own device, in the precision it computes best, with no more left in main
    memory than must be. Imports torch."""
    device = devices(wanted or os.environ.get("STUDIO_DEVICE", "auto"))[0]
    if device.kind == "cpu":
        return Placement("cpu", "float32")
    if device.kind == "mps":
        return Placement("mps", "bfloat16", tiling=True)
    free = free_gb(device)
    needed = model.vram_gb * ROOM
    offload: Offload = "none" if needed <= free else "model" if needed * 0.6 <= free else "sequential"
    return Placement(device.name, best_dtype(device), offload, tiling=offload != "none")


def free_gb(device: Device) -> float:
    """What the device has free now, in GB, within what STUDIO_VRAM_GB allows."""
    import torch

    free = torch.cuda.mem_get_info(device.name)[0] / 1024**3
    return min(free, float(os.environ.get("STUDIO_VRAM_GB") or free))


def best_dtype(device: Device) -> str:
    import torch

    return "bfloat16" if torch.cuda.get_device_capability(device.name) >= (8, 0) else "float16"


def settle(pipe: Any, place: Placement) -> None:
    """Put a diffusers pipeline where it was decided to go."""
    if place.offload == "none":
        pipe.to(place.device)
    elif place.offload == "model":
        pipe.enable_model_cpu_offload(device=place.device)
    else:
        pipe.enable_sequential_cpu_offload(device=place.device)
    vae = getattr(pipe, "vae", None)
    if place.tiling and hasattr(vae, "enable_tiling"):
        vae.enable_tiling()


def sweep() -> None:
    """Give memory that nothing holds any more back to the device."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()
