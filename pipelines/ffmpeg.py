"""Finds ffmpeg, and feeds it: frames or samples go in by its standard input, a finished file comes out."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import IO

from pipelines.faults import Fault, Unavailable

QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")
BITEXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")
AVX2 = 11  # OpenCV's number for it, CPU_AVX2
BT709 = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")


class NoFfmpeg(Unavailable):
    """Neither the system nor the imageio-ffmpeg package brings an ffmpeg."""


class EncodingFailed(Fault):
    """ffmpeg gave up on what it was fed."""


@cache
def binary() -> str:
    """The path of ffmpeg: the one on PATH, else the one in the imageio-ffmpeg wheel."""
    if found := shutil.which("ffmpeg"):
        return found
    try:
        import imageio_ffmpeg

        return imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError):
        raise NoFfmpeg("ffmpeg was not found.", "Install it, or run ./setup.sh run, which brings one.") from None


def x264_steady(width: int, height: int) -> str:
    """x264's parameter that keeps the bytes of pictures of this size the same from run to run. Where a side is no whole
    number of macroblocks of 16 pixels, its AVX-512 routines look at what lies beyond: there they are left out."""
    import cv2

    whole = width % 16 == 0 and height % 16 == 0
    return "asm=auto" if whole or not cv2.checkHardwareSupport(AVX2) else "asm=AVX2"


@contextmanager
def feeding(arguments: Sequence[str]) -> Iterator[IO[bytes]]:
    """Run ffmpeg with `arguments`, open for writing to its `-i pipe:0`.

    Leaving the block waits until the file is whole. An exception inside, a cancel for one, kills the process before
    it goes on its way. What ffmpeg said goes to a file, so that a full pipe can never hold it up; it is the message
    of `EncodingFailed`.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [binary(), *QUIET, *arguments], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        )
        assert process.stdin is not None
        try:
            with suppress(BrokenPipeError):  # it ended before we did; its exit code and words tell why
                yield process.stdin
                process.stdin.close()
            if process.wait() != 0:
                said.seek(0)
                words = said.read().decode(errors="replace").strip().splitlines()
                raise EncodingFailed(
                    words[-1] if words else f"ffmpeg ended with code {process.returncode}.",
                    "Look whether the disk is full, then try again.",
                )
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            with suppress(BrokenPipeError):
                process.stdin.close()
