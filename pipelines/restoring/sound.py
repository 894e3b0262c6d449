"""The sound of a restored film: kept as it is, packet by packet, or cleaned and written anew; always in its place."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path

from pipelines import ffmpeg
from pipelines.faults import Fault
from pipelines.restoring.source import opened

FITS = ("aac", "mp3", "ac3", "eac3", "opus", "flac", "alac")
"""What an MP4 holds as it is."""
CLEAN = "adeclick,adeclip,highpass=f=40"
HUSH = "afftdn=nr=12:nf={floor:.0f}:tn=1"
LIMIT = "alimiter=limit=0.89:level=0:latency=1"


class SoundFailed(Fault):
    """ffmpeg gave up on the sound."""


def codec_of(path: Path) -> str:
    """The name of what its sound is written in; empty where it has none."""
    with opened(path) as container:
        found = container.streams.audio
        return found[0].codec_context.name if found and found[0].codec_context else ""


def fetched(source: Path, out: Path, how: str, *, zero: Fraction, origin: Fraction, seconds: float,
            report: dict[str, float], tell: Callable[[], None]) -> tuple[Path, Fraction] | None:  # fmt: skip
    """Where the film's sound is to be had, and its time there that is the film's 0: `zero` in the source, whose time
    begins at `origin`. None: there is none, or none is wanted."""
    codec = codec_of(source)
    if how == "none" or not codec:
        return None
    if how == "keep" and codec in FITS:
        return source, zero
    start = float(zero - origin)
    chain = [f"aresample=48000:async=1:first_pts=0,atrim=start={start:.6f},asetpts=PTS-STARTPTS"]
    if how == "clean":
        hush = HUSH.format(floor=min(-20, max(-80, report.get("noise_floor_db", -50) + 6)))
        chain += [CLEAN, "apad=pad_dur=1", hush, f"atrim=start={late():.6f}", "asetpts=PTS-STARTPTS"]
        chain += [f"volume={report.get('gain_db', 0.0):.2f}dB", LIMIT]
    run([
        "-i", f"file:{source}", "-map", "0:a:0", "-vn", "-t", f"{seconds:.6f}", "-af", ",".join(chain), "-c:a", "aac",
        "-b:a", "256k", *ffmpeg.BITEXACT, "-f", "mp4", str(out),
    ], tell)  # fmt: skip
    return out, Fraction(0)


@cache
def late() -> float:
    """Seconds by which this ffmpeg's noise filter is late, which it does not tell: a click goes through it once."""
    import numpy as np

    click = "aevalsrc='between(t,0.5,0.52)*sin(2*PI*1000*t)':s=48000:d=1.5"
    command = [ffmpeg.binary(), *ffmpeg.QUIET, "-f", "lavfi", "-i", click, "-af", HUSH.format(floor=-60), "-f", "f32le"]
    heard = subprocess.run([*command, "pipe:1"], capture_output=True, check=True).stdout
    loud = np.nonzero(np.abs(np.frombuffer(heard, np.float32)) > 0.3)[0]
    return max(0.0, float(loud[0]) / 48_000 - 0.5) if len(loud) else 0.0


def run(arguments: list[str], tell: Callable[[], None]) -> None:
    """ffmpeg to its end; `tell` is called four times a second, and what it raises stops it."""
    command = [ffmpeg.binary(), *ffmpeg.QUIET, "-protocol_whitelist", "file,pipe", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        while True:
            try:
                _, said = process.communicate(timeout=0.25)
                break
            except subprocess.TimeoutExpired:
                tell()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode:
        words = said.strip().splitlines()
        raise SoundFailed(f"The sound cannot be restored: {words[-1] if words else process.returncode}.",
                          "Try it with sound = keep, or none.")  # fmt: skip
