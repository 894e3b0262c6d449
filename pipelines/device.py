"""Which devices there are, and how much memory each has: told without importing torch."""

from __future__ import annotations

import functools
import platform
import shutil
import subprocess
import time
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
    rows = asked("index,name,memory.total")
    # A board that shares its memory with the processor reports none of its own.
    return [Device(f"cuda:{n}", "cuda", title, in_gb(mb) or CPU.memory_gb) for n, title, mb in rows]


def asked(query: str) -> list[list[str]]:
    """What nvidia-smi answers, a row for each GPU; nothing where there is none."""
    if not shutil.which("nvidia-smi"):
        return []
    command = ["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader,nounits"]
    try:
        report = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    rows = [[cell.strip() for cell in line.split(",")] for line in report.splitlines()]
    return [row for row in rows if len(row) == query.count(",") + 1]


def number(said: str) -> float | None:
    """nvidia-smi's number, or None where the board does not tell."""
    try:
        return float(said)
    except ValueError:
        return None


def in_gb(mb: str) -> float:
    return round((number(mb) or 0) / 1024, 1)


def apple() -> list[Device]:
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return [Device("mps", "mps", "Apple silicon", CPU.memory_gb)]
    return []


@dataclass(frozen=True)
class Reading:
    """How a device is now: GB in use and GB there are, degrees Celsius, and the share of its time it computes."""

    used_gb: float
    memory_gb: float
    celsius: float | None = None
    busy: float | None = None


def reading(device: Device) -> Reading:
    """Live figures, at most two seconds old."""
    return read_at(device, int(time.monotonic() / 2))


@functools.lru_cache(maxsize=4)
def read_at(device: Device, moment: int) -> Reading:
    memory = psutil.virtual_memory()
    house = Reading(round((memory.total - memory.available) / GB, 1), round(memory.total / GB, 1))
    rows = asked("index,memory.used,temperature.gpu,utilization.gpu") if device.kind == "cuda" else []
    for n, mb, heat, work in rows:
        if device.name == f"cuda:{n}":
            busy, used = number(work), number(mb)
            shared = used is None  # one memory for GPU and processor, as on a Jetson
            return Reading(
                house.used_gb if shared else in_gb(mb),
                device.memory_gb,
                number(heat),
                None if busy is None else busy / 100,
            )
    return house
