"""Stretches of film on their way through SeedVR: handed over as files, many to a launch since it loads its weights anew
each time, taken back as each is done, and kept so that a killed run asks for none twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.faults import Fault
from pipelines.restoring import source as films
from pipelines.restoring.encode import write
from pipelines.restoring.graph import Frame, filtered, planes_of
from pipelines.restoring.painted import Shown, Tell, framed
from pipelines.restoring.prepare import uncoloured
from pipelines.restoring.source import BT709, UnreadableFilm
from pipelines.seedvr_run import Run

RATE = Fraction(24)
"""The rate of the stretches handed over; it makes no difference to what becomes of them."""
Start = Callable[[Path, Path, Path, bool], Run]
"""Starts the script on a folder, to write into another, marked in a file (`Run`); the last says whether it is of
films, not of one picture."""
SHORTEST = 5
"""Frames of a film below which it is a picture to the script."""


class SeedVRFailed(Fault):
    """The checkout's script ended well, and left nothing."""


class Launched:
    """The stretches of one job. `most` frames are a stretch; `room` is the job's own folder."""

    def __init__(self, start: Start, most: int, room: Path):
        self.start, self.most, self.room = start, most, room
        self.kept = room / "kept"
        self.run: Run | None = None
        self.asked: dict[str, int] = {}

    @property
    def said(self) -> str:
        return self.run.stage if self.run else "SeedVR: handing over"

    def ahead(self, folder: Path, chunks: Iterable[Iterator[Shown]], tell: Tell) -> None:
        """Ask for the stretches of several chunks at once; `folder` keeps them."""
        self.kept = folder
        self.ask((piece for pictures in chunks for piece in self.stretches(pictures)), tell, films=True)

    def paint(self, pictures: Iterator[Shown], tell: Tell) -> Iterator[Shown]:
        for name, stretch in self.stretches(pictures):
            if name not in self.asked and not (self.kept / name).exists():
                self.ask([(name, stretch)], tell, films=False)
            images = taken_back(self.awaited(name, tell), len(stretch))
            yield from (one._replace(image=image) for one, image in zip(stretch, images, strict=True))

    def stretches(self, pictures: Iterator[Shown]) -> Iterator[tuple[str, list[Shown]]]:
        """A chunk in stretches, each with a name that is the same whenever it is cut again."""
        first, n = None, 0
        while stretch := list(islice(pictures, self.most)):
            first, n = stretch[0].pts if first is None else first, n + 1
            yield f"{first}-{n}.mp4", stretch

    def ask(self, stretches: Iterable[tuple[str, list[Shown]]], tell: Tell, films: bool) -> None:
        """Hand over those that are not there yet, and start the script on them."""
        self.end()
        given, made = self.room / "given", self.room / "made"
        for folder in (given, made):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in (given, made, self.kept):
            folder.mkdir(parents=True, exist_ok=True)
        self.asked = {}
        for name, stretch in stretches:
            tell()
            if not (self.kept / name).exists():
                images = [one.image for one in stretch]
                hand_over(given / name, images * SHORTEST if films and len(images) == 1 else images)
                self.asked[name] = len(stretch)
        if self.asked:
            self.run = self.start(given, made, self.kept.with_suffix(".pid"), films)

    def awaited(self, name: str, tell: Tell) -> Path:
        """The file of a stretch, once it is whole. Raises what `Run.poll` does, and `SeedVRFailed`."""
        while True:
            self.harvest()
            if (self.kept / name).exists():
                return self.kept / name
            tell()
            try:
                ended = self.run is None or self.run.poll()
            finally:
                self.harvest()
            if ended and not (self.kept / name).exists():
                raise SeedVRFailed("SeedVR ended well and left no film.", "Try a shorter stretch, and look at its log.")

    def harvest(self) -> None:
        """Keep what is whole."""
        for name in [name for name, count in self.asked.items() if whole(self.room / "made" / name, count)]:
            (self.room / "made" / name).replace(self.kept / name)
            (self.room / "given" / name).unlink(missing_ok=True)
            del self.asked[name]
            if self.run:
                self.run.renew()

    def end(self) -> None:
        if self.run:
            self.run.end()
            self.run = None


def hand_over(file: Path, images: list[np.ndarray]) -> None:
    """As a film, without loss to speak of. A single picture, too: of a file that is none the script writes nothing."""
    if len(images) == 1:
        import av

        with av.open(str(file), "w") as out:
            stream: Any = out.add_stream("libx264rgb", rate=RATE, options={"qp": "0"})
            stream.height, stream.width, stream.pix_fmt = *images[0].shape[:2], "rgb24"
            out.mux(stream.encode(av.VideoFrame.from_ndarray(images[0], format="rgb24")))
            out.mux(stream.encode(None))
        return
    height, width = images[0].shape[:2]
    size = width // 2 * 2, height // 2 * 2
    frames = (framed(Shown(image, n, 1 / RATE)) for n, image in enumerate(images))
    tags = {"colorspace": BT709, "color_primaries": BT709, "color_trc": BT709, "color_range": 1}
    shown = (Frame(frame.pts, planes_of(frame)) for frame in filtered(frames, uncoloured(BT709, size, False), RATE))
    write(file, shown, size=size, deep=False, tick=1 / RATE, rate=RATE, tags=tags, quality="best", form="mp4",
          ahead_s=0)  # fmt: skip


def whole(file: Path, count: int) -> bool:
    """Whether the script is done with a file: a film has its index at its end, where all its frames stand."""
    if not file.exists():
        return False
    try:
        return (count == 1 and is_png(file)) or films.look(file).frames >= count
    except (UnreadableFilm, OSError):
        return False


def is_png(file: Path) -> bool:
    """A stretch of one frame comes as a picture, whatever its name says; all of it is there when its end is."""
    data = file.read_bytes()
    return data.startswith(b"\x89PNG") and b"IEND" in data[-12:]


def taken_back(file: Path, count: int) -> list[np.ndarray]:
    """Its frames: as many as were handed over."""
    if count == 1 and is_png(file):
        from PIL import Image

        return [np.asarray(Image.open(file).convert("RGB"))]
    chain = [("scale", "out_range=pc:flags=lanczos+accurate_rnd+full_chroma_int"), ("format", "rgb24")]
    return [planes_of(frame)[0] for frame in filtered(films.look(file).read(0, count), chain, RATE)]
