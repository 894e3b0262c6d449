"""The engine's restorer for whatever takes pictures of red, green and blue: a network, a diffusion, another program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pipelines.restoring.graph import Filter, filtered, frame_of, planes_of
from pipelines.restoring.prepare import PACE, coloured, heard, prepared, uncoloured
from pipelines.restoring.source import BT709, RGB, Source

Tell = Callable[[], None]


class Shown(NamedTuple):
    """A picture (h, w, 3) of whole numbers, eight bits or sixteen, and its time in units of `base` seconds."""

    image: np.ndarray
    pts: int
    base: Fraction


Paint = Callable[[Iterator[Shown], Tell], Iterator[Shown]]
Ahead = Callable[[Path, Iterable[Iterator[Shown]], Tell], None]


def in_stretches(most: int, through: Callable[[list[np.ndarray], Tell], list[np.ndarray]]) -> Paint:
    """A way to paint so many pictures at once."""

    def paint(pictures: Iterator[Shown], tell: Tell) -> Iterator[Shown]:
        while stretch := list(islice(pictures, most)):
            tell()
            made = through([one.image for one in stretch], tell)
            yield from (one._replace(image=image) for one, image in zip(stretch, made, strict=True))

    return paint


class Painted:
    """`paint` makes pictures of pictures, of any size; they come upright, deinterlaced, in square pixels, in `given`
    size or their own. `chunk`, `overlap`, `context` and `batch` are as the engine has them; `ahead` is given the
    pictures of a batch. `smooth` takes flicker out; `saying` tells what is being done right now."""

    def __init__(self, paint: Paint, used: dict[str, Any], source: Source, size: tuple[int, int], *, chunk: int = 60,
                 overlap: int = 4, context: int = 10, given: tuple[int, int] | None = None, deep: bool | None = None,
                 smooth: float = 0, saying: Callable[[], str] = str, batch: int = 0,
                 ahead: Ahead | None = None):  # fmt: skip
        self.paint, self.used, self.source, self.size = paint, used, source, size
        self.chunk, self.overlap, self.context, self.given = chunk, overlap, context, given or source.seen
        self.pace = PACE.get(used["deinterlace"], Fraction(1))
        self.deep, self.fine = source.depth > 8, source.depth > 8 if deep is None else deep
        self.smooth, self.saying = 0 if source.still else smooth, saying
        self.batch, self.handed = batch, ahead

    def ahead(self, folder: Path, chunks: Iterable[Iterator[Any]], tell: Tell) -> None:
        """The frames of the next `batch` chunks, before the first of them is restored."""
        assert self.handed
        self.handed(folder, (self.shown(frames, tell) for frames in chunks), tell)

    def shown(self, frames: Iterator[Any], tell: Tell) -> Iterator[Shown]:
        source, used = self.source, self.used
        chain = coloured(source, self.given, self.fine)
        whole = prepared(heard(frames, tell), source, used["deinterlace"], used["first_field"], chain)
        return (Shown(planes_of(frame)[0], frame.pts, frame.time_base) for frame in whole)

    def restored(self, frames: Iterator[Any], tell: Tell) -> Iterator[Any]:
        source, shown = self.source, self.shown(frames, tell)
        matrix = BT709 if source.matrix == RGB else source.matrix
        after = [*uncoloured(matrix, self.size, self.deep), *calmed(self.smooth)]
        yield from filtered((framed(one) for one in self.paint(shown, tell)), after, source.rate)


def framed(one: Shown) -> Any:
    form = "rgb24" if one.image.dtype == np.uint8 else "rgb48le"
    return frame_of([one.image], form, one.pts, one.base, {"colorspace": RGB, "color_range": 2})


def calmed(by: float) -> list[Filter]:
    """Flicker out of what is painted anew in each frame: pixels that differ little are averaged over five."""
    if by <= 0:
        return []
    each = ":".join(f"{n}a={0.06 * by:.4f}:{n}b={0.12 * by:.4f}" for n in range(3))
    return [("atadenoise", f"{each}:s=5")]
