"""Every transition, one entry in the table: two pictures and how far along, to one picture. None is clear.

At frame k of n the new picture's weight is k / n: the first frame is all the old one's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from studio.timeline.paint.picture import BLACK, WHITE, Picture, blank, canvas, expanded, mixed, with_alpha
from studio.timeline.paint.placing import warped
from studio.timeline.values import TRANSITIONS

Layer = Picture | None
Transition = Callable[[Layer, Layer, float, int, int], Layer]
SOFTEST = 1 / 24
"""How far a blur goes half-way, as a share of the canvas's shorter side."""


def dissolve(old: Layer, new: Layer, p: float, width: int, height: int) -> Layer:
    return old if p == 0 else mixed(old, new, p, width, height)


def dip(old: Layer, new: Layer, p: float, width: int, height: int, *, colour: tuple[int, int, int]) -> Layer:
    """Out to a plain colour, and in from it."""
    plain = blank(width, height, colour)
    return dissolve(old, plain, 2 * p, width, height) if p < 0.5 else mixed(plain, new, 2 * p - 1, width, height)


def even(length: float) -> int:
    return 2 * round(length / 2)


def pasted(layers: list[tuple[Layer, int, int]], width: int, height: int, opaque: bool) -> Layer:
    """Each layer shifted to its (left, top), the later ones over the earlier; the shifts are even."""
    out = blank(width, height)
    if not opaque:
        out = with_alpha(out)
        for plane in (*out.planes, *(out.alpha or ())):
            plane[:] = 0
    for layer, left, top in layers:
        full = expanded(layer, width, height)
        parts = [*zip(out.planes, full.planes, (1, 2, 2), strict=True)]
        if out.alpha is not None:
            parts += [*zip(out.alpha, with_alpha(full).alpha or (), (1, 2), strict=True)]
        for to, of, step in parts:
            x, y, h, w = left // step, top // step, *to.shape
            target = to[max(y, 0) : h + min(y, 0), max(x, 0) : w + min(x, 0)]
            target[:] = of[max(-y, 0) : h - max(y, 0), max(-x, 0) : w - max(x, 0)]
    return out


def moved(old: Layer, new: Layer, p: float, width: int, height: int, *, dx: int, dy: int, push: bool = False) -> Layer:
    """The new picture moves in over the old one, which stays (slide) or is driven out (push)."""
    x, y = even(dx * width * (p - 1)), even(dy * height * (p - 1))
    aside = (x + dx * width, y + dy * height) if push else (0, 0)
    opaque = all(layer is not None and layer.fills(width, height) for layer in (old, new))
    return pasted([(old, *aside), (new, x, y)], width, height, opaque)


def wipe(old: Layer, new: Layer, p: float, width: int, height: int, *, dx: int, dy: int) -> Layer:
    """A straight edge moves over the canvas and leaves the new picture behind it."""
    a, b = expanded(old, width, height), expanded(new, width, height)
    if a.alpha is not None or b.alpha is not None:
        a, b = with_alpha(a), with_alpha(b)
    out = canvas(width, height)
    out = replace(out, alpha=None if a.alpha is None else (a.alpha[0].copy(), a.alpha[1].copy()))
    x, y = even(width * p), even(height * p)
    rows = slice(None) if not dy else slice(0, y) if dy > 0 else slice(height - y, None)
    columns = slice(None) if not dx else slice(0, x) if dx > 0 else slice(width - x, None)
    triples = [*zip(out.planes, a.planes, b.planes, (1, 2, 2), strict=True)]
    triples += [*zip(out.alpha or (), a.alpha or (), b.alpha or (), (1, 2)[: 2 * bool(a.alpha)], strict=True)]
    for to, p_old, p_new, step in triples:
        to[:] = p_old
        part = tuple(slice(*(s and s // step for s in (cut.start, cut.stop))) for cut in (rows, columns))
        to[part] = p_new[part]
    return out


def zoom(old: Layer, new: Layer, p: float, width: int, height: int, *, into: bool) -> Layer:
    """A dissolve in which the old picture grows to twice its size (into), or the new one shrinks from it."""
    if p == 0:
        return old
    if into:
        return mixed(grown(old, 1 + p, width, height), new, p, width, height)
    return mixed(old, grown(new, 2 - p, width, height), p, width, height)


def grown(layer: Layer, factor: float, width: int, height: int) -> Layer:
    """The layer larger, about the middle of the canvas."""
    if layer is None or factor == 1:
        return layer
    x, y = (side / 2 * (1 - factor) for side in (width, height))
    matrix = np.array([[factor, 0, x], [0, factor, y]])
    return warped(expanded(layer, width, height), matrix, width, height)


def blur(old: Layer, new: Layer, p: float, width: int, height: int) -> Layer:
    """A dissolve out of focus: sharp at both ends, softest half-way."""
    if p == 0:
        return old
    sigma = SOFTEST * min(width, height) * (1 - abs(2 * p - 1))
    return mixed(softened(old, sigma, width, height), softened(new, sigma, width, height), p, width, height)


def softened(layer: Layer, sigma: float, width: int, height: int) -> Layer:
    """The layer blurred by a Gaussian of `sigma` pixels."""
    if layer is None or sigma < 0.3:
        return layer
    full = expanded(layer, width, height)
    y, u, v = (soft(plane, sigma / step) for plane, step in zip(full.planes, (1, 2, 2), strict=True))
    clear = full.alpha and (soft(full.alpha[0], sigma), soft(full.alpha[1], sigma / 2))
    return Picture(y, u, v, clear)


def soft(plane: np.ndarray, sigma: float) -> np.ndarray:
    """A Gaussian blur, a wide one made on a smaller plane: shrinking by f and growing again blur by themselves, with a
    variance of f² / 12 and f² / 6."""
    factor = 2 ** max(0, int(np.log2(max(sigma, 1) / 3)))
    h, w = plane.shape
    small = cv2.resize(plane, (-(-w // factor), -(-h // factor)), interpolation=cv2.INTER_AREA) if factor > 1 else plane
    left = (sigma**2 - (factor**2 / 4 if factor > 1 else 0)) ** 0.5 / factor
    done = cv2.GaussianBlur(small, (0, 0), left, borderType=cv2.BORDER_REPLICATE)
    return cv2.resize(done, (w, h), interpolation=cv2.INTER_LINEAR) if factor > 1 else done


WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
TABLE: dict[str, Transition] = {
    "dissolve": dissolve,
    "fade": dissolve,
    "dip-to-black": partial(dip, colour=BLACK),
    "dip-to-white": partial(dip, colour=WHITE),
    **{f"wipe-{way}": partial(wipe, dx=dx, dy=dy) for way, (dx, dy) in WAYS.items()},
    **{f"slide-{way}": partial(moved, dx=dx, dy=dy) for way, (dx, dy) in WAYS.items()},
    **{f"push-{way}": partial(moved, dx=dx, dy=dy, push=True) for way, (dx, dy) in WAYS.items()},
    "zoom-in": partial(zoom, into=True),
    "zoom-out": partial(zoom, into=False),
    "blur": blur,
}
assert set(TABLE) == set(TRANSITIONS)
