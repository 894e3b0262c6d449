"""Brings a timeline's mix to its loudness and into its codec, and measures the file that came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipelines.beside import beside
from studio.timeline.export.encode import read_sound, write_sound
from studio.timeline.model import Timeline
from studio.timeline.sound.limiter import limited
from studio.timeline.sound.loudness import Level, Meter, measured
from studio.timeline.sound.mix import BLOCK, Mix, sample_at
from studio.types import Asset

CEILING_DBTP = -1.0
CLOSE_LU = 0.2
TRIES = 4


class Voice(NamedTuple):
    """How sound is kept: encoder, kbit/s, the suffix of the file it is made in, and dB the codec may add to a peak."""

    encoder: str
    kbps: int
    suffix: str
    headroom: float


def voice(kind: str, kbps: int) -> Voice:
    """How the sound of a file of this kind is kept; AAC where nothing else is said."""
    opus = max(96, kbps * 3 // 4)
    return {
        "webm": Voice("libopus", opus, "webm", 0.8),
        "ogg": Voice("libopus", opus, "ogg", 0.8),
        "mp3": Voice("libmp3lame", kbps, "mp3", 0.6),
        "wav": Voice("pcm_s16le", 0, "wav", 0.05),
        "flac": Voice("flac", 0, "flac", 0.05),
    }.get(kind, Voice("aac", kbps, "m4a", 0.5))


def master(
    timeline: Timeline,
    media: Mapping[str, Asset],
    out: Path,
    how: Voice,
    alive: Callable[[], None] = lambda: None,
    stretch: tuple[int, int] | None = None,
) -> Level:
    """Write the film's sound, or that of frames [first, end), to `out`, and say how loud it is. `alive` is called once
    a second of sound.

    With a target, the encoded file ends within 0.5 LU of it and its true peak at or below -1 dBTP: what the encoder
    added is measured and taken back, in a few rounds at most. Silence and `loudness_lufs: null` are left alone."""
    raw = out.with_suffix(".f32")
    try:
        meter = premix(stretched(timeline, media, stretch), raw, alive)
        if timeline.loudness_lufs is None or meter.level().lufs is None:
            write_sound(out, watched(raw_blocks(raw), alive), how.encoder, how.kbps)
            return measured(watched(read_sound(out), alive))
        return levelled(raw, meter, timeline.loudness_lufs, out, how, alive)
    finally:
        raw.unlink(missing_ok=True)


def stretched(timeline: Timeline, media: Mapping[str, Asset], stretch: tuple[int, int] | None) -> Iterator[np.ndarray]:
    """The mix from the first frame of a stretch to its end; what comes before is only decoded."""
    mix = Mix(timeline, media)
    first, last = stretch or (0, timeline.frames)
    begin = sample_at(first, timeline.fps)
    end = mix.samples if last >= timeline.frames else sample_at(last, timeline.fps)
    at = 0
    for block in mix.blocks():
        part = block[max(begin - at, 0) : max(end - at, 0)]
        at += len(block)
        if len(part):
            yield part
        if at >= end:
            return


def premix(blocks: Iterator[np.ndarray], raw: Path, alive: Callable[[], None]) -> Meter:
    """The mix as it is, on the disk: it is read again for every round. Measured on the way."""
    meter = Meter()
    with raw.open("wb") as file:

        def put(block: np.ndarray) -> None:
            meter.add(block)
            block.tofile(file)

        beside(put, watched(blocks, alive))
    return meter


def levelled(raw: Path, meter: Meter, target: float, out: Path, how: Voice, alive: Callable[[], None]) -> Level:
    """Rounds of limiting, encoding and measuring; the first gain is foretold well enough that one round is the rule."""
    ceiling_db = CEILING_DBTP - how.headroom
    gain_db = meter.gain_for(target, 10 ** (ceiling_db / 20))
    best: tuple[float, float, float] | None = None
    for turn in range(TRIES + 1):
        if turn == TRIES and best is not None:  # the best that can be had
            _, gain_db, ceiling_db = best
        blocks = limited(watched(raw_blocks(raw), alive), 10 ** (gain_db / 20), 10 ** (ceiling_db / 20))
        write_sound(out, blocks, how.encoder, how.kbps)
        done = measured(watched(read_sound(out), alive))
        if done.lufs is None or done.peak_dbtp is None:
            return done
        off, over = target - done.lufs, done.peak_dbtp - CEILING_DBTP
        if turn == TRIES or (abs(off) <= CLOSE_LU and over <= 0):
            return done
        fault = abs(off) + 10 * max(over, 0)
        if best is None or fault < best[0]:
            best = fault, gain_db, ceiling_db
        gain_db += 1.5 * off
        ceiling_db -= over + 0.1 if over > 0 else 0
    raise AssertionError("a round always returns")


def raw_blocks(raw: Path) -> Iterator[np.ndarray]:
    with raw.open("rb") as file:
        while len(block := np.fromfile(file, np.float32, 2 * BLOCK)):
            yield block.reshape(-1, 2)


def watched(blocks: Iterator[np.ndarray], alive: Callable[[], None]) -> Iterator[np.ndarray]:
    for block in blocks:
        alive()
        yield block
