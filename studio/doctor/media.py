"""What pictures, film and sound need: ffmpeg and its encoders, eSpeak NG, fonts."""

from __future__ import annotations

import ctypes
import subprocess
from fractions import Fraction
from pathlib import Path

from pipelines import ffmpeg
from pipelines.faults import Fault
from studio.doctor.check import Check
from studio.doctor.machine import ROOT
from studio.settings import Settings

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
    missing = [name for name in ENCODERS if name not in words]
    if missing:
        lost = ", ".join(dict.fromkeys(ENCODERS[name] for name in missing))
        found = f"{binary} has no {', '.join(missing)}, so it writes no {lost}"
        cure = "Install a full one (sudo apt-get install ffmpeg), or take this one off PATH: the studio brings its own."
        return Check(name="ffmpeg", state="bad" if "libx264" in missing else "warn", found=found, cure=cure)
    found = f"{binary} writes every format"
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


def fonts(settings: Settings) -> Check:
    """What titles and captions are set in."""
    shipped = sorted((ROOT / "assets" / "fonts").glob("*.[ot]tf"))
    if not shipped:
        cure = "Fetch the studio's folder anew: assets/fonts belongs to it."
        return Check(name="Fonts", state="bad", found="assets/fonts has none", cure=cure)
    from studio.timeline.paint.fonts import lacking

    found = ", ".join(file.stem for file in shipped)
    if lacking("語语한"):
        found += "; none for Chinese, Japanese and Korean (fonts-noto-cjk brings one)"
    return Check(name="Fonts", state="ok", found=found)


def chips(settings: Settings) -> Check:
    """Which codecs a graphics chip here encodes, each proved by encoding."""
    from studio.timeline.export.codecs import Spec
    from studio.timeline.export.hardware import CHIPS, REACHED, offered, on_chip, proven
    from studio.timeline.export.presets import ExportSettings

    try:
        works = [
            f"{codec} ({chip.title})"
            for chip in CHIPS
            for codec in REACHED
            if (coding := on_chip(chip, codec, ExportSettings(), Fraction(30))).encoder in offered()
            and proven(Spec(640, 360, Fraction(30), coding))
        ]
    except Fault as fault:
        return Check(name="Chip encoders", state="warn", found=fault.message, cure=fault.advice)
    found = ", ".join(works) if works else "none passed a test encode: films are made in software"
    return Check(name="Chip encoders", state="ok", found=found)


def count_files(folder: Path) -> int:
    return sum(1 for file in folder.rglob("*") if file.is_file())
