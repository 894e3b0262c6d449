"""Makes frames that were never taken from those on either side, along the motion between them: for another frame rate,
and for frames that are missing or only repeat the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from pipelines.restoring.graph import Frame

Make = Callable[[Frame, Frame, int], Frame]
"""Two frames, and a time between them, to the frame of that time."""

SIDE = 640
"""Pixels of the longer side that motion is looked for at."""
ALIKE = 0.6
"""Mean difference of luma, of 255, below which a frame repeats the one before."""
CUT = 28.0
"""Mean difference after the motion is taken out, above which there is a cut and nothing between."""
WAIT = 12
"""Frames that are held back at most until one comes that differs."""


def at_rate(frames: Iterable[Frame], first: int, every: float, make: Make) -> Iterator[Frame]:
    """Frames at `first` + n x `every` ticks, as far as the given ones reach."""
    before: Frame | None = None
    n: int | None = None
    for frame in frames:
        if n is None:
            n = int(np.ceil((frame.pts - first) / every - 1e-9))
        while round(first + n * every) <= frame.pts:
            pts = round(first + n * every)
            if before is None or pts == frame.pts:
                yield Frame(pts, frame.planes)
            else:
                yield make(before, frame, pts)
            n += 1
        before = frame
    if before is not None and n is not None and round(first + n * every) < before.pts + every:
        yield Frame(round(first + n * every), before.planes)


def mended(frames: Iterable[Frame], step: int, make: Make) -> Iterator[Frame]:
    """The frames at their own times, those that repeat the one before made anew, and new ones where some are missing.
    `step` is a frame's usual length."""
    real: Frame | None = None
    waiting: list[int] = []
    for frame in frames:
        if real is None:
            real = frame
            yield frame
            continue
        last = waiting[-1] if waiting else real.pts
        missing = max(0, round((frame.pts - last) / step) - 1)
        gap = [last + round((frame.pts - last) * k / (missing + 1)) for k in range(1, missing + 1)]
        waiting += gap if missing <= WAIT else []
        if difference(real, frame) < ALIKE and len(waiting) < WAIT:
            waiting.append(frame.pts)
            continue
        yield from (make(real, frame, pts) for pts in waiting)
        waiting = []
        real = frame
        yield frame
    if real is not None:
        yield from (Frame(pts, real.planes) for pts in waiting)


def difference(a: Frame, b: Frame) -> float:
    """Of their luma, per pixel, as of eight bits."""
    deep = 4 if a.planes[0].dtype == np.uint16 else 1
    one, other = a.planes[0][::2, ::2], b.planes[0][::2, ::2]
    return float(np.abs(one.astype(np.int32) - other.astype(np.int32)).mean()) / deep


def between(a: Frame, b: Frame, pts: int) -> Frame:
    """What was seen at a time between two frames, by dense inverse search."""
    import cv2

    share = (pts - a.pts) / (b.pts - a.pts)
    found = motion(a, b)
    if found is None:
        return Frame(pts, (a if share < 0.5 else b).planes)
    there, back = found
    ways = (-share * there, -(1 - share) * back)
    planes = []
    for old, new in zip(a.planes, b.planes, strict=True):
        moved = [shifted(plane, way) for plane, way in zip((old, new), ways, strict=True)]
        mix = cv2.addWeighted(moved[0].astype(np.float32), 1 - share, moved[1].astype(np.float32), share, 0)
        planes.append(np.rint(mix).clip(0, np.iinfo(old.dtype).max).astype(old.dtype))
    return Frame(pts, tuple(planes))


def cut(a: Frame, b: Frame) -> bool:
    """Whether two frames are of different shots, with nothing between."""
    return motion(a, b) is None


def motion(a: Frame, b: Frame) -> tuple[np.ndarray, np.ndarray] | None:
    """Where each pixel goes, and where it came from; None at a cut."""
    import cv2

    one, other = (small(f.planes[0]) for f in (a, b))
    there, back = flow(one, other), flow(other, one)
    height, width = one.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    met = cv2.remap(other, x + there[..., 0], y + there[..., 1], cv2.INTER_LINEAR)
    return None if float(np.abs(met.astype(np.int16) - one).mean()) > CUT else (there, back)


def small(luma: np.ndarray) -> np.ndarray:
    import cv2

    eight = (luma >> 2).astype(np.uint8) if luma.dtype == np.uint16 else luma
    factor = min(1.0, SIDE / max(eight.shape))
    size = (max(16, round(eight.shape[1] * factor)), max(16, round(eight.shape[0] * factor)))
    return cv2.resize(eight, size, interpolation=cv2.INTER_AREA)


def flow(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Where each pixel of a is in b, less where it was: (h, w, 2), in pixels."""
    import cv2

    finder: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return finder.calc(a, b, None)


def shifted(plane: np.ndarray, way: np.ndarray) -> np.ndarray:
    """The plane with each pixel taken from where `way`, of any size, leads."""
    import cv2

    height, width = plane.shape
    scale = np.array([width / way.shape[1], height / way.shape[0]], np.float32)
    full = cv2.resize(way, (width, height), interpolation=cv2.INTER_LINEAR) * scale
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(plane, x + full[..., 0], y + full[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
