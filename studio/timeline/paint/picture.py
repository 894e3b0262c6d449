"""A picture as the encoder wants it: 8-bit Y'CbCr planes, 4:2:0, BT.709, limited range; with alpha, premultiplied.

Everything is painted in these planes: weighing, fading and laying over are the same sums in Y'CbCr as in R'G'B',
and nothing is converted on the way from a source to the encoder that is not already in another form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

Plane = np.ndarray
THIRDS, HALVES = np.array([0.25, 0.5, 0.25], np.float32), np.array([0.5, 0.5], np.float32)
BLACK = (16, 128, 128)
WHITE = (235, 128, 128)

# R'G'B' 0..255 to Y'CbCr, limited range: ITU-R BT.709-6, items 3.2 to 3.4.
KR, KB = 0.2126, 0.0722
TO_YUV = np.array(
    [
        [KR * 219 / 255, (1 - KR - KB) * 219 / 255, KB * 219 / 255, 16],
        [-KR / (1 - KB) / 2 * 224 / 255, -(1 - KR - KB) / (1 - KB) / 2 * 224 / 255, 0.5 * 224 / 255, 128],
        [0.5 * 224 / 255, -(1 - KR - KB) / (1 - KR) / 2 * 224 / 255, -KB / (1 - KR) / 2 * 224 / 255, 128],
    ]
)
TO_RGB = np.linalg.inv(TO_YUV[:, :3])
TO_RGB = np.hstack([TO_RGB, -TO_RGB @ TO_YUV[:, 3:]])


@dataclass(frozen=True, eq=False)
class Picture:
    """Planes y (h, w), u and v (h/2, w/2), uint8; `left` and `top` (even) say where on the canvas they lie.

    `alpha` is (h, w) and (h/2, w/2), None where all is opaque; colours under it are already multiplied by it.
    `siting` is where chroma sample 0 lies, in luma pixels from the left edge: 0.5 in MPEG-2 and H.264 pictures.
    """

    y: Plane
    u: Plane
    v: Plane
    alpha: tuple[Plane, Plane] | None = None
    left: int = 0
    top: int = 0
    siting: float = 0.5
    loose: bool = False
    """Nobody will look at these planes again as they are: they may be painted on. They share one buffer."""

    @property
    def width(self) -> int:
        return self.y.shape[1]

    @property
    def height(self) -> int:
        return self.y.shape[0]

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        return self.y, self.u, self.v

    def fills(self, width: int, height: int) -> bool:
        """Whether nothing below it can be seen."""
        return self.alpha is None and not self.left and not self.top and self.y.shape == (height, width)


def blank(width: int, height: int, colour: tuple[int, int, int] = BLACK) -> Picture:
    """A plain canvas. Its planes share one buffer (3h/2, w), the layout of a yuv420p frame."""
    picture = canvas(width, height)
    for plane, value in zip(picture.planes, colour, strict=True):
        plane[:] = value
    return picture


def canvas(width: int, height: int) -> Picture:
    """An unpainted canvas: whatever was in that memory."""
    buffer, chroma = np.empty((height * 3 // 2, width), np.uint8), (height // 2, width // 2)
    y, u, v = np.split(buffer.reshape(-1), [height * width, height * width + chroma[0] * chroma[1]])
    return Picture(y.reshape(height, width), u.reshape(chroma), v.reshape(chroma))


def buffer_of(picture: Picture) -> np.ndarray:
    """The (3h/2, w) array of a picture made by `canvas`, without copying."""
    base = picture.y
    while isinstance(base.base, np.ndarray):
        base = base.base
    return base.reshape(picture.height * 3 // 2, picture.width)


def copied(picture: Picture) -> Picture:
    """The same planes on a canvas of their own."""
    fresh = canvas(picture.width, picture.height)
    for to, plane in zip(fresh.planes, picture.planes, strict=True):
        to[:] = plane
    return fresh


def halved(plane: Plane) -> Plane:
    """Full-size chroma or alpha to 4:2:0, samples sited as H.264's are: at the left pixel, between the two rows."""
    h, w = plane.shape
    padded = cv2.copyMakeBorder(plane, 0, h % 2, 1, 1 + w % 2, cv2.BORDER_REPLICATE)
    return cv2.sepFilter2D(padded, -1, THIRDS, HALVES, anchor=(1, 0))[::2, 1:-1:2]


def from_rgb(image: np.ndarray) -> Picture:
    """An (h, w, 3 or 4) uint8 R'G'B'(A) image, alpha straight. An alpha of 255 throughout counts as none."""
    alpha = image[..., 3] if image.shape[2] == 4 else None
    y, u, v = cv2.split(cv2.transform(np.ascontiguousarray(image[..., :3]), TO_YUV))
    if alpha is None or alpha.min() == 255:
        return Picture(y, np.ascontiguousarray(halved(u)), np.ascontiguousarray(halved(v)))
    alpha = np.ascontiguousarray(alpha)
    y, u, v = (cv2.multiply(plane, alpha, scale=1 / 255) for plane in (y, u, v))
    u, v, small = (np.ascontiguousarray(halved(plane)) for plane in (u, v, alpha))
    return Picture(y, u, v, (alpha, small))


def from_ink(colour: np.ndarray, alpha: np.ndarray, left: int, top: int) -> Picture:
    """Premultiplied R'G'B' (h, w, 3) and alpha (h, w), both 0..1, as a picture at (left, top); all even."""
    every = cv2.transform(colour, TO_YUV[:, :3] * 255) + alpha[..., None] * TO_YUV[:, 3].astype(np.float32)
    y, u, v = (np.ascontiguousarray(every[..., n]) for n in range(3))
    y, u, v, full, half = (
        np.ascontiguousarray(np.rint(plane).clip(0, 255).astype(np.uint8))
        for plane in (y, halved(u), halved(v), alpha * 255, halved(alpha * 255))
    )
    return Picture(y, u, v, (full, half), left, top)


def to_rgb(picture: Picture, change: np.ndarray | None = None) -> np.ndarray:
    """(h, w, 3) uint8 R'G'B' of an opaque picture; chroma interpolated from where it is sited. `change` (3, 4) is what
    is made of R'G'B' on the way, before it is rounded and cut to 0..255."""
    to = TO_RGB if change is None else np.hstack([change[:, :3] @ TO_RGB[:, :3], change @ [*TO_RGB[:, 3:], [1]]])
    size, shift = (picture.width, picture.height), (picture.siting - 1) / 2
    matrix = np.array([[0.5, 0, -0.25 - shift], [0, 0.5, -0.25]])
    flags, border = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, cv2.BORDER_REPLICATE
    u, v = (
        cv2.warpAffine(np.ascontiguousarray(p), matrix, size, flags=flags, borderMode=border)
        for p in picture.planes[1:]
    )
    return cv2.transform(cv2.merge([np.ascontiguousarray(picture.y), u, v]), to)


def faded(picture: Picture, level: float) -> Picture:
    """The picture at `level` 0..1 of its opacity."""
    if level >= 1:
        return picture
    picture = with_alpha(picture)
    assert picture.alpha is not None
    y, u, v, full, half = (cv2.convertScaleAbs(p, alpha=max(level, 0)) for p in (*picture.planes, *picture.alpha))
    return replace(picture, y=y, u=u, v=v, alpha=(full, half))


def with_alpha(picture: Picture) -> Picture:
    if picture.alpha is not None:
        return picture
    return replace(picture, alpha=(np.full_like(picture.y, 255), np.full_like(picture.u, 255)))


def lay_over(below: Picture, above: Picture) -> None:
    """Paint `above` onto the canvas `below`, in place; what lies off the canvas is left out."""
    pairs = [*zip((0, 1, 1), below.planes, above.planes, strict=True)]
    if below.alpha is not None:
        pairs += zip((0, 1), below.alpha, with_alpha(above).alpha or (), strict=True)
    for n, to, plane in pairs:
        step = 2 if n else 1
        there, here = overlap(to.shape, plane.shape, above.top // step, above.left // step)
        region, paint = to[there], plane[here]
        if not region.size:
            return
        if above.alpha is not None:
            clear = cv2.bitwise_not(above.alpha[n][here])
            paint = cv2.add(paint, cv2.multiply(region, clear, scale=1 / 255))
        region[:] = paint


def overlap(to: tuple[int, ...], of: tuple[int, ...], top: int, left: int) -> tuple[tuple[slice, slice], ...]:
    """Where a plane of shape `of`, put at (top, left), meets one of shape `to`: slices of the one and of the other."""
    y0, x0 = max(top, 0), max(left, 0)
    y1, x1 = max(min(top + of[0], to[0]), y0), max(min(left + of[1], to[1]), x0)
    return (slice(y0, y1), slice(x0, x1)), (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))


def expanded(picture: Picture | None, width: int, height: int) -> Picture:
    """The picture on a clear canvas of this size, with alpha unless it fills it."""
    if picture is not None and picture.fills(width, height):
        return picture
    clear = canvas(width, height)
    shapes = (clear.y.shape, clear.u.shape)
    alpha = tuple(np.zeros(shape, np.uint8) for shape in shapes)
    for plane in clear.planes:
        plane[:] = 0
    if picture is not None:
        filled = with_alpha(picture)
        assert filled.alpha is not None
        pairs = [
            *zip(clear.planes, filled.planes, (1, 2, 2), strict=True),
            *zip(alpha, filled.alpha, (1, 2), strict=True),
        ]
        for to, plane, step in pairs:
            there, here = overlap(to.shape, plane.shape, picture.top // step, picture.left // step)
            to[there] = plane[here]
    return replace(clear, alpha=(alpha[0], alpha[1]))


def mixed(old: Picture | None, new: Picture | None, weight: float, width: int, height: int) -> Picture:
    """`weight` of the new one and the rest of the old; None is clear."""
    a, b = expanded(old, width, height), expanded(new, width, height)
    if a.alpha is None and b.alpha is None:
        out = canvas(width, height)
        for to, p, q in zip(out.planes, a.planes, b.planes, strict=True):
            cv2.addWeighted(p, 1 - weight, q, weight, 0, dst=to)
        return replace(out, loose=True)
    a, b = with_alpha(a), with_alpha(b)
    assert a.alpha is not None
    assert b.alpha is not None
    every = zip((*a.planes, *a.alpha), (*b.planes, *b.alpha), strict=True)
    y, u, v, full, half = (cv2.addWeighted(p, 1 - weight, q, weight, 0) for p, q in every)
    return Picture(y, u, v, (full, half))


BLENDS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "multiply": lambda below, above: below * above,
    "screen": lambda below, above: 1 - (1 - below) * (1 - above),
    "add": lambda below, above: below + above,
    "overlay": lambda below, above: np.where(below < 0.5, 2 * below * above, 1 - 2 * (1 - below) * (1 - above)),
    "lighten": np.maximum,
    "darken": np.minimum,
}


def blended(below: Picture, above: Picture, blend: str) -> Picture:
    """`above` laid over with one of `BLENDS`, which are defined on R'G'B' 0..1."""
    top = expanded(above, below.width, below.height)
    alpha = np.ones((*top.y.shape, 1), np.float32) if top.alpha is None else top.alpha[0][..., None] / np.float32(255)
    opaque = expanded(below, below.width, below.height)
    plain = copied(blank(below.width, below.height))
    lay_over(plain, top)  # over black, so that straight colour is the premultiplied one divided by alpha
    colour = to_rgb(plain) / np.float32(255) / np.maximum(alpha, 1 / 255)
    under = to_rgb(opaque) / np.float32(255)
    result = under * (1 - alpha) + np.clip(BLENDS[blend](under, np.clip(colour, 0, 1)), 0, 1) * alpha
    return copied(from_rgb(np.rint(result * 255).astype(np.uint8)))
