"""A shot's frames: how many there are, the film they go on from, and the file they end in."""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines import ffmpeg
from pipelines.faults import Unsupported

if TYPE_CHECKING:
    from PIL.Image import Image

FULL = "scale=in_range=pc:out_range=tv:out_color_matrix=bt709:flags=accurate_rnd+bilinear"
SOUND_RATE = 48_000


class UnreadableFilm(Unsupported):
    """A film file with no frame in it that can be decoded."""


class Sound(NamedTuple):
    """What is heard with a shot: float32 of shape (channels, samples), full scale 1.0, and samples a second."""

    samples: Any
    rate: int


# --- how many --------------------------------------------------------------------------------------------------------


def count(seconds: float, fps: int) -> int:
    """How many frames a shot of that length has."""
    return max(1, round(seconds * fps))


def reach(frames: int, stride: int, most: int = 0) -> int:
    """The fewest frames, `stride` x k + 1, among which `frames` are; or the most such that are within `most`."""
    enough = -(-(frames - 1) // stride) * stride + 1
    return min(enough, (most - 1) // stride * stride + 1) if most else enough


def among(made: int, wanted: int) -> list[int]:
    """Which of the frames made are kept where both the first and the last have to be: those left out lie evenly
    between."""
    return [round(n * (made - 1) / max(1, wanted - 1)) for n in range(wanted)]


# --- what they go on from --------------------------------------------------------------------------------------------


def last(path: Path, frames: int, fps: int, width: int, height: int) -> list[Image]:
    """The last `frames` of a film as it is seen at `fps`, filling width x height; fewer where it has no more. Raises
    `UnreadableFilm`."""
    tail = ("-sseof", f"-{frames / fps + 1:.3f}")
    for seek in (tail, ()):  # a film of unknown length cannot be sought from its end
        kept = deque(decoded(path, seek, fps, width, height), maxlen=frames)
        if len(kept) == frames:
            break
    if not kept:
        raise UnreadableFilm(f"{path.name} cannot be read as a film.", "Use an MP4, MOV, WebM or MKV file.")
    return list(kept)


def decoded(path: Path, seek: Sequence[str], fps: int, width: int, height: int) -> Iterator[Image]:
    from PIL import Image

    cover = f"fps={fps},scale={width}:{height}:force_original_aspect_ratio=increase:flags=lanczos,crop={width}:{height}"
    alone = ("-protocol_whitelist", "file,pipe", *seek, "-i", f"file:{path}", "-map", "0:v:0")
    command = [ffmpeg.binary(), *ffmpeg.QUIET, *alone, "-vf", cover, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        try:
            while len(frame := process.stdout.read(width * height * 3)) == width * height * 3:
                yield Image.frombytes("RGB", (width, height), frame)
        finally:
            process.kill()


# --- the file --------------------------------------------------------------------------------------------------------


def write(path: Path, frames: Iterable[Any], width: int, height: int, fps: int, sound: Sound | None = None) -> Path:
    """An MP4 of these frames, each of width x height x 3 bytes of red, green and blue, written as they come.
    Near-lossless H.264; AAC."""
    with ffmpeg.feeding(arguments(path, width, height, fps, sound and saved(path.with_suffix(".f32"), sound))) as pipe:
        for frame in frames:
            pipe.write(frame)
    return path


def arguments(
    path: Path, width: int, height: int, fps: int, sound: Sequence[str] | None = None, order: str = "rgb24",
    quality: Sequence[str] = ("-preset", "fast", "-crf", "10"),
) -> list[str]:  # fmt: skip
    """ffmpeg's arguments for raw frames in and a film out: 4:2:0 in BT.709, a key frame each second. `sound` is a
    second input."""
    raw = ["-f", "rawvideo", "-pix_fmt", order, "-s", f"{width}x{height}", "-r", str(fps), "-i", "pipe:0"]
    heard = ["-af", f"aresample={SOUND_RATE}", "-c:a", "aac", "-b:a", "256k", "-ac", "2"] if sound else ["-an"]
    steady = ["-x264-params", ffmpeg.x264_steady(width, height), "-threads", "2"]
    x264 = ["-c:v", "libx264", *quality, *steady, "-g", str(fps), "-pix_fmt", "yuv420p"]
    return [*raw, *(sound or ()), *heard, "-vf", FULL, *x264, *ffmpeg.BT709, *ffmpeg.BITEXACT,
            "-movflags", "+faststart", str(path)]  # fmt: skip


def saved(path: Path, sound: Sound) -> list[str]:
    """The sound as a file of raw samples, and ffmpeg's arguments for reading it."""
    import numpy as np

    samples = np.asarray(sound.samples, dtype=np.float32).clip(-1, 1)
    np.ascontiguousarray(samples.T).tofile(path)
    return ["-f", "f32le", "-ar", str(sound.rate), "-ac", str(len(samples)), "-i", str(path)]


def lasting(sound: Sound, seconds: float, start: float = 0) -> Sound:
    """The sound from `start` on, exactly that long: cut, or with silence after it."""
    import numpy as np

    first, samples = round(start * sound.rate), round(seconds * sound.rate)
    kept = np.atleast_2d(np.asarray(sound.samples, dtype=np.float32))[:, first : first + samples]
    return Sound(np.pad(kept, ((0, 0), (0, samples - kept.shape[1]))), sound.rate)
