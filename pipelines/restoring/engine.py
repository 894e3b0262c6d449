"""The way of a film through a restorer: chunk by chunk, each read, restored, blended with the one before, written and
kept, so that memory is a chunk's and a killed run goes on where it was."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from pipelines.base import Context
from pipelines.restoring import between, blend, encode, keep, sound, steady
from pipelines.restoring.graph import Frame, planes_of
from pipelines.restoring.plan import Chunk, Plan, planned
from pipelines.restoring.source import BT709, RGB, UNSAID, Source, UnreadableFilm

BITS_A_PIXEL = {"small": 0.12, "good": 0.3, "best": 0.8}
LOOKING, STEADYING, JOINING = 0.02, 0.05, 0.97
SETTLED_S = 3.0
"""After so long its pace says how long the rest will take."""


class Restorer(Protocol):
    """Makes frames of frames. What it makes of a chunk must depend on that chunk's frames alone. It may have a way of
    its own to make frames `between` others."""

    chunk: int
    """Frames of the source that are done at a time."""
    overlap: int
    """Frames that two chunks both make, of which the one fades into the other."""
    context: int
    """Frames before and after that it wants to see."""
    pace: Fraction
    """Frames it makes of one of the source: 2 where each field becomes one."""

    batch: int
    """Chunks that it wants to be shown at once, before the first of them is restored; 0: none."""

    def ahead(self, folder: Path, chunks: Iterable[Iterator[Any]], tell: Callable[[], None]) -> None:
        """The frames of the next `batch` chunks. What it makes of them already it may keep in `folder`, which lasts."""

    def restored(self, frames: Iterator[Any], tell: Callable[[], None]) -> Iterator[Any]:
        """av frames to av frames: 4:2:0, upright, in their final size, with their times."""


class Film:
    """One job of the engine."""

    def __init__(self, source: Source, options: Any, restorer: Restorer, size: tuple[int, int], context: Context):
        self.source, self.options, self.restorer, self.size, self.context = source, options, restorer, size, context
        self.plan: Plan = planned(
            source, options, chunk=restorer.chunk, overlap=restorer.overlap, context=restorer.context
        )
        self.deep = source.depth > 8
        self.begun, self.ready, self.now, self.pace = time.monotonic(), 0, self.plan.chunks[0].start, 0.0

    @property
    def rate(self) -> Fraction:
        """Frames a second of what is made."""
        return self.source.rate * self.restorer.pace if self.options.fps == "same" else Fraction(self.options.fps)

    @property
    def tags(self) -> dict[str, int]:
        """The colours of what is made: as the source says, or as it must have been meant."""
        matrix = self.source.matrix if self.source.matrix != RGB else BT709
        said = {name: value for name, value in self.source.tags.items() if name != "color_range"}
        usual = {"colorspace": matrix, "color_primaries": matrix, "color_trc": 1 if matrix == BT709 else matrix}
        found = {name: said[name] if said[name] not in (UNSAID, RGB) else usual[name] for name in usual}
        return found | {"color_range": 1}

    def made(self, folder: Path, report: dict[str, float]) -> Path:
        """The whole film, in the job's workdir; its chunks stay in `folder`."""
        frames = float(self.plan.last - self.plan.first) * float(self.rate / self.source.rate)
        wanted = self.size[0] * self.size[1] * frames * BITS_A_PIXEL[self.options.quality] / 8 * 2
        keep.room_for(folder, wanted)
        finish = self.finisher(folder)
        tail, self.begun = self.resumed(folder), time.monotonic()
        for chunk in self.plan.chunks[self.ready :]:
            self.look_ahead(chunk, folder)
            tail = self.write(chunk, folder, tail, finish)
        out = self.context.workdir / "restored.mp4"
        heard = sound.fetched(
            self.source.path, self.context.workdir / "sound.mp4", self.options.sound, zero=self.plan.zero,
            origin=self.source.origin, seconds=self.plan.seconds, report=report,
            tell=lambda: self.context.progress(JOINING, "the sound"),
        )  # fmt: skip
        begins = float(self.source.at(self.plan.first) * self.source.tick - self.plan.zero)
        encode.join(
            out, [file for c in self.plan.chunks if (file := piece(folder, c)).stat().st_size],
            heard and heard[0], tick=self.plan.tick, zero=self.plan.zero, step=round(1 / self.rate / self.plan.tick),
            sound_zero=heard[1] if heard else Fraction(0), until=Fraction(begins + self.plan.seconds),
            progress=lambda part: self.context.progress(JOINING + 0.03 * part, "joining"),
        )  # fmt: skip
        return out

    def look_ahead(self, chunk: Chunk, folder: Path) -> None:
        """Where a batch of chunks begins, show the restorer all of it."""
        if batch := self.restorer.batch:
            first = chunk.number
            if (first - self.ready) % batch == 0:
                coming = (self.source.read(c.first, c.last) for c in self.plan.chunks[first : first + batch])
                self.restorer.ahead(folder / "ahead", coming, lambda: self.tell(chunk, None))

    def resumed(self, folder: Path) -> list[Frame]:
        """How many chunks are there already, and what the next one begins from."""
        chunks = self.plan.chunks
        while self.ready < len(chunks) and piece(folder, chunks[self.ready]).exists():
            self.ready += 1
        if not self.ready or self.ready == len(chunks):
            return []
        return blend.saved(folder / f"{self.ready - 1:06}.npz")

    def finisher(self, folder: Path) -> Callable[[Iterator[Frame]], Iterator[Frame]]:
        """What is done to frames once they are restored: held still, mended, brought to a rate."""
        steadied: Callable[[Iterable[Frame]], Iterator[Frame]] | None = None
        if self.options.stabilise:
            way = steady.path_of(
                folder / "way.npy", self.source, self.plan.first, self.plan.last,
                lambda part: self.context.progress(STEADYING * part, "looking at the camera's way"),
            )  # fmt: skip
            shape = self.size[0] / self.size[1]
            steadied = steady.Steady(way, self.options.stabilise, float(self.plan.tick), shape).steadied

        make = getattr(self.restorer, "between", between.between)

        def finish(frames: Iterator[Frame]) -> Iterator[Frame]:
            if steadied:
                frames = steadied(frames)
            if self.options.mend:
                usual = round(1 / (self.source.rate * self.restorer.pace) / self.plan.tick)
                frames = between.mended(frames, usual, make)
            if self.options.fps != "same":
                first = self.source.at(self.plan.first) * self.plan.ratio
                frames = between.at_rate(frames, first, float(1 / self.rate / self.plan.tick), make)
            return frames

        return finish

    def write(self, chunk: Chunk, folder: Path, before: list[Frame],
              finish: Callable[[Iterator[Frame]], Iterator[Frame]]) -> list[Frame]:  # fmt: skip
        """One chunk, from reading to the disk. What it made beyond its end is the next one's to begin from."""
        tail: list[Frame] = []
        raw = self.source.read(chunk.first, chunk.last)
        tick = self.plan.tick
        restored = (
            Frame(round(frame.pts * frame.time_base / tick), planes_of(frame))
            for frame in self.restorer.restored(raw, lambda: self.tell(chunk, None))
        )

        def within() -> Iterator[Frame]:
            for frame in blend.crossed(before, self.windowed(finish(restored), chunk)):
                self.tell(chunk, frame.pts)
                if frame.pts >= chunk.end:
                    tail.append(frame)
                else:
                    yield frame

        file, part = piece(folder, chunk), folder / "chunk.part"
        count = encode.write(
            part, within(), size=self.size, deep=self.deep, tick=tick, rate=self.rate, tags=self.tags,
            quality=self.options.quality, light=self.source.light,
        )  # fmt: skip
        if not count:
            if len(self.plan.chunks) == 1:
                raise UnreadableFilm("There is no frame there.", "Choose another stretch of the film.")
            part.write_bytes(b"")
        blend.save(folder / f"{chunk.number:06}.npz", tail)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(file)
        (folder / f"{chunk.number - 1:06}.npz").unlink(missing_ok=True)
        return tail

    def windowed(self, frames: Iterator[Frame], chunk: Chunk) -> Iterator[Frame]:
        for frame in frames:
            if frame.pts >= chunk.tail:
                return
            if frame.pts >= chunk.start:
                yield frame

    def tell(self, chunk: Chunk, pts: int | None) -> None:
        """How far it is, at which pace; where a cancel comes out."""
        first, last = (self.source.at(n) * self.plan.ratio for n in (self.plan.first, self.plan.last))
        self.now = now = min(max(self.now, chunk.start, chunk.start if pts is None else pts), chunk.end)
        begins = STEADYING if self.options.stabilise else LOOKING
        part = begins + (JOINING - begins) * (now - first) / max(1, last - first)
        done = sum(c.end - c.start for c in self.plan.chunks[self.ready : chunk.number]) + now - chunk.start
        took = max(0.1, time.monotonic() - self.begun)
        self.pace = float(done * self.plan.tick) * float(self.rate) / took
        said = [f"part {chunk.number + 1} of {len(self.plan.chunks)}"]
        said += [f"{self.ready} were there already"] if self.ready else []
        said.append(getattr(self.restorer, "saying", str)() or f"{self.pace:.1f} frames a second")
        said += [f"about {lasting(took * (last - now) / done)} left"] if took > SETTLED_S and done else []
        self.context.progress(part, ", ".join(said))


def lasting(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def piece(folder: Path, chunk: Chunk) -> Path:
    return folder / f"{chunk.number:06}.nut"
