"""The machine itself: Python, settings, room, memory, ports, and what differs on this kind of it."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Literal

import psutil

from studio.doctor.check import Check
from studio.settings import Settings, variable

ROOT = Path(__file__).parents[2]
GB = 1024**3


def python(settings: Settings) -> Check:
    found = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info >= (3, 13):
        cure = "Kokoro needs 3.11 or 3.12: install one of them, remove .venv and run ./setup.sh again."
        return Check(name="Python", state="warn", found=found, cure=cure)
    return Check(name="Python", state="ok", found=found)


def unknown_settings(settings: Settings) -> Check:
    known = {variable(name) for name in Settings.model_fields}
    strange = sorted(
        name
        for name in os.environ
        if name.startswith("STUDIO_") and not name.startswith("STUDIO_TEST_") and name not in known
    )
    if strange:
        cure = f"There are: {', '.join(sorted(known))}."
        return Check(name="Settings", state="warn", found=f"{', '.join(strange)}: no such setting", cure=cure)
    return Check(name="Settings", state="ok", found="all of them can be used")


def home(settings: Settings) -> Check:
    """Whether the studio can write where it keeps everything."""
    place = standing(settings.home)
    cure = f"Name another folder in STUDIO_HOME, or give yourself this one: sudo chown -R $USER '{place}'"
    try:
        with tempfile.TemporaryFile(dir=place):
            return Check(name="Home", state="ok", found=str(settings.home))
    except OSError as error:
        return Check(name="Home", state="bad", found=f"{place}: {error.strerror}", cure=cure)


def disk(settings: Settings) -> Check:
    free = shutil.disk_usage(standing(settings.home)).free / GB
    state: Literal["ok", "warn", "bad"] = "ok" if free >= 10 else "warn" if free >= 1 else "bad"
    cure = "Empty the library's trash, make room, or move the studio with STUDIO_HOME. A model takes 1 to 60 GB."
    return Check(name="Disk", state=state, found=f"{free:.0f} GB free for {settings.home}", cure=cure)


def memory(settings: Settings) -> Check:
    has = psutil.virtual_memory()
    found = f"{has.total / GB:.0f} GB, {has.available / GB:.0f} GB of them free"
    cure = "Close other programs, and run with --workers 1."
    return Check(name="Memory", state="ok" if has.available >= 2 * GB else "warn", found=found, cure=cure)


def port(settings: Settings) -> Check:
    """Whether the studio could listen, or already does."""
    if settings.port == "auto":
        return Check(name="Port", state="ok", found="the next free one")
    name = f"{settings.host}:{settings.port}"
    if listens(settings.host, settings.port):
        cure = "That may be the studio itself. If not, start it with --port auto, or set STUDIO_PORT."
        return Check(name="Port", state="warn", found=f"something listens on {name}", cure=cure)
    return Check(name="Port", state="ok", found=f"{name} is free")


DIFFERS = {
    "Linux aarch64": "one memory serves processor and GPU (Jetson, DGX Spark); films are encoded on the chip where "
    "ffmpeg was built for it",
    "Darwin arm64": "models run on Metal (mps) in bfloat16; what needs CUDA, fp8 above all, is left out; films are "
    "encoded by VideoToolbox",
    "Darwin x86_64": "torch has no new builds for Intel Macs: the draft models serve",
}
"""What other kinds of machine do otherwise than a PC with an NVIDIA card."""


def kind(settings: Settings) -> Check:
    here = f"{platform.system()} {platform.machine()}"
    return Check(name="Kind", state="ok", found=f"{here}: {DIFFERS[here]}" if here in DIFFERS else here)


def standing(place: Path) -> Path:
    """The folder, or the nearest one above it that is there already."""
    return next((folder for folder in (place, *place.parents) if folder.is_dir()), Path("/"))


def listens(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False
