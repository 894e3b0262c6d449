"""What this machine has of what the studio needs, each with what to do where it is missing: `studio doctor`."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import psutil
from pydantic import BaseModel, ConfigDict

from pipelines import device, ffmpeg
from pipelines.faults import Fault
from studio.settings import Settings, variable

ROOT = Path(__file__).parent.parent
GB = 1024**3
ENCODERS = {
    "libx264": "MP4",
    "aac": "MP4",
    "libvpx-vp9": "WebM",
    "libopus": "WebM",
    "prores_ks": "MOV",
    "gif": "GIF",
    "libmp3lame": "MP3",
    "flac": "FLAC",
}
FAST_ENCODERS = {"cuda": "h264_nvenc", "mps": "h264_videotoolbox"}
MODEL_PACKAGES = ("torch", "torchaudio", "torchvision", "diffusers", "transformers", "audiocraft", "kokoro")


class Check(BaseModel):
    """One thing looked at: `warn` is worth knowing, `bad` keeps the studio from working."""

    model_config = ConfigDict(frozen=True)

    name: str
    state: Literal["ok", "warn", "bad"]
    found: str
    cure: str = ""


def examine(settings: Settings) -> list[Check]:
    """Look at everything. Takes a second or two and changes nothing."""
    return [look(settings) for look in LOOKS]


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


def film(settings: Settings) -> Check:
    """ffmpeg, and whether it writes every format the studio exports."""
    try:
        binary = ffmpeg.binary()
        run = subprocess.run([binary, "-hide_banner", "-encoders"], capture_output=True, text=True, timeout=20)
    except Fault as fault:
        return Check(name="ffmpeg", state="bad", found=fault.message, cure=fault.advice)
    except (OSError, subprocess.SubprocessError) as error:
        cure = "Install another one (sudo apt-get install ffmpeg), or remove it from PATH: the studio brings its own."
        return Check(name="ffmpeg", state="bad", found=f"does not run: {error}", cure=cure)
    words = {line.split()[1] for line in run.stdout.splitlines() if len(line.split()) > 1}
    fast = FAST_ENCODERS.get(device.devices(settings.device)[0].kind)
    missing = [name for name in ENCODERS if name not in words]
    if missing:
        lost = ", ".join(dict.fromkeys(ENCODERS[name] for name in missing))
        found = f"{binary} has no {', '.join(missing)}, so it writes no {lost}"
        cure = "Install a full one (sudo apt-get install ffmpeg), or take this one off PATH: the studio brings its own."
        return Check(name="ffmpeg", state="bad" if "libx264" in missing else "warn", found=found, cure=cure)
    found = f"{binary} writes every format" + (f", and has {fast}" if fast in words else "")
    return Check(name="ffmpeg", state="ok", found=found)


def voice(settings: Settings) -> Check:
    """eSpeak NG's library and its voices, which draft-speech speaks with."""
    cure = "./setup.sh run brings it, in the package espeakng-loader."
    try:
        import espeakng_loader

        library = ctypes.CDLL(espeakng_loader.get_library_path())
        library.espeak_Info.restype = ctypes.c_char_p
        release = library.espeak_Info(None).decode()
    except (ImportError, OSError, AttributeError) as error:
        return Check(name="eSpeak NG", state="bad", found=f"cannot be loaded: {error}", cure=cure)
    data = Path(espeakng_loader.get_data_path())
    if not (data / "phontab").is_file():
        return Check(name="eSpeak NG", state="bad", found=f"its voices are not in {data}", cure=cure)
    return Check(name="eSpeak NG", state="ok", found=f"{release.split()[0]}, {count_files(data / 'lang')} languages")


def accelerator(settings: Settings) -> Check:
    """A GPU, found without torch, and the packages that would use it."""
    found = device.devices(settings.device)
    words = ", ".join(f"{d.title} ({d.name}, {d.memory_gb:.0f} GB)" for d in found)
    missing = [name for name in MODEL_PACKAGES if find_spec(name) is None]
    if found[0].kind == "cpu":
        if settings.device not in ("auto", "cpu"):
            cure = "Set STUDIO_DEVICE to auto, or see whether nvidia-smi finds the GPU."
            return Check(name="Device", state="warn", found=f"there is no {settings.device} here", cure=cure)
        cure = "The draft models need no GPU. The real ones run on a processor too, slowly."
        return Check(name="Device", state="ok", found=f"no GPU: {words}", cure=cure)
    if missing:
        cure = "./setup.sh models installs what the real models need."
        return Check(name="Device", state="warn", found=f"{words}, but no {', '.join(missing)}", cure=cure)
    return Check(name="Device", state="ok", found=words)


def fonts(settings: Settings) -> Check:
    """What titles and captions are set in."""
    shipped = sorted((ROOT / "assets" / "fonts").glob("*.[ot]tf"))
    if not shipped:
        cure = "Fetch the studio's folder anew: assets/fonts belongs to it."
        return Check(name="Fonts", state="bad", found="assets/fonts has none", cure=cure)
    return Check(name="Fonts", state="ok", found=", ".join(file.stem for file in shipped))


def port(settings: Settings) -> Check:
    """Whether the studio could listen, or already does."""
    if settings.port == "auto":
        return Check(name="Port", state="ok", found="the next free one")
    name = f"{settings.host}:{settings.port}"
    if listens(settings.host, settings.port):
        cure = "That may be the studio itself. If not, start it with --port auto, or set STUDIO_PORT."
        return Check(name="Port", state="warn", found=f"something listens on {name}", cure=cure)
    return Check(name="Port", state="ok", found=f"{name} is free")


LOOKS: tuple[Callable[[Settings], Check], ...] = (
    python,
    unknown_settings,
    home,
    disk,
    memory,
    film,
    voice,
    accelerator,
    fonts,
    port,
)


def standing(place: Path) -> Path:
    """The folder, or the nearest one above it that is there already."""
    return next((folder for folder in (place, *place.parents) if folder.is_dir()), Path("/"))


def count_files(folder: Path) -> int:
    return sum(1 for file in folder.rglob("*") if file.is_file())


def listens(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False
