"""Which devices there are, and how much memory each has: told without importing torch."""

from __future__ import annotations

import functools
import platform
import shutil
import subprocess
from dataclasses import dataclass
from typing import Literal

import psutil

GB = 1024**3


@dataclass(frozen=True)
class Device:
    """Where a model can run. `name` is torch's: cuda:0, mps, cpu; memory is in GB."""

    name: str
    kind: Literal["cuda", "mps", "cpu"]
    title: str
    memory_gb: float


CPU = Device("cpu", "cpu", "Processor", round(psutil.virtual_memory().total / GB, 1))


@functools.cache
def devices(wanted: str = "auto") -> tuple[Device, ...]:
    """The devices to use, best first. `wanted` is STUDIO_DEVICE: auto, cuda, cuda:1, mps or cpu."""
    found = (*nvidia(), *apple())
    chosen = [d for d in found if wanted == "auto" or d.name == wanted or d.kind == wanted]
    return tuple(chosen) or (CPU,)


def nvidia() -> list[Device]:
    if not shutil.which("nvidia-smi"):
        return []
    query = ["nvidia-smi", "--query-gpu=index,name,memory.total", "--format=csv,noheader,nounits"]
    try:
        report = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    rows = [line.split(", ") for line in report.splitlines() if line.count(", ") == 2]
    # A board that shares its memory with the processor reports none of its own.
    return [
        Device(
            f"cuda:{index}",
            "cuda",
            title,
            round(float(mb) / 1024, 1) if mb.replace(".", "").isdigit() else CPU.memory_gb,
        )
        for index, title, mb in rows
    ]


def apple() -> list[Device]:
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return [Device("mps", "mps", "Apple silicon", CPU.memory_gb)]
    return []
