"""Holds a shaking camera still: the way it went is measured once, small, and each frame is put where a calm hand would
have had it. What a frame becomes depends on its time alone, so that no join shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from pipelines.restoring.graph import Frame, filtered, planes_of
from pipelines.restoring.source import Source

SIDE = 320
CALM_S = 2.0
"""How many seconds of the camera's way one moment of the calm one is the mean of, at full strength."""
MOST = 0.06
"""The furthest a frame is moved, as a share of its width."""


def measured(source: Source, first: int, last: int, tell: Callable[[float], None]) -> np.ndarray:
    """The camera's way, a row for each frame: seconds, then x, y (shares of the width) and turn (radians), summed."""
    import cv2

    chain = [*upright(source), ("scale", f"{SIDE}:-2:flags=bilinear"), ("format", "yuv420p")]
    rows, before, points = [], None, None
    at = np.zeros(3)
    for n, frame in enumerate(filtered(source.read(first, last), chain, source.rate)):
        tell(n / max(1, last - first))
        luma = planes_of(frame)[0]
        if before is not None and points is not None and len(points) >= 8:
            at = at + step(before, luma, points)
        rows.append((float(frame.pts * frame.time_base), *at))
        points = cv2.goodFeaturesToTrack(luma, 120, 0.01, 8)
        before = luma
    return np.array(rows)


def step(before: np.ndarray, now: np.ndarray, points: np.ndarray) -> np.ndarray:
    """How far the picture moved from one frame to the next; nothing at a cut."""
    import cv2

    found, status, _ = cv2.calcOpticalFlowPyrLK(before, now, points, None)
    kept = status.ravel() == 1
    if kept.sum() < 8:
        return np.zeros(3)
    cv2.setRNGSeed(7)
    move, inside = cv2.estimateAffinePartial2D(points[kept], found[kept], ransacReprojThreshold=1.5)
    if move is None or inside.mean() < 0.3 or abs(move[0, 2]) > SIDE / 4:
        return np.zeros(3)
    turn = np.arctan2(move[1, 0], move[0, 0])
    height, width = now.shape
    middle = move @ np.array([width / 2, height / 2, 1]) - (width / 2, height / 2)
    return np.array([middle[0] / width, middle[1] / width, turn])


def corrected(way: np.ndarray, strength: float) -> np.ndarray:
    """What each frame is to be moved by: the calm way less the real one, in the same units, within bounds."""
    from scipy.ndimage import gaussian_filter1d

    if len(way) < 3:
        return np.zeros((len(way), 3))
    rate = (len(way) - 1) / max(1e-6, way[-1, 0] - way[0, 0])
    calm = gaussian_filter1d(way[:, 1:], max(0.5, CALM_S * strength * rate / 4), axis=0, mode="nearest")
    return np.clip(calm - way[:, 1:], (-MOST, -MOST, -0.08), (MOST, MOST, 0.08))


class Steady:
    """Moves frames by what `corrected` says, and enlarges all alike by so much that no edge comes into view."""

    def __init__(self, way: np.ndarray, strength: float, tick: float, turned: float):
        self.times, self.moves, self.tick = way[:, 0], corrected(way, strength), tick
        furthest = np.abs(self.moves).max(0) if len(self.moves) else np.zeros(3)
        self.zoom = 1 + 2 * float(max(furthest[0], furthest[1] * turned)) + float(furthest[2]) * max(turned, 1 / turned)

    def steadied(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        for frame in frames:
            seconds = frame.pts * self.tick
            x, y, turn = (np.interp(seconds, self.times, self.moves[:, n]) for n in range(3))
            yield Frame(frame.pts, tuple(self.moved(plane, x, y, turn) for plane in frame.planes))

    def moved(self, plane: np.ndarray, x: float, y: float, turn: float) -> np.ndarray:
        import cv2

        height, width = plane.shape
        matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -np.degrees(turn), self.zoom)
        matrix[:, 2] += (x * width * self.zoom, y * width * self.zoom)
        return cv2.warpAffine(plane, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def upright(source: Source) -> list[tuple[str, str]]:
    """The filters that turn a frame as its file says it is to be seen."""
    return {90: [("transpose", "cclock")], 180: [("hflip", ""), ("vflip", "")], 270: [("transpose", "clock")]}.get(
        source.degrees, []
    )


def path_of(file: Path, source: Source, first: int, last: int, tell: Callable[[float], None]) -> np.ndarray:
    """The camera's way, measured once for a job and kept beside its chunks."""
    if not file.exists():
        way = measured(source, first, last, tell)
        part = file.with_suffix(".part")
        with part.open("wb") as out:
            np.save(out, way)
        part.replace(file)
    return np.load(file, allow_pickle=False)
