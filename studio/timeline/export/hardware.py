"""Encoders in graphics chips: reached through the ffmpeg program, and used only once a test encode here has worked."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

import av
import av.error
import numpy as np

from pipelines.ffmpeg import QUIET, EncodingFailed, binary
from studio.timeline.export.codecs import PIECE_S, Coding, Spec, coding
from studio.timeline.export.encode import write_piece
from studio.timeline.export.presets import ExportSettings
from studio.timeline.paint.picture import Picture, canvas
from studio.timeline.paint.sources import view

TRIED = 12
"""Frames in a test encode."""
ALIKE = 12
"""How far, on average, its pictures may be from what went in, of 255."""
RENDER = "/dev/dri/renderD128"


class Chip(NamedTuple):
    """A maker's encoders: `{codec}_SUFFIX` in ffmpeg, and its arguments before the input and for a fineness of {q}."""

    title: str
    suffix: str
    before: tuple[str, ...]
    after: tuple[str, ...]


CHIPS = (
    Chip("NVENC", "nvenc", (), ("-preset", "p5", "-rc", "vbr", "-cq", "{q}", "-b:v", "0", "-pix_fmt", "yuv420p")),
    Chip("VideoToolbox", "videotoolbox", (), ("-q:v", "{percent}", "-pix_fmt", "yuv420p")),
    Chip("Jetson", "nvmpi", (), ("-qmin", "{q}", "-qmax", "{q}", "-pix_fmt", "yuv420p")),
    Chip("Quick Sync", "qsv", (), ("-global_quality", "{q}", "-pix_fmt", "nv12")),
    Chip("VAAPI", "vaapi", ("-vaapi_device", RENDER), ("-vf", "format=nv12,hwupload", "-qp", "{q}")),
)
REACHED = ("h264", "hevc", "av1")
"""The codecs that chips encode."""


def chosen(codec: str, settings: ExportSettings, size: tuple[int, int], fps: Fraction) -> tuple[Coding, list[str]]:
    """How the film will be encoded, and what is to be said about it: the chip when it is wanted and proven."""
    software = coding(codec, settings.preset, fps, size)
    large = size[0] * size[1] > 1920 * 1088
    if settings.encoder == "software" or (settings.encoder == "auto" and not (large or codec in ("hevc", "av1"))):
        return software, []
    if codec not in REACHED:
        asked = settings.encoder == "hardware"
        return software, [f"No chip encodes {codec}, so it was made in software."] * asked
    for chip in CHIPS:
        found = on_chip(chip, codec, settings, fps)
        if found.encoder in offered() and proven(Spec(*size, fps, found)):
            return found, [f"Encoded by the graphics chip ({chip.title})."]
    return software, ["No graphics chip here passed a test encode, so the film was made in software."]


def on_chip(chip: Chip, codec: str, settings: ExportSettings, fps: Fraction) -> Coding:
    quality = settings.quality
    fineness = {"h264": quality.crf, "hevc": quality.hevc, "av1": quality.av1}[codec]
    told = tuple(word.format(q=fineness, percent=round(100 - 1.7 * fineness)) for word in chip.after)
    plain = (*told, "-g", str(round(fps * PIECE_S)), "-bf", "0", *(("-tag:v", "hvc1") * (codec == "hevc")))
    return Coding(f"{codec}_{chip.suffix}", "yuv420p", (), "mp4", alone=True, tool=(chip.before, plain))


@cache
def offered() -> set[str]:
    """The encoders that this machine's ffmpeg has been built with."""
    with suppress(OSError, subprocess.SubprocessError):
        listed = subprocess.run([binary(), *QUIET, "-encoders"], capture_output=True, text=True, timeout=20)
        return {line.split()[1] for line in listed.stdout.splitlines() if len(line.split()) > 2}
    return set()


@cache
def proven(spec: Spec) -> bool:
    """Whether this encoder, at this very size, makes a film whose pictures are those that went in. Asked once."""
    given = list(swatches(spec.width, spec.height))
    with tempfile.TemporaryDirectory() as folder, suppress(EncodingFailed, OSError, av.error.FFmpegError):
        path = Path(folder) / f"test.{spec.coding.piece}"
        write_piece(path, given, spec)
        with av.open(str(path)) as film:
            seen = [view(frame.planes[0]).astype(int) for frame in film.decode(video=0)]
        off = [np.abs(a - picture.y).mean() for a, picture in zip(seen, given, strict=False)]
        return len(seen) == TRIED and max(off) < ALIKE
    return False


def swatches(width: int, height: int) -> Iterator[Picture]:
    """A slope of grey that moves."""
    slope = np.linspace(40, 200, width, dtype=np.float32)
    for n in range(TRIED):
        picture = canvas(width, height)
        picture.y[:] = np.roll(slope, n * width // TRIED).astype(np.uint8)
        picture.u[:], picture.v[:] = 128, 128
        yield picture
