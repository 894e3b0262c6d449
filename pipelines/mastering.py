"""Finishes what a model of music or sound has made: to the sample, at its loudness, closed or as a loop, in the formats
asked for.

Sound is float32 of shape (channels, samples), full scale 1.0; what comes out is stereo at 48 kHz.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from pipelines import ffmpeg
from pipelines.draft import desk
from pipelines.draft.desk import RATE

MUSIC_LUFS, SOUND_LUFS = -16.0, -20.0
SEAM_S = 1.0
"""How long the end of a loop crosses into its start; a model makes that much more than was asked for."""
AWAY_S = 2.0
"""How long music takes to die away whose model does not know that it ends."""

Format = Literal["wav", "flac", "mp3", "ogg"]
CODECS: dict[str, tuple[str, ...]] = {
    "flac": ("-c:a", "flac", "-compression_level", "8"),
    "mp3": ("-c:a", "libmp3lame", "-b:a", "320k"),
    "ogg": ("-c:a", "libvorbis", "-q:a", "8"),
}


def format_field() -> Any:
    """The option `format`, as every model of music and sound has it."""
    return Field("wav", title="Format", description="The take is a WAV; another format comes beside it")


def loop_field() -> Any:
    """The option `loop` of models that do not know loops: their end is crossed into their start."""
    return Field(False, title="Loop", description="The end runs on into the start; else it comes to a close")


def seconds_to_make(duration_s: float, loop: bool) -> float:
    """How much a model has to make for a take of that length."""
    return duration_s + SEAM_S if loop else duration_s


def resampled(sound: np.ndarray, rate: int, to: int = RATE) -> np.ndarray:
    """The same sound at another rate, through scipy's polyphase filter."""
    if rate == to:
        return sound.astype(np.float32, copy=False)
    from math import gcd

    from scipy.signal import resample_poly

    by = gcd(rate, to)
    return resample_poly(sound.astype(np.float32, copy=False), to // by, rate // by, axis=-1)


def to_length(sound: np.ndarray, samples: int, loop: bool) -> np.ndarray:
    """Exactly that many samples. Of a loop, what goes on after them is crossed into the start with equal power, so that
    the last sample is followed by the one that came after it."""
    out = np.zeros((sound.shape[0], samples), dtype=np.float32)
    fits = min(samples, sound.shape[-1])
    out[:, :fits] = sound[:, :fits]
    after = sound[:, samples : samples + round(SEAM_S * RATE)] if loop else sound[:, :0]
    length = min(after.shape[-1], samples // 2)
    if length:
        along = np.linspace(0, np.pi / 2, length, endpoint=False, dtype=np.float32)
        out[:, :length] = out[:, :length] * np.sin(along) + after[:, :length] * np.cos(along)
    return out


def close(sound: np.ndarray, away_s: float) -> None:
    """No click where it starts, and the last `away_s` seconds, at most a third of it, die away; in place."""
    samples = sound.shape[-1]
    start, stop = min(samples // 10, RATE // 200), min(samples // 3, round(away_s * RATE))
    sound[:, :start] *= np.sin(np.linspace(0, np.pi / 2, start, dtype=np.float32))
    if stop:
        sound[:, samples - stop :] *= np.cos(np.linspace(0, np.pi / 2, stop, dtype=np.float32)) ** 2


def finished(
    sound: np.ndarray, rate: int, duration_s: float, *, lufs: float, loop: bool = False, away_s: float = 0.02
) -> np.ndarray:
    """What a model made as a take: stereo, 48 kHz, round(duration_s * 48000) samples, `lufs` loud. A blow is kept from
    being flattened by staying quieter than that. What is not a number becomes silence."""
    sound = np.nan_to_num(sound, nan=0.0, posinf=0.0, neginf=0.0)[:2]
    out = to_length(resampled(sound, rate), round(duration_s * RATE), loop)
    if out.shape[0] == 1:
        out = np.repeat(out, 2, axis=0)
    out -= out.mean(axis=-1, keepdims=True)
    if not loop:
        close(out, away_s)
    return desk.level_gently(out, lufs, loop) if lufs <= SOUND_LUFS else desk.level(out, lufs, loop)


def written(folder: Path, name: str, sound: np.ndarray, format: str) -> Iterator[Path]:
    """The WAV of a finished take, and the other format that was asked for."""
    wav = desk.write_wav(folder / f"{name}.wav", sound)
    yield wav
    yield from encoded(wav, format)


def encoded(wav: Path, format: str) -> Iterator[Path]:
    """The WAV in another format, beside it: the same samples as FLAC, 320 kb/s as MP3, Vorbis quality 8 as Ogg."""
    if format == "wav":
        return
    other = wav.with_suffix(f".{format}")
    with ffmpeg.feeding(["-i", str(wav), *ffmpeg.BITEXACT, *CODECS[format], str(other)]):
        pass  # it reads the file by itself
    yield other


def read(path: Path, rate: int, channels: int, longest_s: float = 600) -> np.ndarray:
    """A recording, or a film's sound, as float32 of shape (channels, samples) at `rate`. Raises `Unsupported`."""
    import av

    from pipelines.faults import Unsupported

    layout = "mono" if channels == 1 else "stereo"
    parts, got = [], 0
    try:
        with av.open(str(path)) as opened:
            resampler = av.AudioResampler("fltp", layout, rate)
            for frame in opened.decode(opened.streams.audio[0]):
                for piece in resampler.resample(frame):
                    parts.append(piece.to_ndarray())
                    got += piece.samples
                if got >= longest_s * rate:
                    break
            parts += [piece.to_ndarray() for piece in resampler.resample(None)]
    except (av.FFmpegError, IndexError):
        parts = []
    if not parts:
        raise Unsupported("There is no sound in that file.", "Choose a recording, or a film with sound.")
    return np.concatenate(parts, axis=-1)[:, : round(longest_s * rate)].astype(np.float32)
