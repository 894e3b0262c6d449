"""The sound of a timeline, mixed a block at a time: 48 kHz stereo float32, nothing longer than a block in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np

from studio.timeline.items import Clip
from studio.timeline.model import Span, Timeline, Track
from studio.timeline.sound.reels import RATE, Filtered, reader
from studio.timeline.sound.treatment import treatment
from studio.types import Asset

BLOCK = RATE
CUT = RATE // 200
"""How many samples two sounds cross for where they are simply cut: 5 ms."""
DUCK_S, RISE_S = 0.18, 0.45
"""How long ducking takes down and back: inside the 0.2 s and 0.5 s promised."""


def sample_at(frame: int | Fraction, fps: Fraction) -> int:
    """The sample a frame begins with."""
    return int(frame * RATE / fps)


class Strip:
    """One clip's sound where it lies on the timeline: treated, with its gain, fades, crossfades and pan.

    Where it is simply cut it goes on for `CUT` samples more, going down, and one that begins in the middle of its media
    comes up as long: two that meet cross without a click, and two halves of one sound come out as that sound."""

    def __init__(self, span: Span, asset: Asset, fps: Fraction, track: Track):
        self.span, self.asset, self.fps = span, asset, fps
        self.start, self.end = sample_at(span.start, fps), sample_at(span.end, fps)
        clip = span.item
        self.gain = 10 ** ((clip.gain_db + track.gain_db) / 20)
        self.filters, self.late = treatment(clip, track)
        inside = clip.offset > 0 or clip.reverse
        self.opens = CUT if inside and not clip.fade_in and not span.before else 0
        self.over = self.end + (0 if clip.fade_out or span.after else CUT)
        self.rise = [sample_at(f, fps) for f in (clip.fade_in, span.before.frames if span.before else 0) if f]
        self.fall = [sample_at(f, fps) for f in (clip.fade_out, span.after.frames if span.after else 0) if f]
        self.source: Any = None

    def read(self, begin: int, end: int) -> np.ndarray:
        """Samples [begin, end) of the timeline; they must follow the ones read before."""
        if self.source is None:
            self.open(self.span.item)
        out = self.source.read(end - begin) * self.envelope(begin - self.start, end - self.start)[:, None]
        pan = self.span.item.pan
        return out * np.array([min(1, 1 - pan), min(1, 1 + pan)], np.float32) if pan else out

    def open(self, clip: Clip) -> None:
        """Have the sound ready from the clip's first frame on."""
        self.source = reader(clip, self.asset, self.fps, CUT / RATE)
        if self.filters:
            self.source = Filtered(self.source, self.filters, self.late)

    def envelope(self, begin: int, end: int) -> np.ndarray:
        """Gain at samples [begin, end) of the clip. Fades are quarter sines, so that two crossing keep the power."""
        gain = np.full(end - begin, self.gain, np.float32)
        k, length = np.arange(begin, end), self.end - self.start
        if begin < self.opens:
            gain *= np.clip(k / self.opens, 0, 1).astype(np.float32)
        if end > length:
            gain *= np.clip(1 - (k - length) / CUT, 0, 1).astype(np.float32)
        for n in self.rise:
            if begin < n:
                gain *= np.sin(np.clip(k / n, 0, 1) * (np.pi / 2)).astype(np.float32)
        for n in self.fall:
            if end > length - n:
                gain *= np.cos(np.clip((k - (length - n)) / n, 0, 1) * (np.pi / 2)).astype(np.float32)
        return gain

    def close(self) -> None:
        if self.source is not None:
            self.source.close()


def heard(clip: Any, asset: Asset | None) -> bool:
    """Whether an item has sound of its own to give."""
    if not isinstance(clip, Clip) or clip.muted or asset is None or not clip.speed:
        return False
    return asset.kind == "audio" or (asset.kind == "video" and asset.sound)


def strips(track: Track, media: Mapping[str, Asset], fps: Fraction) -> list[Strip]:
    """A track's clips that can be heard, first to last."""
    spans = [span for span in track.spans() if isinstance(span.item, Clip)]
    return [
        Strip(span, media[span.item.asset], fps, track)
        for span in spans
        if heard(span.item, media.get(span.item.asset))
    ]


class Ducking:
    """How far a track steps back under the narration: dB, straight lines down and up again."""

    def __init__(self, spoken: list[tuple[int, int]], depth_db: float):
        self.spoken, self.depth = spoken, depth_db

    def gain(self, begin: int, end: int) -> np.ndarray | None:
        """Linear gain at samples [begin, end); None where it is 1 throughout."""
        near = [(a, b) for a, b in self.spoken if a < end and b + RISE_S * RATE > begin]
        if not near:
            return None
        k, level = np.arange(begin, end), np.zeros(end - begin)
        for a, b in near:
            points = [a, a + DUCK_S * RATE, max(b, a + DUCK_S * RATE), max(b, a + DUCK_S * RATE) + RISE_S * RATE]
            level = np.minimum(level, np.interp(k, points, [0, self.depth, self.depth, 0]))
        return (10 ** (level / 20)).astype(np.float32)


class Mix:
    """Every track's sound summed: `blocks()` gives it from the first sample to the last."""

    def __init__(self, timeline: Timeline, media: Mapping[str, Asset]):
        fps = timeline.fps
        self.samples = ceil(timeline.frames * RATE / fps)
        rows = [(track, strips(track, media, fps)) for track in timeline.heard]
        spoken = sorted((s.start, s.end) for track, row in rows for s in row if track.role == "narration")
        self.rows = [
            (row, Ducking(spoken, track.duck_db) if track.duck and track.role != "narration" else None)
            for track, row in rows
            if row
        ]

    @property
    def silent(self) -> bool:
        return not self.rows

    def blocks(self) -> Iterator[np.ndarray]:
        """(n, 2) float32 a second at a time, exactly `samples` in all."""
        live = [list(row) for row, _ in self.rows]
        try:
            for begin in range(0, self.samples, BLOCK):
                end = min(begin + BLOCK, self.samples)
                out = np.zeros((end - begin, 2), np.float32)
                for row, (_, ducking) in zip(live, self.rows, strict=True):
                    add_row(out, row, ducking, begin, end)
                yield out
        finally:
            for row, _ in self.rows:
                for strip in row:
                    strip.close()


def add_row(out: np.ndarray, row: list[Strip], ducking: Ducking | None, begin: int, end: int) -> None:
    """Add a track's samples [begin, end), and drop the strips that are over."""
    while row and row[0].over <= begin:
        row.pop(0).close()
    gain = ducking.gain(begin, end) if ducking else None
    for strip in row:
        if strip.start >= end:
            break
        a, b = max(begin, strip.start), min(end, strip.over)
        if b <= a:
            continue
        samples = strip.read(a, b)
        out[a - begin : b - begin] += samples if gain is None else samples * gain[a - begin : b - begin, None]
