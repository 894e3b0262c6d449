"""Where a source picture lands on the canvas: motion, fit and placement as one affine map. Pure.

Points are continuous: a pixel n covers [n, n + 1), so its centre is at n + 0.5.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from studio.timeline.items import Clip, Motion, Placed
from studio.timeline.paint.picture import Picture, canvas

EASES: dict[str, Callable[[float], float]] = {
    "linear": lambda p: p,
    "in": lambda p: p * p,
    "out": lambda p: 1 - (1 - p) * (1 - p),
    "in-out": lambda p: p * p * (3 - 2 * p),
}
WARP = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


class Place(NamedTuple):
    """`matrix` (2, 3) takes source pixels to canvas pixels; `shown` is the source rectangle (x, y, w, h) that is seen.

    `box` is where that lies on the canvas when it lies straight (x, y, w, h); `fills` when nothing below is seen."""

    matrix: np.ndarray
    shown: tuple[float, float, float, float]
    box: tuple[float, float, float, float] | None
    fills: bool

    @property
    def scale(self) -> float:
        """Canvas pixels per source pixel, along the axis that grows the more."""
        return float(np.sqrt((self.matrix[:, :2] ** 2).sum(0)).max())


def looked_at(motion: Motion | None, k: int, frames: int) -> tuple[float, float, float, float]:
    """The rectangle of the source seen at frame k of an item, in fractions: `from` at the first, `to` at the last."""
    if motion is None:
        return 0, 0, 1, 1
    p = EASES[motion.ease](k / (frames - 1)) if frames > 1 else 0
    x, y, w, h = (a + (b - a) * p for a, b in zip(motion.start, motion.end, strict=True))
    return x, y, w, h


def place(
    item: Placed, k: int, source: tuple[int, int], aspect: float, size: tuple[int, int], zoom: float = 1
) -> Place:
    """Where frame k of an item lies. `source` and `size` are (w, h) in pixels, `aspect` the source pixel's own;
    `zoom` is canvas pixels per pixel of the timeline, other than 1 when a smaller film is made of it."""
    w, h = source
    fit, motion, frames = (item.fit, item.motion, item.frames) if isinstance(item, Clip) else ("stretch", None, 1)
    fx, fy, fw, fh = looked_at(motion, k, frames)
    rx, ry, rw, rh = fx * w, fy * h, fw * w, fh * h
    fill, whole = max(size[0] / (rw * aspect), size[1] / rh), min(size[0] / (rw * aspect), size[1] / rh)
    sx, sy = {
        "cover": (fill * aspect, fill),
        "contain": (whole * aspect, whole),
        "stretch": (size[0] / rw, size[1] / rh),
        "none": (zoom * aspect, zoom),
    }[fit]
    if fit == "cover":  # the part beyond the canvas's shape is cropped evenly
        cw, ch = size[0] / sx, size[1] / sy
        rx, ry, rw, rh = rx + (rw - cw) / 2, ry + (rh - ch) / 2, cw, ch
    sx, sy = sx * item.scale, sy * item.scale
    c, s = math.cos(math.radians(item.rotation)), math.sin(math.radians(item.rotation))
    centre, middle = (item.position[0] * size[0], item.position[1] * size[1]), (rx + rw / 2, ry + rh / 2)
    turn = ((c * sx, -s * sy), (s * sx, c * sy))
    matrix = np.array([[a, b, at - a * middle[0] - b * middle[1]] for (a, b), at in zip(turn, centre, strict=True)])
    if isinstance(item, Clip) and any(item.crop):
        rx, ry, rw, rh = uncropped(item.crop, w, h, (rx, ry, rw, rh))
    box = None
    if item.rotation % 360 == 0:
        box = (matrix[0, 0] * rx + matrix[0, 2], matrix[1, 1] * ry + matrix[1, 2], rw * sx, rh * sy)
    return Place(matrix, (rx, ry, rw, rh), box, covered(matrix, (rx, ry, rw, rh), size))


def uncropped(
    crop: tuple[float, float, float, float], w: int, h: int, shown: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """What is left of the rectangle shown of a (w, h) picture once its edges are cut away; no width: nothing."""
    left, top, right, bottom = crop
    x0, y0 = max(shown[0], left * w), max(shown[1], top * h)
    x1, y1 = min(shown[0] + shown[2], w - right * w), min(shown[1] + shown[3], h - bottom * h)
    return x0, y0, max(x1 - x0, 0.0), max(y1 - y0, 0.0)


def covered(matrix: np.ndarray, shown: tuple[float, float, float, float], size: tuple[int, int]) -> bool:
    """Whether every corner of the canvas falls inside what is shown."""
    (a, b, c), (d, e, f) = matrix.tolist()
    rx, ry, rw, rh = shown
    slack, area = 0.02, a * e - b * d
    for x, y in ((0, 0), (size[0], 0), (0, size[1]), size):
        u, v = (e * (x - c) - b * (y - f)) / area, (a * (y - f) - d * (x - c)) / area
        if not (rx - slack <= u <= rx + rw + slack and ry - slack <= v <= ry + rh + slack):
            return False
    return True


def warped(source: Picture, matrix: np.ndarray, width: int, height: int, left: int = 0, top: int = 0) -> Picture:
    """`source` as an opaque or premultiplied picture of this size at (left, top), each sample where it is sited.

    Sub-pixel bilinear; an edge goes on for ever where the source is opaque, and ends where it has alpha."""
    out, back = canvas(width, height), inverse(matrix, left, top)
    border = cv2.BORDER_REPLICATE if source.alpha is None else cv2.BORDER_CONSTANT
    clear = None if source.alpha is None else (np.empty_like(out.y), np.empty_like(out.u))
    full, half = centred(back, 1, 0.5, 0.5), centred(back, 2, 0.5, source.siting)
    jobs = [(source.y, out.y, full), (source.u, out.u, half), (source.v, out.v, half)]
    if source.alpha is not None and clear is not None:
        jobs += [(source.alpha[0], clear[0], full), (source.alpha[1], clear[1], half)]
    for plane, to, by in jobs:
        cv2.warpAffine(plane, by, to.shape[::-1], dst=to, flags=WARP, borderMode=border)
    return Picture(out.y, out.u, out.v, clear, left, top, loose=clear is None)


def inverse(matrix: np.ndarray, left: int, top: int) -> np.ndarray:
    """From canvas points, counted from (left, top), back to source points: (3, 3)."""
    (a, b, c), (d, e, f) = matrix.tolist()
    c, f, area = c - left, f - top, a * e - b * d
    return np.array([[e, -b, b * f - e * c], [-d, a, d * c - a * f], [0, 0, area]]) / area


def centred(back: np.ndarray, step: int, to: float, of: float) -> np.ndarray:
    """A map between points as one between sample numbers, for planes with a sample every `step` pixels.

    Sample n of the canvas's plane stands at x = step * n + `to`, of the source's at step * n + `of`; across rows
    both stand in the middle."""
    middle = step / 2
    places = np.array([[step, 0, to], [0, step, middle], [0, 0, 1]], float)
    numbers = np.array([[1 / step, 0, -of / step], [0, 1 / step, -middle / step], [0, 0, 1]], float)
    return (numbers @ back @ places)[:2]


def shrunk(picture: Picture, width: int, height: int) -> tuple[Picture, tuple[float, float]]:
    """The picture at (width, height), every pixel counting, and the factors it shrank by."""
    fx, fy = width / picture.width, height / picture.height
    half = (math.ceil(width / 2), math.ceil(height / 2))
    y = cv2.resize(picture.y, (width, height), interpolation=cv2.INTER_AREA)
    u, v = (cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in (picture.u, picture.v))
    alpha = None
    if picture.alpha is not None:
        alpha = (
            cv2.resize(picture.alpha[0], (width, height), interpolation=cv2.INTER_AREA),
            cv2.resize(picture.alpha[1], half, interpolation=cv2.INTER_AREA),
        )
    return Picture(y, u, v, alpha, siting=1 + (picture.siting - 1) * fx), (fx, fy)


def laid(source: Picture, place: Place, width: int, height: int, steady: bool) -> Picture | None:
    """What the canvas gets of `source`; None when it all lies outside. `steady` boxes are set on whole pixels."""
    if min(place.shown[2:]) <= 0:
        return None
    if place.fills:
        if source.alpha is None and is_identity(place.matrix) and source.y.shape == (height, width):
            return source
        return warped(source, place.matrix, width, height)
    if place.box is not None and steady:
        return boxed(source, place, width, height)
    out = warped(source, place.matrix, width, height)
    return masked(out, place)


def is_identity(matrix: np.ndarray) -> bool:
    return all(abs(a - b) < 0.01 for a, b in zip(matrix.ravel().tolist(), (1, 0, 0, 0, 1, 0), strict=True))


def boxed(source: Picture, place: Place, width: int, height: int) -> Picture | None:
    """A straight picture smaller than the canvas, its edges set on even pixels."""
    assert place.box is not None
    x, y, w, h = place.box
    x0, y0 = 2 * round(x / 2), 2 * round(y / 2)
    x1, y1 = max(2 * round((x + w) / 2), x0 + 2), max(2 * round((y + h) / 2), y0 + 2)
    stretch = np.diag([(x1 - x0) / w, (y1 - y0) / h, 1.0])
    stretch[:2, 2] = x0 - x * stretch[0, 0], y0 - y * stretch[1, 1]
    matrix = (stretch @ np.vstack([place.matrix, [0, 0, 1]]))[:2]
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
    if x1 <= x0 or y1 <= y0:
        return None
    return warped(source, matrix, x1 - x0, y1 - y0, x0, y0)


def masked(picture: Picture, place: Place) -> Picture:
    """Clear outside the rectangle shown, its edges smooth."""
    rx, ry, rw, rh = place.shown
    corners = np.array([[rx, ry], [rx + rw, ry], [rx + rw, ry + rh], [rx, ry + rh]])
    points = corners @ place.matrix[:, :2].T + place.matrix[:, 2]
    full = np.zeros_like(picture.y)
    cv2.fillConvexPoly(full, np.rint((points - 0.5) * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    half = cv2.resize(full, picture.u.shape[::-1], interpolation=cv2.INTER_AREA)
    alpha = (full, half)
    if picture.alpha is not None:
        alpha = (
            cv2.multiply(picture.alpha[0], full, scale=1 / 255),
            cv2.multiply(picture.alpha[1], half, scale=1 / 255),
        )
    y, u, v = (cv2.multiply(p, m, scale=1 / 255) for p, m in zip(picture.planes, (full, half, half), strict=True))
    return Picture(y, u, v, alpha)
