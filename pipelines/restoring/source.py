"""A film to be restored: what it is, and any of its frames, read anew for each piece so that none needs another."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines.faults import Unsupported
from pipelines.restoring import light

ALONE = {"protocol_whitelist": "file", "enable_drefs": "0"}
"""Nothing a file says makes the demuxer open a second one."""
UNSAID = 2
FULL = 2
BT709, BT601 = 1, 6
RGB = 0
"""Of ITU-T H.273: matrix coefficients; 2 is unspecified in each of its tables."""
SEEK_BACK_S = (0, 3, 15)
"""How long before a frame its decoding begins, until one of these is early enough; then, from the film's beginning."""


class UnreadableFilm(Unsupported):
    """A film with no frame in it that can be decoded, or one that breaks off."""


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The file's container. Whatever its decoder throws is told in one way."""
    import av
    import av.error

    try:
        with av.open(f"file:{path}", options=ALONE, metadata_errors="replace") as container:
            yield container
    except av.error.FFmpegError as error:
        if isinstance(error, FileNotFoundError):
            raise UnreadableFilm(f"{path.name} is gone.", "Bring it into the library again.") from None
        raise UnreadableFilm(f"{path.name} cannot be read: {error.strerror}.", "Save it again as an MP4.") from None


def moving(container: Any) -> Any:
    """The stream that moves; a cover picture inside a song is none."""
    from av.stream import Disposition

    found = next((s for s in container.streams.video if not s.disposition & Disposition.attached_pic), None)
    if found is None:
        raise UnreadableFilm("There is no picture in this file.", "Choose a film or a picture.")
    found.thread_type = "AUTO"
    found.codec_context.thread_count = 2
    return found


@dataclass(frozen=True)
class Source:
    """Sizes in pixels as stored, `degrees` counter-clockwise to be upright, `aspect` a pixel's width over its height;
    `pts` are the frames' times in `tick` seconds, in the order shown; `origin` is where the file's time begins."""

    path: Path
    width: int
    height: int
    form: str
    depth: int
    aspect: Fraction
    degrees: int
    tick: Fraction
    rate: Fraction
    origin: Fraction
    sound: bool
    tags: dict[str, int] = field(default_factory=dict)
    """Matrix, primaries, transfer and range of its colours, by H.273's numbers."""
    flagged: bool = False
    """Whether its first frame says that it is interlaced."""
    light: dict[str, str] = field(default_factory=dict)
    """How bright it was mastered, where it says (`light.said`)."""
    still: bool = False
    """A picture, as a film of one frame."""

    @cached_property
    def pts(self) -> array[int]:
        """When each frame is shown, in ticks; read from the packets alone."""
        with opened(self.path) as container:
            stream = moving(container)
            found = {p.pts if p.pts is not None else p.dts for p in container.demux(stream) if p.size}
        found.discard(None)
        if not found:
            raise UnreadableFilm(f"{self.path.name} has no frame with a time.", "Save it again as an MP4.")
        return array("q", sorted(found))

    @property
    def frames(self) -> int:
        return len(self.pts)

    def at(self, n: int) -> int:
        """When frame n begins, in ticks; past the last one, where it would."""
        if n < self.frames:
            return self.pts[max(n, 0)]
        return self.pts[-1] + (n - self.frames + 1) * self.step

    def index(self, seconds: float) -> int:
        """The first frame that is not shown before that many seconds from the first one."""
        return bisect_left(self.pts, self.pts[0] + round(seconds / self.tick))

    @property
    def step(self) -> int:
        """One frame's usual time, in ticks."""
        return max(1, round(1 / self.rate / self.tick))

    @property
    def seconds(self) -> float:
        return float((self.at(self.frames) - self.pts[0]) * self.tick)

    @property
    def seen(self) -> tuple[int, int]:
        """Width and height as it is seen: upright, with square pixels."""
        width, height = round(self.width * self.aspect), self.height
        return (height, width) if self.degrees % 180 else (width, height)

    @property
    def matrix(self) -> int:
        """The matrix of its colours, guessed by its size where it does not say."""
        said = self.tags["colorspace"]
        return said if said != UNSAID else BT709 if self.width >= 1280 or self.height > 576 else BT601

    def read(self, first: int, last: int) -> Iterator[Any]:
        """The decoded frames [first, last), each with its `pts`."""
        first, last = max(0, first), min(last, self.frames)
        if first >= last:
            return
        low, high = self.pts[first], self.pts[last - 1]
        ways = [low - round(back / self.tick) for back in SEEK_BACK_S] if first else []
        for since in (*ways, None):
            begun = False
            for frame in self.decoded(since):
                if frame.pts < low:
                    begun = True
                    continue
                if not begun and since is not None and frame.pts > low:
                    break  # the file's index led too far: from further back, then
                if frame.pts > high:
                    return
                begun = True
                yield frame
            else:
                return

    def decoded(self, since: int | None) -> Iterator[Any]:
        with opened(self.path) as container:
            stream = moving(container)
            if since is not None:
                container.seek(since, stream=stream, backward=True)
            last = None
            for frame in container.decode(stream):
                if frame.pts is None:
                    frame.pts = frame.dts if frame.dts is not None else (last or 0) + self.step
                if last is not None and frame.pts <= last:
                    continue
                last = frame.pts
                yield frame


def look(path: Path) -> Source:
    """What a film is. Raises `UnreadableFilm`."""
    with opened(path) as container:
        stream = moving(container)
        frame = next(container.decode(stream), None)
        if frame is None:
            raise UnreadableFilm(f"Nothing in {path.name} can be decoded.", "Save it again as an MP4.")
        starts = [
            Fraction(s.start_time) * s.time_base
            for s in (stream, *container.streams.audio[:1])
            if s.start_time is not None
        ]
        rate = stream.average_rate or stream.guessed_rate or Fraction(25)
        names = {"colorspace": "colorspace", "color_primaries": "color_primaries", "color_trc": "color_trc"}
        tags = {name: int(getattr(frame, said)) for name, said in names.items()}
        full = int(frame.color_range) == FULL or frame.format.name.startswith("yuvj")
        return Source(
            path, frame.width, frame.height, frame.format.name,
            depth=max((c.bits for c in frame.format.components), default=8) if frame.format.name != "pal8" else 8,
            aspect=stream.sample_aspect_ratio or Fraction(1), degrees=round(frame.rotation / 90) * 90 % 360,
            tick=stream.time_base, rate=Fraction(rate), origin=min(starts, default=Fraction(0)),
            sound=bool(container.streams.audio), tags=tags | {"color_range": FULL if full else 1},
            flagged=bool(frame.interlaced_frame), light=light.said(frame),
        )  # fmt: skip
