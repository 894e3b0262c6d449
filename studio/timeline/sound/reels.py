"""Reads the sound of one clip, a block at a time and forward only: 48 kHz stereo float32 at any speed and direction."""

from __future__ import annotations

from collections.abc import Generator
from fractions import Fraction
from typing import Any

import av
import av.error
import numpy as np

from studio.timeline.items import Clip
from studio.timeline.paint.sources import broken, opened
from studio.types import Asset

RATE = 48_000
# ITU-R BS.775-4, annex 4: what each loudspeaker adds to the left and the right of two-channel stereo.
HALF = 2**-0.5
TO_STEREO = {
    "FL": (1, 0), "FR": (0, 1), "FC": (HALF, HALF), "LFE": (0, 0),
    "SL": (HALF, 0), "SR": (0, HALF), "BL": (HALF, 0), "BR": (0, HALF), "BC": (HALF * HALF, HALF * HALF),
    "FLC": (1, 0), "FRC": (0, 1), "DL": (1, 0), "DR": (0, 1),
}  # fmt: skip


def stereo(samples: np.ndarray, channels: list[str]) -> np.ndarray:
    """(channels, n) float32 to (n, 2); mono goes to both sides unchanged."""
    if len(channels) == 1:
        return np.repeat(samples[0][:, None], 2, axis=1)
    if channels == ["FL", "FR"]:
        return samples.T
    rows = [TO_STEREO.get(name, (0, 0)) for name in channels]
    if not any(map(any, rows)):  # channels nobody named: the first two are left and right
        rows = [(1, 0), (0, 1), *[(0, 0)] * (len(channels) - 2)]
    return samples.T @ np.array(rows, np.float32)


class Reel:
    """The sound of one file from a given second on, forward only. Silence follows its end, and fills its holes.

    With `follow`, a speed other than 1 changes the pitch too: the samples are simply read as if at another rate."""

    def __init__(self, asset: Asset, start: float, follow: Fraction = Fraction(1)):
        self.asset, self.follow = asset, follow
        self.container = opened(asset)
        if not self.container.streams.audio:
            raise broken(asset, "there is no sound in it")
        self.stream = self.container.streams.audio[0]
        first = (
            self.container.streams.video[0] if asset.kind == "video" and self.container.streams.video else self.stream
        )
        self.zero = float((first.start_time or 0) * first.time_base)
        self.at = round(start * RATE / float(follow))
        if start > 30:
            self.container.seek(int((start + self.zero - 1) / self.stream.time_base), stream=self.stream)
        self.blocks = self.decoded()
        self.left = np.zeros((0, 2), np.float32)
        self.ended = False

    def close(self) -> None:
        self.blocks.close()
        self.container.close()

    def decoded(self) -> Generator[tuple[int, np.ndarray]]:
        """(sample number, samples) as they come. Time stamps are only believed when they leave a real hole."""
        resampler: Any = None
        expected: float | None = None
        try:
            for frame in self.container.decode(self.stream):
                channels = [channel.name for channel in frame.layout.channels]
                begin = float(frame.time or 0) - self.zero if frame.pts is not None else expected or 0.0
                if resampler is None:
                    resampler = av.AudioResampler(format="fltp", layout=frame.layout, rate=RATE)
                    at = round(begin * RATE / float(self.follow))
                elif expected is not None and abs(begin - expected) > 0.05:
                    at += round((begin - expected) * RATE / float(self.follow))
                expected = begin + frame.samples / frame.sample_rate
                frame.pts = None
                if self.follow != 1:
                    frame.sample_rate = round(frame.sample_rate * self.follow)
                for part in resampler.resample(frame):
                    samples = stereo(part.to_ndarray(), channels)
                    yield at, samples
                    at += len(samples)
            for part in resampler.resample(None) if resampler else ():
                yield at, stereo(part.to_ndarray(), channels)
        except av.error.FFmpegError as error:
            raise broken(self.asset, error.strerror) from None

    def read(self, count: int) -> np.ndarray:
        """The next `count` samples, (count, 2)."""
        out, done = np.zeros((count, 2), np.float32), 0
        while done < count and not (self.ended and not len(self.left)):
            if not len(self.left):
                self.fetch()
                continue
            take = min(count - done, len(self.left))
            out[done : done + take], self.left = self.left[:take], self.left[take:]
            done += take
        self.at += count - done if self.ended else 0
        return out

    def fetch(self) -> None:
        """The next decoded block that is not over yet, silence before it where there is a hole."""
        found = next(self.blocks, None)
        if found is None:
            self.ended = True
            return
        begin, samples = found
        if begin < self.at:
            samples = samples[self.at - begin :]
        elif begin > self.at:
            samples = np.concatenate([np.zeros((min(begin - self.at, 60 * RATE), 2), np.float32), samples])
        self.at += len(samples)
        self.left = samples


def chain(filters: list[tuple[str, str]], samples: str = "flt") -> tuple[Any, Any, Any]:
    """An ffmpeg audio graph on 48 kHz stereo: (graph, where it is fed, where it is read)."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format=samples, layout="stereo", time_base=Fraction(1, RATE))
    last = source
    for name, arguments in filters:
        step = graph.add(name, arguments)
        last.link_to(step)
        last = step
    sink = graph.add("abuffersink")
    last.link_to(sink)
    graph.configure()
    return graph, source, sink


class Filtered:
    """A reel's sound through a row of ffmpeg's filters that answer `late` samples late."""

    def __init__(self, reel: Any, filters: list[tuple[str, str]], late: int = 0):
        self.reel = reel
        self.graph, self.source, self.sink = chain(filters)
        self.left, self.fed = np.zeros((0, 2), np.float32), 0
        if late:
            self.read(late)

    def close(self) -> None:
        self.reel.close()

    def read(self, count: int) -> np.ndarray:
        parts, have = [self.left], len(self.left)
        while have < count:
            block = av.AudioFrame.from_ndarray(self.reel.read(8192).reshape(1, -1), format="flt", layout="stereo")
            block.sample_rate, block.pts, block.time_base = RATE, self.fed, Fraction(1, RATE)
            self.fed += 8192
            self.source.push(block)
            while True:
                try:
                    out = self.sink.pull()
                except (av.error.BlockingIOError, av.error.EOFError):
                    break
                samples = out.to_ndarray()
                parts.append(samples.T if out.format.is_planar else samples.reshape(-1, 2))
                have += len(parts[-1])
        whole = np.concatenate(parts)
        self.left = whole[count:]
        return whole[:count]


def stretched(reel: Any, speed: Fraction) -> Filtered:
    """Sound at another speed with its pitch kept, by ffmpeg's atempo."""
    steps: list[float] = []
    rest = float(speed)
    while rest < 0.5:
        steps, rest = [*steps, 0.5], rest / 0.5
    return Filtered(reel, [("atempo", f"{step:.9f}") for step in (*steps, rest)])


class Looped:
    """The media from `start` on, over and over."""

    def __init__(self, asset: Asset, start: float, period: float, follow: Fraction):
        self.asset, self.follow = asset, follow
        self.period = max(1, round(period * RATE / float(follow)))
        self.at = round(start * RATE / float(follow)) % self.period
        self.reel: Reel | None = Reel(asset, self.at * float(follow) / RATE, follow)

    def close(self) -> None:
        if self.reel:
            self.reel.close()

    def read(self, count: int) -> np.ndarray:
        parts = []
        while count:
            if self.reel is None:
                self.reel = Reel(self.asset, 0, self.follow)
            take = min(count, self.period - self.at)
            parts.append(self.reel.read(take))
            self.at, count = self.at + take, count - take
            if self.at == self.period:
                self.close()
                self.at, self.reel = 0, None
        return np.concatenate(parts) if parts else np.zeros((0, 2), np.float32)


class Reversed:
    """Samples [start, end) seconds of the media from the last to the first, two seconds at a time."""

    def __init__(self, asset: Asset, start: float, end: float, follow: Fraction):
        self.asset, self.follow = asset, follow
        self.start, self.at = (round(t * RATE / float(follow)) for t in (start, end))
        self.left = np.zeros((0, 2), np.float32)

    def close(self) -> None:
        pass

    def read(self, count: int) -> np.ndarray:
        while len(self.left) < count:
            begin = max(self.at - 2 * RATE, self.start)
            if begin >= self.at:
                self.left = np.concatenate([self.left, np.zeros((count - len(self.left), 2), np.float32)])
                break
            reel = Reel(self.asset, begin * float(self.follow) / RATE, self.follow)
            self.left = np.concatenate([self.left, reel.read(self.at - begin)[::-1]])
            reel.close()
            self.at = begin
        out, self.left = self.left[:count], self.left[count:]
        return out


def reader(clip: Clip, asset: Asset, fps: Fraction, beyond: float = 0) -> Any:
    """What reads a clip's own sound from its first frame on; `beyond` is how many seconds are wanted after its last."""
    follow = clip.speed if clip.pitch == "follow" else Fraction(1)
    start, end = float(clip.offset / fps), float((clip.offset + clip.frames * clip.speed) / fps)
    if clip.reverse:
        source: Any = Reversed(asset, max(start - beyond * float(clip.speed), 0), end, follow)
    elif clip.loop and asset.duration_s:
        source = Looped(asset, start, asset.duration_s, follow)
    else:
        source = Reel(asset, start, follow)
    return stretched(source, clip.speed) if clip.speed != follow else source
